"""Long work is followed look by look: each is one request and its answer, over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from retrieval.encoder import Progress
from staff.errors import StaffError
from staff.jobs import Jobs
from tests.web.conftest import PATIENCE
from web.staff.page_context import readable
from web.staff.running import Follower, followed

GOES_ON, ENDS = {"active": True}, {"active": False}


@dataclass
class Work:
    """Work that ends when the test says so: 'refused' raises."""

    jobs: Jobs = field(default_factory=Jobs)
    go: dict[str, Event] = field(default_factory=dict)

    def __call__(self, about: str) -> Iterator[tuple[str, Any]]:
        def work(progress: Progress) -> str:
            progress(1, 2)
            assert self.go.setdefault(about, Event()).wait(PATIENCE / 1000)
            if about == "refused":
                raise StaffError("It cannot be done.")
            return f"{about} is done"

        job = self.jobs.start(about, about, "Working", work)
        yield from followed(job, lambda result: (result, 1), lambda bar: (bar.partition("after")[0], gr.skip()))

    def end(self, about: str) -> None:
        self.go.setdefault(about, Event()).set()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def client(work: Work) -> Iterator[TestClient]:
    @readable
    def run(about: str, request: gr.Request) -> Iterator[tuple[str, Any]]:
        assert request.session_hash
        yield from work(about)

    @readable
    def nothing(request: gr.Request) -> Iterator[tuple[str, Any]]:
        assert request.session_hash
        yield from ()

    with gr.Blocks() as page:
        about, said, number = gr.Textbox(), gr.Textbox(), gr.Number()
        follower = Follower([said, number])
        follower.on(gr.Button("run").click, run, about)
        follower.on(gr.Button("nothing").click, nothing, None)
    with TestClient(gr.mount_gradio_app(FastAPI(), page, "")) as opened:
        yield opened


LOOK, RUN, NOTHING = range(3)


def sent(client: TestClient, event: int, *data: Any, page: str = "one") -> Any:
    body = {"fn_index": event, "data": list(data), "session_hash": page, "event_data": None}
    return client.post("/gradio_api/run/predict", json=body)


def filled(client: TestClient, event: int, *data: Any, page: str = "one") -> list[Any]:
    """What an event fills; of an update what it changes."""
    values = sent(client, event, *data, page=page).raise_for_status().json()["data"]
    return [
        {k: v for k, v in value.items() if k != "__type__"} if isinstance(value, dict) else value for value in values
    ]


BAR = '<p class="said" role="status"><progress value="0.500"></progress> Working: 50% '


def test_work_is_looked_at_until_it_has_ended(client: TestClient, work: Work) -> None:
    assert filled(client, RUN, "it") == [BAR, {}, GOES_ON]
    assert filled(client, LOOK) == [BAR, {}, GOES_ON]
    work.end("it")
    assert filled(client, LOOK) == ["it is done", 1, GOES_ON]
    assert filled(client, LOOK) == [{}, {}, ENDS]
    assert filled(client, LOOK) == [{}, {}, ENDS]


def test_what_ends_at_once_or_has_nothing_to_follow(client: TestClient, work: Work) -> None:
    work.end("it")
    assert filled(client, RUN, "it")[:2] == ["it is done", 1]
    assert filled(client, NOTHING) == [{}, {}, ENDS]
    assert filled(client, LOOK) == [{}, {}, ENDS]


def test_what_the_work_raises_is_told_and_the_looking_ends(client: TestClient, work: Work) -> None:
    assert filled(client, RUN, "refused") == [BAR, {}, GOES_ON]
    work.end("refused")
    refused = sent(client, LOOK)
    assert (refused.status_code, refused.json()["error"]) == (500, "It cannot be done.")
    assert filled(client, LOOK) == [{}, {}, ENDS]


def test_each_page_follows_its_own_and_the_last_that_it_began(client: TestClient, work: Work) -> None:
    assert filled(client, RUN, "first") == [BAR, {}, GOES_ON]
    assert filled(client, RUN, "other", page="two") == [BAR, {}, GOES_ON]
    assert filled(client, RUN, "second") == [BAR, {}, GOES_ON]
    for about in ("first", "second", "other"):
        work.end(about)
    assert filled(client, LOOK) == ["second is done", 1, GOES_ON]
    assert filled(client, LOOK) == [{}, {}, ENDS]
    assert filled(client, LOOK, page="two") == ["other is done", 1, GOES_ON]


def test_the_page_that_began_longest_ago_is_forgotten(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.staff.running._PAGES", 2)
    for page in ("one", "two", "three"):
        assert filled(client, RUN, page, page=page) == [BAR, {}, GOES_ON]
    assert [filled(client, LOOK, page=page)[2] for page in ("one", "two", "three")] == [ENDS, GOES_ON, GOES_ON]
