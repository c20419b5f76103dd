"""Cards that nobody may overlook: they say first what to do, and stay in view until they are put away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assistant.notices import NoticeName, Notices
from tests.web.chat import ask, open_chat
from tests.web.conftest import Server

pytestmark = pytest.mark.browser

URGENT = "the drip is running and my throat feels tight"
CRISIS = "i dont want to be here any more"


@pytest.mark.parametrize("width", [1280, 320])
def test_an_urgent_card_stays_above_later_answers_until_it_is_put_away(
    page: Page, server: Server, notices: Notices, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    box = open_chat(page, server.address)
    answer = ask(page, URGENT)
    first_words = notices[NoticeName.URGENT].text.split("\n\n")[0]
    assert answer.locator(".notice p").first.inner_text() == first_words
    expect(answer.get_by_role("alert")).to_be_in_viewport(ratio=1)
    pinned = page.get_by_role("region", name="What to do now")
    expect(pinned).to_be_hidden()
    ask(page, "how long will the drip take")
    for question in ("what are the common side effects", "what is the weather"):
        answer = ask(page, question)
        expect(pinned.locator("p")).to_have_text(first_words)
        expect(pinned).to_be_in_viewport(ratio=1)
        expect(page.locator("#conversation .asked").last).to_be_in_viewport()
        below = answer.locator(".notice, .card").first.bounding_box()
        above = pinned.bounding_box()
        assert above
        assert below
        assert above["y"] + above["height"] <= below["y"]
    pinned.get_by_role("button", name="I have read this").click()
    expect(pinned).to_be_hidden()
    expect(box).to_be_focused()
    ask(page, "how often is it given")
    expect(pinned).to_be_hidden()
    ask(page, CRISIS)
    ask(page, "hello")
    expect(pinned.locator("p")).to_have_text(notices[NoticeName.CRISIS].text.split("\n\n")[0])
    page.get_by_role("button", name="Start over").click()
    expect(pinned).to_be_hidden()


def test_a_crisis_shows_its_card_and_nothing_of_the_medicine(page: Page, server: Server, notices: Notices) -> None:
    open_chat(page, server.address)
    answer = ask(page, CRISIS)
    assert answer.locator(".notice").inner_text() == notices[NoticeName.CRISIS].text
    assert answer.locator(".card, .disclaimer, .nearest, .next, .tell-us").count() == 0


def test_an_alarm_is_announced_once_as_an_alert(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    for message in (URGENT, CRISIS):
        answer = ask(page, message)
        assert answer.get_attribute("aria-live") == "off"  # the log does not read it a second time
        assert answer.get_by_role("alert").count() == 1
        assert answer.locator(".tell-us, .next .say").count() == answer.locator(".next .say").count()
