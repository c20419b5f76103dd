"""What browser tests do on the chat page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from playwright.sync_api import Locator, Page, expect

from assistant.assistant import Assistant
from tests.web.conftest import PATIENCE

__all__ = ["DRAWN", "Serving", "ask", "last_answer", "open_chat", "passages", "tap"]

expect.set_options(timeout=PATIENCE)

DRAWN = ":root[data-drawn]"
"""The page once Gradio has drawn it: until then a plain form stands in its place."""

Serving = Callable[[Assistant], AbstractContextManager[str]]


def open_chat(page: Page, address: str) -> Locator:
    """Open the chat. Returns the question box."""
    page.goto(address)
    page.locator(DRAWN).wait_for()
    box = page.get_by_label("Your question")
    box.wait_for()
    return box


def ask(page: Page, text: str) -> Locator:
    """Ask, and wait for the answer. Returns it."""
    answers = page.locator("#conversation .answer")
    before = answers.count()
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Enter")
    expect(answers).to_have_count(before + 1)
    return answers.nth(before)


def tap(part: Locator, times: int = 1) -> None:
    """Tap what is in view, where it is: Playwright's own click first brings it to the middle of a Firefox's view."""
    expect(part).to_be_in_viewport(ratio=1)
    box = part.bounding_box()
    assert box
    part.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, click_count=times)


def last_answer(page: Page, number: int) -> Locator:
    """The answer that is the last of `number`, once it is there."""
    answers = page.locator("#conversation .answer")
    expect(answers).to_have_count(number)
    return answers.nth(number - 1)


def passages(answer: Locator) -> list[str]:
    return [str(text) for text in answer.locator("[data-passage]").evaluate_all("es => es.map(e => e.textContent)")]
