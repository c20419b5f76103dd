"""A conversation: what a question is read in the light of, what can be asked next, and how it is forgotten."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from retrieval.corpus import Document
from tests.web.chat import ask, last_answer, open_chat, passages
from tests.web.conftest import Server

pytestmark = pytest.mark.browser


def test_start_over_forgets_the_conversation(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    alone = passages(ask(page, "how do they treat it"))
    ask(page, "will i get a skin rash")
    box.fill("half a question")
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("#conversation .asked")).to_have_count(0)
    expect(box).to_have_value("")
    assert passages(ask(page, "how do they treat it")) == alone


def test_it_says_what_a_question_was_read_as_a_follow_up_to_and_can_ask_it_alone(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    alone = passages(ask(page, "how do they treat it"))
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("#conversation .answer")).to_have_count(0)
    ask(page, "will i get a skin rash")
    follow_up = ask(page, "how do they treat it")
    assert passages(follow_up) != alone
    assert follow_up.locator(".follows strong").inner_text() == "Safety Profile and Side Effects"
    box.fill("half a question")
    follow_up.get_by_role("button", name="Ask it on its own").click()
    answer = last_answer(page, 3)
    assert passages(answer) == alone
    assert answer.locator(".follows").count() == 0
    assert page.locator("#conversation .asked bdi").last.inner_text() == "how do they treat it"
    expect(box).to_have_value("half a question")


def test_what_can_be_asked_next_is_approved_near_by_and_not_asked_before(
    page: Page, server: Server, document: Document
) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    offered = answer.locator(".next button").all_text_contents()
    approved = {question: document.passages.by_id[name] for name, question in document.suggestions.items()}
    assert len(offered) == 3
    assert {approved[question].section for question in offered} == {"Dosage and Administration Protocols"}
    answer.locator(".next button").first.click()
    following = last_answer(page, 2)
    assert passages(following)[0] == approved[offered[0]].text
    assert page.locator("#conversation .asked bdi").last.inner_text() == offered[0]
    assert offered[0] not in following.locator(".next button").all_text_contents()
