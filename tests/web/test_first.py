"""The first HTML, and the page without scripts: what to do in an emergency, and a form that is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from assistant.assistant import Assistant
from assistant.notices import NoticeName, Notices
from retrieval.corpus import Document
from tests.web.axe import violations
from tests.web.chat import DRAWN, Serving, ask, open_chat, passages
from tests.web.conftest import PATIENCE, Server

DRIP = "how long will the drip take"


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A phone without scripts. Playwright cannot switch a Firefox's off: there none comes, and none is inline."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    context.route("**/*.js", lambda route: route.abort())
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def send(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_the_first_html_says_what_to_do_and_holds_a_form(client: httpx.Client, notices: Notices) -> None:
    response = client.get("/")
    text = response.text
    assert text.index(notices[NoticeName.EMERGENCY].text) < text.index("<h1") < text.index('<form class="plain-form"')
    assert text.index('<form class="plain-form"') < text.index("<gradio-app")
    assert len(response.content) < 8_000
    assert "raw.githubusercontent" not in text


def test_another_sites_form_is_refused_and_a_form_that_is_none_does_no_harm(client: httpx.Client) -> None:
    refused = client.post("/ask", data={"question": DRIP}, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    for body in (b"\xff\xfe", b"question", b"&".join([b"a=b"] * 50), b"conversation=../../x&question="):
        shown = client.post("/ask", content=body)
        assert shown.status_code == 200
        assert "Write your question first." in shown.text
    assert client.get("/ask").headers["location"] == "./"


def test_a_site_in_another_language_is_told_in_it_that_the_page_answers_in_english(client: httpx.Client) -> None:
    for tag, languages in (("pt-BR", ["pt"]), ("ES", ["es"]), ("en", []), ("tlh", []), ("../de", []), ("", [])):
        text = client.get("/", params={"lang": tag}).text
        assert re.findall(r'data-notice="english-only" lang="(..)"', text) == languages, tag


@pytest.mark.browser
def test_without_scripts_the_same_passage_is_shown_and_followed_up(
    plain: Page, server: Server, document: Document
) -> None:
    plain.goto(server.address)
    expect(plain.locator("#emergency p")).to_be_in_viewport(ratio=1)
    send(plain, "will i get a skin rash")
    send(plain, "")
    assert plain.locator(".form-note").inner_text() == "Write your question first."
    send(plain, "how do they treat it")
    assert plain.locator(".follows").count() == 0
    first = passages(plain.locator(".answer"))[0]
    assert first in document.monograph.source
    assert "how do they treat it" in plain.locator(".asked").inner_text()
    disclaimer = plain.locator(".answer [data-disclaimer]").text_content()
    assert disclaimer == document.monograph.source[10261:10839]
    assert plain.evaluate("document.documentElement.scrollWidth <= innerWidth")
    plain.locator(".plain-next button").first.click()
    expect(plain.locator(".answer")).to_have_count(1)
    send(plain, "why " * 600)
    assert plain.get_by_label("Your question").input_value() == "why " * 600
    plain.get_by_role("link", name="Start over").click()
    expect(plain.locator("#start")).to_be_visible()


@pytest.mark.browser
def test_without_scripts_a_medicine_can_be_chosen(plain: Page, library_assistant: Assistant, serving: Serving) -> None:
    with serving(library_assistant) as address:
        plain.goto(address)
        send(plain, "what are the side effects")
        choice = plain.locator(".plain-next button").first
        name = choice.inner_text()
        choice.click()
        assert name.split(" ")[0] in plain.locator(".answer .version").first.inner_text()


@pytest.mark.browser
def test_what_is_typed_before_the_page_is_drawn_goes_on_in_it(page: Page, server: Server) -> None:
    held: list[Route] = []
    page.route("**/assets/index-*.js", lambda route: held.append(route))
    page.goto(server.address, wait_until="commit")
    box = page.get_by_label("Your question")
    box.fill(DRIP)
    box.focus()
    assert violations(page) == []
    assert page.locator("gradio-app").is_hidden()
    held[0].continue_()
    page.locator(DRAWN).wait_for()
    expect(page.locator("#question textarea")).to_have_value(DRIP)
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#first")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .answer")).to_have_count(1)


@pytest.mark.browser
def test_a_page_that_is_never_drawn_answers_all_the_same(page: Page, server: Server) -> None:
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(server.address)
    send(page, DRIP)
    expect(page.locator(".answer [data-passage]").first).to_contain_text("60 to 90 minutes")
    assert violations(page) == []


@pytest.mark.browser
def test_a_question_is_seen_at_once_however_slow_the_network(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    shown = passages(ask(page, "what are the common side effects"))
    held: list[Route] = []
    page.route("**/gradio_api/run/predict*", lambda route: held.append(route))
    box.fill(DRIP)
    box.press("Enter")
    sending = page.locator("#sending")
    expect(sending.locator("bdi")).to_have_text(DRIP)
    expect(sending.locator(".pending")).to_have_text("Looking in the monograph…")
    expect(sending.locator(".asked")).to_be_in_viewport(ratio=1)
    while not held:  # the question may be seen before it is sent
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.locator("#conversation .answer")).to_have_count(2)
    expect(sending).to_have_count(0)
    assert passages(page.locator("#conversation .answer").first) == shown
