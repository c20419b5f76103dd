"""A conversation outlives a reload, a link followed in the same tab and, for ten seconds, a start over."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.chat import ask, open_chat, passages
from tests.web.conftest import Server

pytestmark = pytest.mark.browser

RASH, TREAT = "will i get a skin rash", "how do they treat it"
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.cookie])"


def test_after_a_reload_and_on_the_way_back_the_conversation_is_there_and_goes_on(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    shown = passages(ask(page, RASH))
    assert "rash" not in page.evaluate(STORED)
    answers = page.locator("#conversation .answer")
    page.reload()
    expect(answers).to_have_count(1)
    assert passages(answers.first) == shown
    link = answers.first.locator("a.show").first
    page.goto(link.evaluate("e => e.href"))
    page.go_back()
    expect(answers).to_have_count(1)
    follow_up = ask(page, TREAT)
    assert follow_up.locator(".follows strong").inner_text() == "Safety Profile and Side Effects"
    page.reload()
    expect(answers).to_have_count(2)
    expect(page.locator("#conversation .asked").last).to_be_in_viewport(ratio=1)


def test_another_tab_sees_nothing_and_a_key_that_is_not_known_does_no_harm(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, RASH)
    other = page.context.new_page()
    open_chat(other, server.address)
    other.evaluate("history.replaceState({ visit: '../../etc/passwd' }, '')")
    other.reload()
    expect(open_chat(other, server.address)).to_be_visible()
    assert passages(ask(other, "how often is it given"))
    expect(other.locator("#conversation .asked")).to_have_count(1)


def test_a_start_over_can_be_undone_until_something_else_is_asked(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    shown = passages(ask(page, RASH))
    answers, undo = page.locator("#conversation .answer"), page.locator("#undo")
    page.get_by_role("button", name="Start over").click()
    expect(answers).to_have_count(0)
    expect(undo).to_contain_text("The conversation is cleared.")
    undo.get_by_role("button", name="Undo").click()
    expect(answers).to_have_count(1)
    expect(undo).to_be_hidden()
    assert passages(answers.first) == shown
    assert ask(page, TREAT).locator(".follows").count() == 1
    page.get_by_role("button", name="Start over").click()
    expect(answers).to_have_count(0)
    expect(undo).to_be_visible()
    ask(page, "hello")
    expect(undo).to_be_hidden()


def test_the_offer_to_undo_goes_after_ten_seconds(page: Page, server: Server) -> None:
    page.clock.install()
    open_chat(page, server.address)
    ask(page, RASH)
    page.get_by_role("button", name="Start over").click()
    undo = page.locator("#undo")
    expect(undo).to_be_visible()
    page.mouse.move(1, 1)
    page.clock.fast_forward(9_000)
    expect(undo).to_be_visible()
    page.clock.fast_forward(2_000)
    expect(undo).to_be_hidden()
