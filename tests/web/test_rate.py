"""Floods of a real server process: refused in words, and felt by nobody else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest
from playwright.sync_api import Page, expect
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from assistant.notices import NoticeName, Notices
from tests.web.chat import DRAWN
from tests.web.conftest import FEW, PATIENCE, Server
from tests.web.events import LOOK, event_result, send
from web.rate import ClientLimit, RateLimit

LIMIT = "Too many questions came from your network just now. Please wait"


@pytest.fixture
def flooded(guarded: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=guarded.address, timeout=PATIENCE / 1000) as client:
        yield client


def ask_badly(client: httpx.Client, **headers: str) -> httpx.Response:
    """As many as one likes cost no time: the JSON is not right."""
    return client.post("/api/ask", content="{", headers={"content-type": "application/json", **headers})


def until_refused(limit: int, send: Callable[[int], httpx.Response]) -> httpx.Response:
    """Send until one is refused. Not before the limit is reached, nor later than the time that passes allows."""
    began = time.monotonic()
    for number in count():
        if (response := send(number)).status_code == 429:
            assert limit <= number <= limit + limit * (time.monotonic() - began) / 60 + 1
            return response
    raise AssertionError


def test_a_flood_is_refused_and_others_are_answered(flooded: httpx.Client) -> None:
    # What a client writes into the header stands before what the proxy writes, and changes nothing.
    refused = until_refused(
        FEW, lambda number: ask_badly(flooded, **{"x-forwarded-for": f"6.6.{number % 250}.6, 203.0.113.1"})
    )
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["error"].startswith(LIMIT)
    assert refused.headers["x-content-type-options"] == "nosniff"
    began = time.monotonic()
    flood = [ask_badly(flooded, **{"x-forwarded-for": "203.0.113.1"}).status_code for _ in range(200)]
    assert flood.count(422) <= FEW * (time.monotonic() - began) / 60 + 1
    assert ask_badly(flooded, **{"x-forwarded-for": "203.0.113.2"}).status_code == 422
    assert flooded.get("/livez", headers={"x-forwarded-for": "203.0.113.1"}).status_code == 200


DRIP = "how long will the drip take"
HERE = "Your question is still in the box."


def test_questions_are_counted_together_by_whichever_way_they_come(flooded: httpx.Client) -> None:
    flooded.headers["x-forwarded-for"] = "203.0.113.3"
    ways: list[Callable[[int], httpx.Response]] = [
        lambda _: ask_badly(flooded),
        lambda _: flooded.post("/mcp", content="{"),
        lambda number: send(flooded, [f"{DRIP} {number}", None], "counted"),
        lambda number: flooded.post("/ask", data={"question": f"{DRIP} {number}"}),
    ]

    def refuses(number: int) -> httpx.Response:
        """The page refuses in words; its event itself was taken."""
        reply = ways[number % len(ways)](number)
        return httpx.Response(429) if LIMIT in reply.text else reply

    until_refused(FEW, refuses)
    plain = flooded.post("/ask", data={"question": DRIP})
    assert plain.status_code == 429
    assert f">{DRIP}</textarea>" in plain.text
    assert re.search(rf"{LIMIT} (a second|\d+ seconds), then ask again. {HERE}", plain.text)


def test_what_asks_nothing_is_no_question(flooded: httpx.Client) -> None:
    """To look whether the answer is there, the same once more, nothing: of twice as many none is refused."""
    flooded.headers["x-forwarded-for"] = "203.0.113.6"
    for _ in range(FEW):
        assert send(flooded, [None], "looks", fn_index=LOOK).status_code == 200
        assert LIMIT not in send(flooded, ["  ", None], "looks").text
    assert "60 to 90 minutes" in event_result(flooded, [DRIP, None], "looks")


def test_other_requests_are_counted_too(flooded: httpx.Client) -> None:
    headers = {"x-forwarded-for": "203.0.113.4"}
    until_refused(10 * FEW, lambda _: flooded.get("/gradio_api/info", headers=headers))


def test_the_files_of_a_page_are_not_counted() -> None:
    served = TestClient(RateLimit(PlainTextResponse("a file"), ClientLimit(1), 2))
    for path in ("/assets/a.js", "/staff/assets/a.js", "/staff/static/a.css", "/web/staff.js"):
        assert [served.get(path).status_code for _ in range(3)] == [200] * 3
    assert [served.get("/staff/config").status_code for _ in range(3)] == [200, 200, 429]


def test_a_header_of_somebody_who_is_no_proxy_is_ignored(client: httpx.Client, server: Server) -> None:
    """The other server trusts no proxy; its many questions a minute are counted under one address all the same."""
    forged = client.get("/config", headers={"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"})
    assert forged.json()["root"] == server.address.rstrip("/")


@pytest.mark.browser
def test_the_page_says_it_in_words_and_keeps_what_was_typed(page: Page, guarded: Server, notices: Notices) -> None:
    page.set_extra_http_headers({"x-forwarded-for": "203.0.113.5"})
    page.goto(guarded.address)
    page.locator(DRAWN).wait_for()
    box = page.get_by_label("Your question")
    box.wait_for()
    with httpx.Client(base_url=guarded.address) as other:
        while ask_badly(other, **{"x-forwarded-for": "203.0.113.5"}).status_code != 429:
            pass
    box.fill(DRIP)
    box.press("Enter")
    refused = page.locator("#conversation .answer.failed .notice")
    expect(refused).to_have_count(2, timeout=PATIENCE)
    assert refused.first.inner_text() == notices[NoticeName.EMERGENCY].text
    assert re.fullmatch(rf"{LIMIT} (a second|\d+ seconds), then ask again. {HERE}", refused.last.inner_text())
    expect(box).to_have_value(DRIP)
