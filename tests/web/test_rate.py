"""Floods of a real server process: refused in words, and felt by nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web.chat import DRAWN
from tests.web.conftest import FEW, PATIENCE, Server

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


def test_the_page_and_the_api_and_mcp_are_counted_together(flooded: httpx.Client) -> None:
    paths = ["/api/ask", "/gradio_api/run/predict", "/mcp"]
    headers = {"x-forwarded-for": "203.0.113.3"}
    until_refused(FEW, lambda number: flooded.post(paths[number % 3], content="{", headers=headers))


def test_other_requests_are_counted_too(flooded: httpx.Client) -> None:
    headers = {"x-forwarded-for": "203.0.113.4"}
    until_refused(10 * FEW, lambda _: flooded.get("/gradio_api/info", headers=headers))


def test_a_header_of_somebody_who_is_no_proxy_is_ignored(client: httpx.Client, server: Server) -> None:
    """The other server trusts no proxy; its many questions a minute are counted under one address all the same."""
    forged = client.get("/config", headers={"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"})
    assert forged.json()["root"] == server.address.rstrip("/")


@pytest.mark.browser
def test_the_page_says_it_in_words_and_keeps_what_was_typed(page: Page, guarded: Server) -> None:
    page.set_extra_http_headers({"x-forwarded-for": "203.0.113.5"})
    page.goto(guarded.address)
    page.locator(DRAWN).wait_for()
    box = page.get_by_label("Your question")
    box.wait_for()
    with httpx.Client(base_url=guarded.address) as other:
        while ask_badly(other, **{"x-forwarded-for": "203.0.113.5"}).status_code != 429:
            pass
    box.fill("how long will the drip take")
    box.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Please wait")).to_be_visible(timeout=PATIENCE)
    expect(box).to_have_value("how long will the drip take")
