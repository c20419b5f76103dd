"""No event of the staff page is lost between two of Gradio's streams: a page that reads late, over plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event, Thread

import httpx
import pytest

from staff.bench import Bench
from tests.staff.serving import serving
from tests.web.conftest import PATIENCE

TIMES = 50

MOMENT = 0.05
"""Seconds that the page reads late: longer than a reply takes that nothing holds back."""


@pytest.fixture
def client(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Signed in; the server waits for the page to hang up as long as a busy machine may need."""
    monkeypatch.setattr("web.staff.streams._LONGEST", PATIENCE / 1000)
    with serving(bench) as served, served.client(served.token("rita"), **served.origin) as opened:
        yield opened


def greeting(client: httpx.Client) -> int:
    """The event that says who has signed in."""
    config = client.get("/staff/config").json()
    account = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "account")
    return int(next(d["id"] for d in config["dependencies"] if d["outputs"] == [account]))


def messages(stream: httpx.Response) -> Iterator[dict[str, object]]:
    for line in stream.iter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


def test_an_event_sent_in_the_moment_in_which_the_one_before_ends_is_answered(client: httpx.Client) -> None:
    """Gradio's script opens a stream for an event unless it believes that one is open: until it has read the end."""
    event, session = greeting(client), {"session_hash": "late"}

    def join(told: Event | None = None) -> str:
        body: dict[str, object] = {"fn_index": event, "data": [], "event_data": None, **session}
        reply = client.post("/staff/gradio_api/queue/join", json=body, timeout=PATIENCE / 1000)
        if told:
            told.set()
        return str(reply.raise_for_status().json()["event_id"])

    join()
    for _ in range(TIMES):
        told = Event()
        second = Thread(target=join, args=[told])
        with client.stream("GET", "/staff/gradio_api/queue/data", params=session) as stream:
            arriving = messages(stream)
            while next(arriving)["msg"] != "process_completed":
                pass
            second.start()
            # Here the page still believes that its stream is open.
            assert not told.wait(MOMENT), "The event is under way, and the page would open no stream for it."
            assert next(arriving)["msg"] == "close_stream"
        second.join()
        assert told.is_set()
    with client.stream("GET", "/staff/gradio_api/queue/data", params=session) as stream:
        assert any(message["msg"] == "process_completed" for message in messages(stream))


def test_events_that_are_under_way_together_share_a_stream_until_the_last_has_ended(client: httpx.Client) -> None:
    event, session = greeting(client), {"session_hash": "together"}
    body: dict[str, object] = {"fn_index": event, "data": [], "event_data": None, **session}
    ids = {client.post("/staff/gradio_api/queue/join", json=body).json()["event_id"] for _ in range(3)}
    with client.stream("GET", "/staff/gradio_api/queue/data", params=session) as stream:
        heard = []
        for message in messages(stream):
            if message["msg"] == "close_stream":
                break
            heard.append(message)
    assert {message["event_id"] for message in heard if message["msg"] == "process_completed"} == ids


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"session_hash": 5}'])
def test_what_is_no_event_is_refused_as_ever(client: httpx.Client, body: bytes) -> None:
    reply = client.post("/staff/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 422
