"""One question after the other: none is lost, however soon it follows, and starting over ends what is under way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assistant.answer import Answer
from tests.conftest import Parts
from tests.web.chat import Serving, ask, last_answer, open_chat
from tests.web.conftest import Server
from tests.web.test_waiting import _Waiting
from web.talk import Talk, Visit
from web.visits import Visits

ASKED = "#conversation .asked bdi"

SEND_AT_ONCE = """
text => {
  const log = document.getElementById("conversation");
  new MutationObserver((_, observer) => {
    if (!log.querySelector(".answer")) return;
    observer.disconnect();
    verbatim.fill(verbatim.box(), text);
    verbatim.box().dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
  }).observe(log, { childList: true, subtree: true });
}
"""


@pytest.mark.browser
def test_a_question_sent_in_the_moment_in_which_an_answer_comes_is_answered(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    page.evaluate(SEND_AT_ONCE, "what is the weather")
    ask(page, "how long will the drip take")
    last_answer(page, 2)
    assert page.locator(ASKED).all_inner_texts() == ["how long will the drip take", "what is the weather"]
    expect(box).to_have_value("")


@pytest.mark.browser
def test_a_question_sent_right_after_a_yes_or_no_is_answered(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    page.evaluate("""() => {
      document.querySelector(".tell").click();
      verbatim.fill(verbatim.box(), "how often");
      verbatim.box().dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
    }""")
    last_answer(page, 2)
    assert page.locator(ASKED).all_inner_texts() == ["how long will the drip take", "how often"]


@pytest.mark.browser
def test_a_question_sent_while_another_waits_is_sent_after_it_and_once(
    page: Page, parts: Parts, serving: Serving
) -> None:
    waiting = _Waiting(parts)
    with serving(waiting) as address:
        box = open_chat(page, address)
        box.fill("how long will the drip take")
        box.press("Enter")
        page.locator("#conversation .pending").wait_for()
        box.fill("how often")
        for _ in range(3):
            box.press("Enter")
        line = page.locator("#connection")
        expect(line).to_have_text("Your next question will be sent when this one is answered.")
        expect(box).to_have_value("how often")
        waiting.go.set()
        last_answer(page, 2)
        assert page.locator(ASKED).all_inner_texts() == ["how long will the drip take", "how often"]
        expect(line).to_be_empty()
        expect(box).to_have_value("")
        page.goto("about:blank")


@pytest.mark.browser
def test_starting_over_while_a_question_waits_shows_nothing_of_it_later(
    page: Page, parts: Parts, serving: Serving
) -> None:
    waiting = _Waiting(parts)
    with serving(waiting) as address:
        box = open_chat(page, address)
        box.fill("will i get a skin rash")
        box.press("Enter")
        page.locator("#conversation .pending").wait_for()
        page.get_by_role("button", name="Start over").click()
        expect(page.locator("#conversation .asked")).to_have_count(0)
        waiting.go.set()
        answer = ask(page, "how do they treat it")
        assert page.locator(ASKED).all_inner_texts() == ["how do they treat it"]
        assert answer.locator(".follows").count() == 0
        page.goto("about:blank")


def test_starting_over_forgets_and_is_counted(answer_of: Callable[..., Answer]) -> None:
    visit = Visit(Talk().answered("q", answer_of("| Frequency"), "<p>q</p>", "<p>a</p>"))
    talk = visit.talk
    visit.start_over()
    assert visit == Visit(Talk(), begun=1, before=talk)
    visit.undo()
    assert visit == Visit(talk, begun=1)


def test_a_start_over_is_not_undone_under_another_conversation(answer_of: Callable[..., Answer]) -> None:
    visit = Visit(Talk().answered("q", answer_of("| Frequency"), "<p>q</p>", "<p>a</p>"))
    visit.start_over()
    visit.talk = Talk().answered("r", answer_of("| Route"), "<p>r</p>", "<p>b</p>")
    visit.undo()
    assert visit.talk.shown == ("<p>r</p>", "<p>b</p>")


def test_the_same_question_within_a_second_is_the_same() -> None:
    visit = Visit()
    assert [visit.is_again(*asked) for asked in (("a", 5.0), ("a", 5.9), ("b", 6.0), ("a", 6.1), ("a", 7.2))] == [
        False, True, False, False, False,
    ]  # fmt: skip


def test_visits_are_found_by_their_key_until_they_are_forgotten() -> None:
    now = [0.0]
    visits = Visits(most=2, lifetime=10, clock=lambda: now[0])
    first, second, third = Visit(), Visit(), Visit()
    for visit in (first, second):
        visits.keep(visit)
    key = first.key
    visits.keep(first)
    assert first.key == key != second.key
    visits.keep(third)
    assert (visits.get(key), visits.get(second.key), visits.get("")) == (first, None, None)
    now[0] = 10.0
    assert visits.get(key) is None
    assert len(visits) == 0
