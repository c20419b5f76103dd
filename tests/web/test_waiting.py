"""Waiting and failing: the question is there at once, how long the wait is, and nothing typed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answer import Answer, Conversation
from assistant.assistant import Assistant
from assistant.notices import NoticeName, Notices
from tests.conftest import Parts
from tests.web.chat import Serving, ask, open_chat, passages
from tests.web.conftest import PATIENCE
from tests.web.held import Held
from web.waiting import LineFull, WaitingLine

T = TypeVar("T")


@pytest.mark.browser
def test_the_question_is_there_at_once_and_what_is_typed_meanwhile_is_kept(
    page: Page, parts: Parts, serving: Serving
) -> None:
    waiting = Held(parts)
    with serving(waiting) as address:
        box = open_chat(page, address)
        box.fill("how long will the drip take")
        box.press("Enter")
        expect(page.locator("#conversation")).to_have_text(
            "You asked how long will the drip take Looking in the monograph…", use_inner_text=True
        )
        expect(box).to_have_value("")
        box.fill("and th")
        waiting.go.set()
        expect(page.locator("#conversation .answer")).to_have_count(1)
        expect(page.locator(".pending")).to_have_count(0)
        expect(box).to_have_value("and th")
        page.goto("about:blank")


class _Broken(Assistant):
    """Cannot answer the first question."""

    def ask(
        self, text: str, conversation: Conversation = (), use_context: bool = True, document: str | None = None
    ) -> Answer:
        if text == "turmeric":
            raise RuntimeError(text)
        return super().ask(text, conversation, use_context, document)


@pytest.mark.browser
def test_a_failure_says_so_keeps_the_question_and_shows_no_passage(
    page: Page, parts: Parts, notices: Notices, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(_Broken(*parts)) as address:
        box = open_chat(page, address)
        answer = ask(page, "turmeric")
        assert answer.locator(".notice").all_inner_texts() == [
            notices[NoticeName.EMERGENCY].text,
            notices[NoticeName.FAILED].text,
        ]
        assert passages(answer) == []
        expect(box).to_have_value("turmeric")
        assert passages(ask(page, "how long will the drip take"))
        page.goto("about:blank")
    assert "RuntimeError" in caplog.text
    assert "turmeric" not in caplog.text


@pytest.mark.browser
def test_when_no_more_can_wait_the_page_says_so_and_the_question_is_in_the_box(
    page: Page, browser: Browser, parts: Parts, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.app._WAITING", 1)
    waiting = Held(parts)
    with serving(waiting) as address:
        other = browser.new_page()
        open_chat(other, address).fill("how often")
        other.get_by_label("Your question").press("Enter")
        other.locator("#conversation .pending").wait_for()
        box = open_chat(page, address)
        example = page.locator(".example").first
        example.click()
        answers = page.locator("#conversation .answer.failed .notice")
        busy = "Too many people are asking just now. Your question is still in the box. Please try again in a minute."
        expect(answers).to_have_count(2)
        assert answers.nth(1).inner_text() == busy
        expect(box).to_have_value((example.text_content() or "").strip())
        assert ask(page, "will i get a skin rash").locator(".notice").nth(1).inner_text() == busy
        expect(box).to_have_value("will i get a skin rash")
        waiting.go.set()
        expect(other.locator("#conversation .answer")).to_have_count(1)
        box.press("Enter")
        expect(page.locator("#conversation .answer")).to_have_count(3)
        assert passages(page.locator("#conversation .answer").nth(2))
        expect(box).to_have_value("")
        for one in (other, page):
            one.goto("about:blank")
        other.close()


@pytest.mark.browser
def test_it_says_how_many_are_before(page: Page, browser: Browser, parts: Parts, serving: Serving) -> None:
    waiting = Held(parts)
    with serving(waiting) as address:
        # Each in a browser of its own: one browser opens no more than six connections to a host.
        others = [browser.new_page() for _ in range(5)]  # four are worked on at a time
        for other in others:
            open_chat(other, address).fill("how often")
            other.get_by_label("Your question").press("Enter")
            other.locator("#conversation .pending").wait_for()
        open_chat(page, address).fill("how long will the drip take")
        page.get_by_label("Your question").press("Enter")
        expect(page.locator(".pending")).to_contain_text("Many people are asking now: 2 questions are before yours.")
        expect(others[4].locator(".pending")).to_contain_text("1 question is before yours.")
        expect(others[1].locator(".pending")).to_have_text("Looking in the monograph…")
        waiting.go.set()
        for one in [*others, page]:
            expect(one.locator("#conversation .answer")).to_have_count(1)
            one.goto("about:blank")
        for other in others:
            other.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_a_line_works_in_order_and_says_who_is_before() -> None:
    first, second = Event(), Event()
    line = WaitingLine(at_once=1, most=3)
    order: list[str] = []

    def work(name: str, go: Event) -> str:
        assert go.wait(PATIENCE / 1000)
        order.append(name)
        return name

    async def watch() -> tuple[list[int], str]:
        one, two = line.join(lambda: work("one", first)), line.join(lambda: work("two", second))
        three = line.join(lambda: work("three", second))
        with pytest.raises(LineFull):
            line.join(lambda: "four")
        told: list[int] = []
        async for ahead in three.waiting():
            told.append(ahead)
            {2: first, 1: second}.get(ahead, second).set()
        assert one.result() == "one"
        assert two.result() == "two"
        return told, three.result()

    told, result = run(watch())
    assert result == "three"
    assert order == ["one", "two", "three"]
    assert told[:2] == [2, 1]


def test_what_the_work_raises_comes_out_and_frees_the_place() -> None:
    line = WaitingLine(at_once=1, most=1)

    def broken() -> str:
        raise KeyError("x")

    async def one() -> None:
        place = line.join(broken)
        async for _ in place.waiting():
            pass
        with pytest.raises(KeyError):
            place.result()

    run(one())
    run(one())
