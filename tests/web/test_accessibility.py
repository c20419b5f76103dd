"""WCAG 2.2 AA in every state: axe-core finds nothing, nothing needs sideways scroll, the keyboard is enough."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from tests.conftest import Parts
from tests.web.axe import violations
from tests.web.chat import Serving, ask, open_chat
from tests.web.conftest import Server
from tests.web.test_waiting import _Broken, _Waiting

pytestmark = pytest.mark.browser

ASKED = {
    "greeting": "hello",
    "answer": "how long will the drip take",
    "related": "can i drink beer",
    "abstain": "what is the weather",
    "urgent": "the drip is running and my throat feels tight",
    "crisis": "i dont want to be here any more",
    "rejected": "🙏🙏",
}
VIEWS = {"desktop": (1280, 800), "narrow": (320, 640), "zoomed to 400%": (320, 200)}


def check(page: Page) -> None:
    """axe-core with all its rules, and no sideways scroll, in each view and both schemes; targets of 24 px."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        for view, (width, height) in VIEWS.items():
            page.set_viewport_size({"width": width, "height": height})
            assert violations(page) == [], (scheme, view)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, view)
    # Words inside a text may be smaller (2.5.8, inline).
    small = page.locator("#page :is(a, button, summary, textarea, label):visible:not(.term, .call)").evaluate_all(
        "es => es.map(e => [e.innerText, e.getBoundingClientRect()])"
        ".filter(([_, r]) => r.width > 1 && Math.min(r.width, r.height) < 24).map(([text]) => text)"
    )
    assert small == []


def test_the_start(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    check(page)
    page.get_by_role("button", name="Text size and colours").click()
    check(page)
    page.get_by_label("Strong").check()
    page.get_by_role("button", name="Close").click()
    check(page)


@pytest.mark.parametrize("state", ASKED)
def test_what_is_answered(page: Page, server: Server, state: str) -> None:
    open_chat(page, server.address)
    answer = ask(page, ASKED[state])
    assert answer.get_attribute("class") == f"answer {state}"
    if answer.locator("summary").count():
        answer.locator("summary").click()
    if state == "urgent":
        ask(page, "how often is it given")
        expect(page.locator("#pinned")).to_be_visible()
    check(page)


def test_a_follow_up_an_explanation_and_a_message_in_another_script(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "will i get a skin rash")
    assert ask(page, "how do they treat it").locator(".follows").count() == 1
    ask(page, "كم من الوقت تستغرق الحقنة؟")
    page.locator(".term").first.click()
    expect(page.locator("#glossary")).to_be_visible()
    check(page)


def test_the_monograph_beside_and_over_the_chat_and_on_its_own_page(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "how long will the drip take").get_by_role("link", name="Show in the monograph").first.click()
    expect(page.locator("#cited")).to_be_visible()
    check(page)
    page.goto(f"{server.address}source/istiratumab/0.9?start=1&end=2&passage=istiratumab:infusion-time-cefb456807")
    check(page)
    page.goto(f"{server.address}source/nobody/1.0")
    check(page)


def test_waiting_and_a_lost_connection(page: Page, parts: Parts, serving: Serving) -> None:
    waiting = _Waiting(parts)
    with serving(waiting) as address:
        box = open_chat(page, address)
        box.fill("how long will the drip take")
        box.press("Enter")
        expect(page.locator(".pending")).to_be_visible()
        check(page)
        page.context.set_offline(True)
        expect(page.locator("#connection")).not_to_be_empty()
        check(page)
        page.context.set_offline(False)
        waiting.go.set()
        page.goto("about:blank")


def test_a_failure(page: Page, parts: Parts, serving: Serving) -> None:
    broken: Assistant = _Broken(*parts)
    with serving(broken) as address:
        open_chat(page, address)
        assert ask(page, "turmeric").get_attribute("class") == "answer failed"
        check(page)
        page.goto("about:blank")


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
    assert seen[0].startswith("Aa")
    assert len(seen) == 6  # the display's button, three examples, the box, 'Ask'
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("how long will the drip take")
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
        name
        for name in order
        if name in ("Show in the monograph", "Copy", "Read aloud", "Yes", "No", "2 more passages")
    ]
    assert told == ["No", "Yes", "2 more passages", "Read aloud", "Copy", "Show in the monograph"]


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
