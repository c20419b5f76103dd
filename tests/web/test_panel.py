"""'Show in the monograph': beside the chat, over it, and at an address of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from retrieval.corpus import Document
from tests.web.chat import ask, open_chat, tap
from tests.web.conftest import Server

pytestmark = pytest.mark.browser


def test_the_place_opens_beside_the_chat_and_back_leads_to_the_answer(
    page: Page, server: Server, document: Document
) -> None:
    box = open_chat(page, server.address)
    link = ask(page, "how long will the drip take").get_by_role("link", name="Show in the monograph").first
    link.click()
    panel = page.get_by_role("complementary", name="Istiratumab")
    cited = panel.locator("#cited")
    expect(cited).to_be_in_viewport(ratio=1)
    assert cited.inner_text() == "Infusion Time"
    assert panel.locator("[data-source]").evaluate("e => e.textContent") == document.monograph.source
    expect(panel).to_be_focused()
    chat, beside = page.locator("#conversation").bounding_box(), panel.bounding_box()
    assert chat
    assert beside
    assert chat["x"] + chat["width"] <= beside["x"]
    assert not page.locator("#conversation").evaluate("e => e.inert")
    newer = ask(page, "how often is it given").get_by_role("link", name="Show in the monograph").first
    expect(cited).to_have_text("Frequency")  # the place of the answer before would mislead
    box.press("Escape")
    expect(panel).to_be_hidden()
    expect(newer).to_be_focused()
    assert page.url == server.address


def test_on_a_phone_it_opens_over_the_chat_and_the_phone_s_own_back_returns(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 375, "height": 780})
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    link = page.get_by_role("link", name="Show in the monograph").first
    at = page.evaluate("scrollY")
    tap(link)
    panel = page.locator("#panel")
    expect(panel.locator("#cited")).to_be_in_viewport(ratio=1)
    assert panel.evaluate("e => e.getBoundingClientRect().width") == 375
    assert page.locator("#conversation, #ask-bar, #start").evaluate_all("es => es.map(e => e.inert)") == [True] * 3
    expect(page.locator("#emergency")).to_be_in_viewport(ratio=1)
    page.go_back()
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    assert page.locator("#conversation").evaluate("e => e.inert") is False
    assert abs(page.evaluate("scrollY") - at) < 1
    link.click()
    page.get_by_role("button", name="Back to the answer").click()
    expect(link).to_be_focused()


def test_another_citation_takes_the_place_of_the_first(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "how long will the drip take").get_by_role("link", name="Show in the monograph").click()
    expect(page.locator("#cited")).to_have_text("Infusion Time")
    ask(page, "what are the common side effects").get_by_role("link", name="Show in the monograph").click()
    expect(page.locator("#cited")).to_have_text("Common Side Effects (>10%)")
    page.get_by_role("button", name="Back to the answer").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#conversation .answer").nth(1).get_by_role("link")).to_be_focused()


def test_a_section_link_opens_the_section(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    link = ask(page, "who makes it").get_by_role("link").first
    name = link.inner_text()
    link.click()
    heading = page.locator("#panel").get_by_role("heading", name=name, exact=True, level=2)
    expect(heading).to_be_in_viewport(ratio=1)
    other = page.locator("#panel nav a").last
    other.click()
    expect(page.locator("#panel").get_by_role("heading", name=other.inner_text(), exact=True)).to_be_in_viewport()
    assert page.url == server.address


def test_the_permanent_link_opens_the_place_in_any_tab(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    link = ask(page, "how long will the drip take").get_by_role("link", name="Show in the monograph").first
    with page.context.expect_page() as opening:
        link.click(modifiers=["Control"])
    source = opening.value
    source.wait_for_load_state()
    assert source.url == (
        f"{server.address}source/istiratumab/1.0?start=4176&end=4300&sha256={document.monograph.sha256[:16]}"
        "&passage=istiratumab%3Ainfusion-time-cefb456807#cited"
    )
    expect(source.locator("#cited")).to_be_in_viewport(ratio=1)
    assert source.locator("#cited").inner_text() == "Infusion Time"
    assert source.locator("[data-source]").evaluate("e => e.textContent") == document.monograph.source
    assert source.locator("[data-other-text]").count() == 0
    assert source.evaluate("window.opener") is None


def test_without_a_connection_the_conversation_stays_and_the_page_says_why(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    page.route("**/source/**", lambda route: route.abort("internetdisconnected"))
    answer.get_by_role("link", name="Show in the monograph").first.click()
    expect(page.locator("#connection")).to_contain_text("The monograph cannot be opened just now")
    assert len(page.context.pages) == 1
    expect(page.locator("#panel")).to_be_hidden()
    expect(answer).to_be_visible()
