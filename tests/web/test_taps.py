"""A second tap is not a second question, and nothing is no question."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.chat import last_answer, open_chat, tap
from tests.web.conftest import Server
from tests.web.events import event_result

DRIP = "how long will the drip take"


def twice_tapped(page: Page, box: Locator) -> str:
    box.fill(DRIP)
    tap(page.get_by_role("button", name="Ask", exact=True), 2)
    return DRIP


def twice_entered(_: Page, box: Locator) -> str:
    box.fill(DRIP)
    box.press("Enter")
    box.press("Enter")
    return DRIP


def example_twice(page: Page, _: Locator) -> str:
    example = page.locator(".example").first
    text = (example.text_content() or "").strip()
    example.evaluate("e => { e.click(); e.click(); }")
    return text


@pytest.mark.browser
@pytest.mark.parametrize("act", [twice_tapped, twice_entered, example_twice])
def test_a_double_tap_asks_once_and_its_answer_stays_in_view(page: Page, server: Server, act: object) -> None:
    assert callable(act)
    page.set_viewport_size({"width": 390, "height": 844})
    box = open_chat(page, server.address)
    text = act(page, box)
    last_answer(page, 1)
    tap(page.get_by_role("button", name="Ask", exact=True))  # a third tap, after the answer
    expect(page.locator("#conversation .asked bdi")).to_have_text([text])
    expect(page.locator("#conversation .asked")).to_be_in_viewport(ratio=1)
    expect(page.locator("#sending")).to_have_count(0)


@pytest.mark.browser
def test_an_empty_send_is_no_turn_and_the_page_says_what_is_missing(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    line = page.locator("#connection")
    for text in ("", "   \n", "\u0007\u200b\u202e"):
        box.fill(text)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(line).to_have_text("Write your question first.")
        box.press("h")
        expect(line).to_be_empty()
    expect(page.locator(".asked")).to_have_count(0)


def test_the_server_too_takes_nothing_and_a_second_tap_for_no_turn(client: httpx.Client) -> None:
    assert "asked" not in event_result(client, ["  \u200b", None], "taps")
    for _ in range(2):
        shown = event_result(client, [DRIP, None], "taps")
        assert shown.count('class="asked"') == 1
    shown = event_result(client, ["hello", None], "taps")
    assert shown.count('class="asked"') == 2
