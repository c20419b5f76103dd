"""A lost connection: the page says so, keeps what is typed, and comes back by itself."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from assistant.notices import NoticeName, Notices
from assistant.triage.gate import Triage
from retrieval.index import Index
from tests.conftest import Parts
from tests.web.chat import Serving, ask, open_chat, passages
from tests.web.conftest import Server, running
from tests.web.held import Held

pytestmark = pytest.mark.browser

LOST = "The connection is lost. What you typed is still in the box."
APART = "The connection was lost here. Questions below are read without the ones above."


def test_a_service_that_is_started_anew_loses_nothing_that_was_typed_or_shown(
    page: Page, index: Index, triage: Triage, notices: Notices, tmp_path: Path
) -> None:
    assert triage
    folder, line = index.folder.parent, page.locator("#connection")
    with running(folder, tmp_path / "first") as first:
        box = open_chat(page, first.address)
        ask(page, "the drip is running and my throat feels tight")
        shown = passages(ask(page, "how long will the drip take"))
        box.fill("what are the common side effects")
    expect(line).to_contain_text(LOST)
    box.press("Enter")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(box).to_have_value("what are the common side effects")
    with running(folder, tmp_path / "second", "--port", str(urlsplit(first.address).port)):
        expect(line).to_be_empty()
        expect(page.locator("#said")).to_have_text("The connection is back. You can ask.")
        expect(box).to_have_value("what are the common side effects")
        expect(page.locator("#conversation .asked")).to_have_count(0)
        assert passages(page.locator("#earlier .answer").nth(1)) == shown
        box.press("Enter")
        answer = page.locator("#conversation .answer")
        expect(answer).to_have_count(1)
        assert answer.locator("h3").first.inner_text() == "Safety Profile and Side Effects"
        assert page.locator("#earlier .apart").inner_text() == APART
        pinned = page.get_by_role("region", name="What to do now")
        expect(pinned.locator("p")).to_have_text(notices[NoticeName.URGENT].text.split("\n\n")[0])
        page.get_by_role("button", name="Start over").click()
        expect(page.locator(".asked")).to_have_count(0)
        page.goto("about:blank")


def test_a_question_on_its_way_goes_back_into_the_box(page: Page, parts: Parts, serving: Serving) -> None:
    waiting = Held(parts)
    with serving(waiting) as address:
        box = open_chat(page, address)
        box.fill("how long will the drip take")
        box.press("Enter")
        expect(page.locator(".pending")).to_be_visible()
        expect(box).to_have_value("")
        page.context.set_offline(True)
        expect(page.locator("#connection")).to_contain_text(LOST)
        expect(box).to_have_value("how long will the drip take")
        expect(page.locator("#conversation .unanswered")).to_have_text("This question was not answered.")
        page.context.set_offline(False)
        expect(page.locator("#connection")).to_be_empty()
        expect(box).to_have_value("how long will the drip take")
        waiting.go.set()
        page.goto("about:blank")


def test_a_phone_that_loses_its_network_says_so_at_once_and_goes_on(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    shown = passages(ask(page, "will i get a skin rash"))
    box.fill("how do they treat it")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text(LOST)
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_be_empty()
    assert page.locator("#earlier").count() == 0  # the service still knows the conversation
    expect(box).to_have_value("how do they treat it")
    answers = page.locator("#conversation .answer")
    box.press("Enter")
    expect(answers).to_have_count(2)
    assert answers.nth(1).locator(".follows").count() == 1
    assert passages(answers.nth(0)) == shown


def test_a_question_that_the_service_refuses_is_in_the_box_again_and_the_page_says_so(
    page: Page, server: Server
) -> None:
    box = open_chat(page, server.address)
    refusal = {"error": "Too many questions."}
    page.route("**/gradio_api/run/predict*", lambda route: route.fulfill(status=429, json=refusal))
    box.fill("how long will the drip take")
    box.press("Enter")
    expect(page.locator("#connection")).to_contain_text("Your question was not answered. It is in the box again.")
    expect(box).to_have_value("how long will the drip take")
    page.unroute("**/gradio_api/run/predict*")
    box.press("Enter")
    expect(page.locator("#conversation .answer")).to_have_count(1)
    expect(page.locator("#connection")).to_be_empty()
