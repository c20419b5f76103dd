"""Where things stand: the newest turn at the top, the reader's place when all else moves, and what stays in view."""

from __future__ import annotations

from io import BytesIO

import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.notices import NoticeName, read_notices
from retrieval.corpus import Document
from tests.conftest import CORPUS, Parts
from tests.web.axe import check
from tests.web.chat import Serving, ask, open_chat, tap
from tests.web.conftest import Server
from tests.web.media import is_firefox, medium

pytestmark = pytest.mark.browser

CRISIS = "i dont want to be here any more"
BELOW = "e => e.getBoundingClientRect().top - document.getElementById('emergency').offsetHeight"
"""How far below the line at the top."""

FRAMES = "async () => { for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame); }"
TOP = "e => e.getBoundingClientRect().top"


def test_the_newest_turn_comes_to_the_top_however_short_it_is(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_chat(page, server.address)
    for question in ("hello", "what is the weather", CRISIS):
        answer = ask(page, question)
        line = page.locator("#emergency").bounding_box()
        asked = page.locator("#conversation .asked").last.bounding_box()
        assert line
        assert asked
        assert asked["y"] - line["height"] < 60
    assert answer.get_by_role("alert").evaluate(TOP) < 200
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator("#about h1").evaluate("e => e.offsetHeight") < 30  # the start has made way


def test_larger_text_and_a_turned_phone_keep_the_place(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_chat(page, server.address)
    ask(page, "what are the common side effects")
    ask(page, "how long will the drip take")
    read = page.locator("#conversation .answer").first.locator("li").nth(2)
    read.evaluate(f"e => scrollBy(0, ({BELOW})(e))")
    page.evaluate(FRAMES)
    assert abs(read.evaluate(BELOW)) < 2
    tap(page.get_by_role("button", name="Text size and colours"))
    page.get_by_label("Larger").check()
    page.evaluate(FRAMES)
    assert abs(read.evaluate(BELOW)) < 40
    page.get_by_role("button", name="Close").click()
    page.set_viewport_size({"width": 844, "height": 600})
    page.evaluate(FRAMES)
    assert abs(read.evaluate(BELOW)) < 40


def test_on_a_phone_on_its_side_one_line_leads_to_both_ends(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 667, "height": 320})
    box = open_chat(page, server.address)
    ask(page, "what are the common side effects")
    line = page.get_by_role("navigation", name="On this page")
    expect(line).to_be_in_viewport(ratio=1)
    line.get_by_role("button", name="Ask a question").click()
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport(ratio=1)
    line.get_by_role("button", name="In an emergency").click()
    expect(page.locator("#emergency .notice")).to_be_in_viewport(ratio=1)
    check(page)


def test_an_alarm_with_a_number_has_a_button_that_calls(page: Page, parts: Parts, serving: Serving) -> None:
    retriever, triage, _, instructions, cues = parts
    notices = read_notices(CORPUS / "notices", "us")
    page.set_viewport_size({"width": 320, "height": 640})
    with serving(Assistant(retriever, triage, notices, instructions, cues)) as address:
        open_chat(page, address)
        answer = ask(page, "the drip is running and my throat feels tight")
        call = answer.locator(".call-now")
        assert call.get_attribute("href") == "tel:911"
        expect(call).to_be_in_viewport(ratio=1)
        card, button = answer.locator(".notice.urgent").bounding_box(), call.bounding_box()
        assert card
        assert button
        assert button["height"] >= 44
        assert button["width"] > 0.85 * card["width"]
        ask(page, "how long will the drip take")
        expect(page.locator("#pinned .call-now")).to_be_in_viewport(ratio=1)
        assert notices[NoticeName.URGENT].text.split("\n\n")[0] in page.locator("#pinned").inner_text()
        check(page)
        page.goto("about:blank")


def test_many_turns_are_few_pages_with_the_answers_first(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    questions = ["how often do I get it and how long is each drip?", *[*document.suggestions.values()][:13]]
    for question in questions:
        ask(page, question)
    unit = "in" if is_firefox(page) else "cm"  # Playwright takes a Firefox's inches for centimetres
    paper = page.pdf(width=f"21{unit}", height=f"29.7{unit}")
    with pdfplumber.open(BytesIO(paper)) as pages:
        assert 1 < len(pages.pages) <= 9
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    medium(page, "print")
    assert page.locator("#emergency").evaluate(TOP) > page.locator("#conversation .answer").last.evaluate(TOP)
    expect(page.locator("#notes")).to_contain_text("Room to write, for you and your care team")
    expect(page.locator("#conversation .more summary").first).to_be_visible()
    disclaimers = page.locator("#conversation .answer:visible [data-disclaimer]").all_text_contents()
    assert len(disclaimers) == len(questions)
