"""The chat page in a real Chromium, served by a real process."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assistant.notices import NoticeName, Notices
from retrieval.corpus import Document
from tests.web.chat import ask, open_chat, passages
from tests.web.conftest import Server
from web.suggestions import example_questions

pytestmark = pytest.mark.browser


def test_the_first_passage_is_the_monograph_byte_for_byte(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    shown = passages(answer)
    assert shown[0].encode() == document.monograph.source[4176:4300].encode()
    assert all(text in document.monograph.source for text in shown)
    card = answer.locator(".card").first
    assert card.get_by_role("heading", name="Dosage and Administration Protocols").is_visible()
    assert card.get_by_role("columnheader").all_inner_texts() == ["Treatment Detail", "Protocol Specification"]
    row = ["Infusion Time", document.monograph.source[4194:4298]]
    assert card.get_by_role("cell").all_inner_texts() == row
    assert card.locator("mark").all_inner_texts() == row[1:]
    assert "version 1.0 · effective 22 November 2026" in card.inner_text()
    disclaimer = answer.locator("[data-disclaimer]")
    assert disclaimer.text_content() == document.monograph.source[10261:10839]
    assert disclaimer.is_visible()


def test_a_whole_list_is_shown_with_its_heading(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    answer = ask(page, "what are the common side effects")
    first = passages(answer)[0]
    start = document.monograph.source.index("### Common Side Effects")
    assert first == document.monograph.source[start : start + len(first)]
    card = answer.locator(".card").first
    assert card.get_by_role("heading", level=4).inner_text() == "Common Side Effects (>10%)"
    bullets = card.get_by_role("listitem").all_inner_texts()
    assert [bullet.split(":")[0] for bullet in bullets] == [
        "Infusion-Related Reactions",
        "Fatigue",
        "Gastrointestinal Issues",
        "Dermatological Effects",
        "Metabolic Changes",
    ]


def test_further_passages_are_folded_and_stay_as_the_reader_left_them(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    first = ask(page, "how often do I get it and how long is each drip?")
    folded = first.locator("details .card").first
    assert not folded.is_visible()
    first.get_by_text("1 more passage").click()
    assert folded.is_visible()
    ask(page, "how long will the drip take")
    assert folded.is_visible()


def test_what_the_monograph_does_not_know_shows_no_passage(page: Page, server: Server, notices: Notices) -> None:
    open_chat(page, server.address)
    answer = ask(page, "who makes it")
    assert passages(answer) == []
    assert answer.locator(".notice").inner_text() == notices[NoticeName.ABSTAIN].text
    assert answer.get_by_role("link").count() > 0
    assert answer.locator("[data-disclaimer]").is_visible()


def test_the_start_says_what_it_is_and_offers_questions(
    page: Page, server: Server, notices: Notices, document: Document
) -> None:
    open_chat(page, server.address)
    assert page.title() == "Questions about istiratumab"
    assert page.get_by_role("heading", level=1).inner_text() == "Questions about istiratumab"
    assert page.locator("#start .notice").inner_text() == notices[NoticeName.ABOUT].text
    assert page.locator("#start .standing").inner_text() == "Investigational: not approved"
    folded = page.locator("#start details.disclaimer")
    assert folded.locator("div").text_content() == document.monograph.source[10261:10839]
    assert folded.get_attribute("open") is None
    questions = example_questions(document)
    assert [text.strip() for text in page.locator(".example").all_text_contents()] == list(questions)
    offered = document.suggestions.items()
    sections = {document.passages.by_id[name].section for name, question in offered if question in questions}
    assert len(questions) == len(sections) == 3
    for question in questions:
        page.get_by_role("button", name=question).click()
        expect(page.locator("#conversation .answer")).to_have_count(1)
        assert page.locator("#conversation .asked p").inner_text() == question
        assert passages(page.locator("#conversation .answer"))
        expect(page.locator("#start .example").first).to_be_hidden()  # the start makes way
        page.get_by_role("button", name="Start over").click()
        expect(page.locator("#conversation .answer")).to_have_count(0)


def test_the_emergency_line_stays_in_view(page: Page, server: Server, notices: Notices) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    open_chat(page, server.address)
    for question in ["what are the common side effects", "what tests do I need before treatment"]:
        ask(page, question)
    page.mouse.wheel(0, -400)
    line = page.locator("#emergency")
    expect(line).to_be_in_viewport(ratio=1)
    assert line.locator(".notice").inner_text() == notices[NoticeName.EMERGENCY].text


def test_the_focus_stays_in_the_box(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    ask(page, "how long will the drip take")
    expect(box).to_be_focused()
    box.fill("what are the common side effects")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#conversation .answer")).to_have_count(2)
    expect(box).to_be_focused()


def test_screen_readers_get_a_log_with_speakers(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    log = page.get_by_role("log", name="Conversation")
    assert log.get_by_role("heading", level=2).all_text_contents() == ["You asked", "Answer"]
    assert "- |" not in log.aria_snapshot()
    assert "| Infusion" not in log.aria_snapshot()


def test_nothing_leaves_for_another_host_and_nothing_stays_in_the_browser(page: Page, server: Server) -> None:
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.url))
    open_chat(page, server.address)
    answer = ask(page, "can my mom take turmeric pills")
    answer.get_by_role("link").first.click()
    page.locator("#panel [data-source]").wait_for()
    assert requests
    assert [url for url in requests if not url.startswith((server.address, "data:"))] == []
    assert not any("turmeric" in url for url in requests)
    stored = page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases()])"
    )
    assert stored == "[{},{},[]]"
    assert page.context.cookies() == []


def test_a_message_that_is_too_long_is_in_the_box_again(page: Page, server: Server, notices: Notices) -> None:
    box = open_chat(page, server.address)
    answer = ask(page, "why " * 600)
    assert answer.locator(".notice").inner_text() == notices[NoticeName.REJECTED_LONG].text
    expect(box).to_have_value("why " * 600)
