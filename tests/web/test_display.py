"""Text size, colours and contrast, which are kept in the browser; and paper."""

from __future__ import annotations

import json
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.web.chat import ask, open_chat, tap
from tests.web.conftest import Server
from tests.web.media import is_firefox, medium

pytestmark = pytest.mark.browser

AFTER = """
e => getComputedStyle(e, "::after").content
  .replace(/attr\\(([\\w-]+)\\)/g, (_, name) => JSON.stringify(e.getAttribute(name)))
  .replace(/"\\s*"/g, "").slice(1, -1)
"""
"""What stands after an element. A Firefox tells the rule, a Chromium what has come of it."""

PAPER = "getComputedStyle(document.body).backgroundColor"


def choose(page: Page, group: str, value: str) -> None:
    tap(page.get_by_role("button", name="Text size and colours"))
    page.get_by_role("group", name=group).get_by_label(value, exact=True).check()
    page.get_by_role("button", name="Close").click()


def test_what_is_chosen_lasts_in_this_browser_and_holds_for_the_monograph_too(page: Page, server: Server) -> None:
    page.emulate_media(color_scheme="light")
    open_chat(page, server.address)
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert page.evaluate(size) == 16
    choose(page, "Text size", "Larger")
    choose(page, "Colours", "Dark")
    choose(page, "Contrast", "Strong")
    assert page.evaluate(f"[{size}, {PAPER}]") == [pytest.approx(22.4), "rgb(0, 0, 0)"]
    kept = page.evaluate("({...localStorage})")
    assert {name: json.loads(value) for name, value in kept.items()} == {
        "verbatim-display": {"size": "larger", "theme": "dark", "contrast": "strong"}
    }
    for address in (server.address, f"{server.address}source/istiratumab/1.0"):
        page.goto(address)
        page.locator("#emergency p").first.wait_for()
        assert page.evaluate(f"[{size}, {PAPER}]") == [pytest.approx(22.4), "rgb(0, 0, 0)"]
    open_chat(page, server.address)
    page.get_by_role("button", name="Text size and colours").click()
    expect(page.get_by_role("group", name="Text size").get_by_label("Larger")).to_be_checked()
    expect(page.get_by_role("group", name="Colours").get_by_label("Dark")).to_be_checked()


@pytest.mark.parametrize("kept", ["no json", '"text"', '{"size": "<b>", "theme": 5}', "null"])
def test_what_another_hand_has_kept_there_does_no_harm(page: Page, server: Server, kept: str) -> None:
    page.add_init_script(f"localStorage.setItem('verbatim-display', {json.dumps(kept)})")
    open_chat(page, server.address)
    assert page.evaluate("({...document.documentElement.dataset})")["size"] == "normal"
    assert ask(page, "hello").get_attribute("class") == "answer greeting"


def test_light_and_dark_follow_the_device(page: Page, server: Server) -> None:
    if is_firefox(page):
        pytest.skip("Playwright cannot tell a Firefox the colours of its device.")
    open_chat(page, server.address)
    page.emulate_media(color_scheme="light")
    assert page.evaluate(PAPER) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(PAPER) == "rgb(21, 25, 27)"


def test_on_paper_stand_questions_passages_citations_the_disclaimer_and_the_day(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how often do I get it and how long is each drip?")
    folded = answer.locator("details .card").first
    page.evaluate("window.print = () => { dispatchEvent(new Event('beforeprint')); }")
    page.get_by_role("button", name="Print or save").click()
    medium(page, "print")
    expect(folded).to_be_visible()
    for name in ("Copy", "Read aloud", "Ask", "Start over", "Print or save", "Yes"):
        assert page.get_by_role("button", name=name, exact=True).count() == 0, name
    assert page.locator(".next, #examples, #question, #display-button").evaluate_all(
        "es => es.every(e => getComputedStyle(e).display === 'none' || !e.checkVisibility())"
    )
    for shown in ("#conversation .asked", "#conversation [data-passage]", "#conversation [data-disclaimer]"):
        expect(page.locator(shown).first).to_be_visible()
    heading = page.locator("#about h1")
    today = f"{date.today().day} {date.today():%B %Y}"
    assert heading.evaluate(AFTER) == f"Printed on {today}"
    link = answer.locator("a.show").first
    assert link.evaluate(AFTER) == f"In the monograph: {link.evaluate('e => e.href')}"
    medium(page, "screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(folded).to_be_hidden()


def test_the_paper_can_be_saved_with_all_passages(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    assert page.pdf().startswith(b"%PDF-")
    expect(page.locator("#conversation details .card").first).to_be_hidden()
