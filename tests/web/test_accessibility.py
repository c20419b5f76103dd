"""WCAG 2.2 AA beyond what test_walk.py walks: other looks, scripts and pages, focus, announcements, stillness."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.axe import check
from tests.web.chat import ask, open_chat
from tests.web.conftest import Server

pytestmark = pytest.mark.browser

VIEWS = ((1280, 800), (320, 640), (640, 400), (320, 200))
"""CSS pixels: a desktop, the narrowest phone, and the desktop at 200% and at 400% zoom."""


def check_views(page: Page) -> None:
    for width, height in VIEWS:
        page.set_viewport_size({"width": width, "height": height})
        check(page)


def test_strong_contrast_and_the_largest_text(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    page.get_by_role("button", name="Text size and colours").click()
    page.get_by_label("Strong").check()
    page.get_by_label("Larger").check()
    page.get_by_role("button", name="Close").click()
    ask(page, "the drip is running and my throat feels tight")
    ask(page, "how long do side effects last")
    expect(page.locator("#pinned")).to_be_visible()
    check_views(page)


def test_words_set_apart_as_a_reader_wants_them(page: Page, server: Server) -> None:
    """Text spacing (1.4.12): nothing is cut and nothing needs sideways scroll."""
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    page.evaluate("""() => {
      const wide = new CSSStyleSheet();
      wide.replaceSync(`#page * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } #page p { margin-bottom: 2em !important }`);
      document.adoptedStyleSheets = [wide];
    }""")
    check_views(page)
    cut = page.locator("#page :is(p, button, a, td, th, h1, h2, h3):visible:not(.unseen, .unseen *)").evaluate_all(
        "es => es.filter(e => getComputedStyle(e).overflow !== 'visible'"
        " && (e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight)).map(e => e.innerText)"
    )
    assert cut == []


def test_a_message_in_another_script(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "كم من الوقت تستغرق الحقنة؟")
    check_views(page)


def test_the_monograph_on_its_own_page_and_an_address_that_is_none(page: Page, server: Server) -> None:
    page.goto(f"{server.address}source/istiratumab/0.9?start=1&end=2&passage=istiratumab:infusion-time-cefb456807")
    expect(page.locator("#cited")).to_be_visible()
    check_views(page)
    page.goto(f"{server.address}source/nobody/1.0")
    check_views(page)


def focused(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.innerText || document.activeElement.id || 'box').trim()"))


def test_the_keyboard_is_enough(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    page.keyboard.press("Tab")
    seen = [focused(page)]
    while seen[-1] != "Ask":
        page.keyboard.press("Tab")
        seen.append(focused(page))
        assert len(seen) < 10
    assert seen[0] == "Skip to the question box"
    assert seen[1].startswith("Aa")
    assert len(seen) == 8  # the link, the display's button, three examples, the disclaimer, the box, 'Ask'
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("how often do I get it and how long is each drip?")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .answer")).to_have_count(1)
    expect(page.get_by_label("Your question")).to_be_focused()
    order: list[str] = []
    while "Print or save" not in order:
        page.keyboard.press("Shift+Tab")
        order.append(focused(page))
        ring = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert ring >= 2, order[-1]
        # Not under the line at the top, nor under the question box (2.4.11).
        covered = page.evaluate(
            """() => {
              const { left, top, width, height } = document.activeElement.getBoundingClientRect();
              const seen = document.elementFromPoint(left + width / 2, top + height / 2);
              return !document.activeElement.contains(seen) && !seen.contains(document.activeElement);
            }"""
        )
        assert not covered, order[-1]
        if order[-1].startswith("Aa"):
            break
    told = [
        name for name in order if name in ("Show in the monograph", "Copy", "Read aloud", "Yes", "No", "1 more passage")
    ]
    assert told == ["No", "Yes", "1 more passage", "Read aloud", "Copy", "Show in the monograph"]


def test_each_message_is_announced_once(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "hello")
    page.evaluate(
        """() => {
          window.announced = [];
          new MutationObserver((changes) => {
            for (const node of changes.flatMap((change) => [...change.addedNodes])) {
              for (const part of node.matches ? [node, ...node.querySelectorAll("*")] : []) {
                if (part.matches(".asked, .answer, .pending")) window.announced.push(part.className);
              }
            }
          }).observe(document.getElementById("conversation"), { childList: true, subtree: true });
        }"""
    )
    ask(page, "how long will the drip take")
    ask(page, "what is the weather")
    announced = page.evaluate("window.announced")
    assert [name for name in announced if name != "pending"] == ["asked", "answer answer", "asked", "answer abstain"]
    assert page.get_by_role("log").locator("article > h2").all_text_contents() == ["Answer"] * 3


def test_nothing_moves_for_those_who_asked_for_stillness(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    moving = page.locator("#page, #page *").evaluate_all(
        "es => es.map(e => getComputedStyle(e))"
        ".filter(s => s.animationName !== 'none' || (s.transitionDuration !== '0s' && s.transitionProperty !== 'none'))"
        ".length"
    )
    assert moving == 0
