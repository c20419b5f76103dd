"""Each state of the page, reached by keys alone, on a desktop, on phones and at 200% and 400% zoom; axe-core clean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Parts
from tests.web.axe import check
from tests.web.chat import DRAWN, Serving, last_answer
from tests.web.conftest import PATIENCE
from tests.web.held import Held

pytestmark = pytest.mark.browser

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 375, "height": 780}, "has_touch": True, "is_mobile": True},
    "320 px": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    "200% zoom": {"viewport": {"width": 640, "height": 400}},  # of 1280 x 800
    "400% zoom": {"viewport": {"width": 320, "height": 200}},
}

STATES = [
    "start",
    "display",
    "answer",
    "source open",
    "term explained",
    "follow-up",
    "context dropped",
    "related",
    "abstain",
    "section open",
    "urgent",
    "urgent pinned",
    "crisis",
    "rejected",
    "greeting",
    "started over",
    "error",
    "waiting",
    "reconnecting",
    "connection back",
]

BROKEN, SLOW = "turmeric", "how often is it given"


@pytest.mark.parametrize("device", DEVICES)
def test_each_state_is_reached_by_keyboard_and_axe_finds_nothing(
    browser: Browser, parts: Parts, serving: Serving, device: str
) -> None:
    arranged = Held(parts, slow=SLOW, broken=BROKEN)
    context = browser.new_context(**DEVICES[device])
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    reached: list[str] = []
    with serving(arranged) as address:
        page.goto(address)
        page.locator(DRAWN).wait_for()
        for state in walk(page):
            reached.append(state)
            try:
                check(page)
            except AssertionError as error:
                raise AssertionError(f"in the state '{state}': {error}") from error
        arranged.go.set()
        context.close()
    assert reached == STATES


def walk(page: Page) -> Iterator[str]:
    """Go from state to state by keys. Each is named when the page shows it, and not before."""
    box, line = page.get_by_label("Your question"), page.locator("#connection")
    expect(page.locator(".example")).to_have_count(3)
    yield "start"

    press(page, "#display-button", "Enter")
    expect(page.locator("#display")).to_be_visible()
    yield "display"
    page.keyboard.press("Escape")
    expect(page.locator("#display")).to_be_hidden()

    answer = ask(page, "how often do I get it and how long is each drip?", "answer")
    expect(box).to_be_focused()
    press(page, ".more summary", "Enter", back=True)
    expect(answer.locator("details .card").first).to_be_visible()
    yield "answer"

    press(page, ".show", "Enter", back=True)
    expect(page.locator("#panel #cited")).to_be_in_viewport()
    yield "source open"
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.answer .show')")

    press(page, ".term", "Enter", back=True)
    expect(page.locator("#glossary-meaning")).to_be_visible()
    yield "term explained"
    page.keyboard.press("Escape")
    expect(page.locator("#glossary")).to_be_hidden()

    ask(page, "will i get a skin rash", "answer")
    answer = ask(page, "what do they give for it", "answer")
    expect(answer.locator(".follows")).to_be_in_viewport()
    yield "follow-up"
    press(page, ".follows button", "Enter", back=True)
    answer = last_answer(page, 4)
    expect(answer.locator(".follows")).to_have_count(0)
    yield "context dropped"

    ask(page, "does it work for everyone", "related")
    yield "related"
    answer = ask(page, "who makes it", "abstain")
    assert answer.locator(".nearest a").count() > 0
    yield "abstain"
    press(page, ".nearest a", "Enter", back=True)
    expect(page.locator("#panel [data-source]")).to_be_visible()
    yield "section open"
    press(page, "#panel-back", "Enter")
    expect(page.locator("#panel")).to_be_hidden()

    answer = ask(page, "the drip is running and my throat feels tight", "urgent")
    expect(answer.get_by_role("alert")).to_be_in_viewport()
    yield "urgent"
    ask(page, "what are the common side effects", "answer")
    expect(page.locator("#pinned")).to_be_visible()
    yield "urgent pinned"
    press(page, "#put-away", "Enter", back=True)
    expect(page.locator("#pinned")).to_be_hidden()
    answer = ask(page, "i dont want to be here any more", "crisis")
    expect(answer.get_by_role("alert")).to_be_in_viewport()
    yield "crisis"
    ask(page, "🙏🙏", "rejected")
    yield "rejected"
    ask(page, "hello", "greeting")
    yield "greeting"

    press(page, "#start-over", "Enter")
    expect(page.locator(".asked, .answer")).to_have_count(0)
    expect(page.locator("#pinned")).to_be_hidden()
    yield "started over"

    ask(page, BROKEN, "failed")
    expect(box).to_have_value(BROKEN)
    yield "error"

    write(page, SLOW)
    expect(page.locator(".pending")).to_be_in_viewport()
    yield "waiting"
    page.context.set_offline(True)
    expect(line).to_contain_text("The connection is lost. What you typed is still in the box.")
    expect(box).to_have_value(SLOW)
    yield "reconnecting"
    page.context.set_offline(False)
    expect(line).to_be_empty()
    expect(page.locator("#said")).to_have_text("The connection is back. You can ask.")
    expect(box).to_have_value(SLOW)
    yield "connection back"


def press(page: Page, selector: str, key: str, back: bool = False) -> None:
    """Go to an element by Tab, past what is in between but not past an end of the page, and press a key there."""
    for _ in range(200):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(SEEN), selector
            page.keyboard.press(key)
            return
    raise AssertionError(f"The keyboard does not reach {selector}.")


SEEN = """
() => {
  const focused = document.activeElement;
  const { left, top, width, height } = focused.getClientRects()[0];
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  const ring = parseFloat(getComputedStyle(focused).outlineWidth) >= 2;
  return ring && (focused.contains(there) || there.contains(focused));
}
"""
"""The focus has a ring, and nothing lies over it (2.4.7, 2.4.11)."""


def write(page: Page, text: str) -> None:
    """Write a question in place of what is in the box, and send it."""
    if not page.evaluate("document.activeElement.matches('#question textarea')"):
        press(page, "#question textarea", "End")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def ask(page: Page, text: str, decision: str) -> Locator:
    """Write a question and wait for its answer, which must be of this kind."""
    before = page.locator("#conversation .answer").count()
    write(page, text)
    answer = last_answer(page, before + 1)
    assert answer.get_attribute("class") == f"answer {decision}"
    expect(answer).to_be_in_viewport()
    return answer
