"""Take the pictures of the README and of docs/screenshots from a running service.

python app.py --questions 100000 &
python -m tests.web.screenshots --url http://127.0.0.1:7860/ --out docs/screenshots

Those of the staff guide are taken by its stories, with people who do what they show:
python -m pytest tests/staff --update-golden -k "story or page"
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from assistant.notices import read_notices
from assistant.question import MAX_CHARACTERS
from tests.browser import SWITCHES, find_chromium
from tests.conftest import CORPUS
from tests.web.conftest import PATIENCE
from tests.web.events import EVENTS
from web.render import render_busy, render_question
from web.session import LookedUp, Session, Visit

PHONE = (375, 780)
DESKTOP = (1280, 800)
PAPER = (794, 1123)
"""A4 at 96 dots an inch."""


def ask(*questions: str) -> Callable[[Page], None]:
    """What is asked, one question after the other."""

    def asked(page: Page) -> None:
        for number, question in enumerate(questions, 1):
            _send(page, question)
            expect(page.locator("#conversation .answer")).to_have_count(number, timeout=PATIENCE)

    return asked


def _send(page: Page, question: str) -> None:
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")


def source(page: Page) -> None:
    DRIP(page)
    page.get_by_role("link", name="Show in the monograph").first.click()
    page.locator("#cited").wait_for()


def term(page: Page) -> None:
    DRIP(page)
    page.locator(".term").nth(1).click()


def display(page: Page) -> None:
    DRIP(page)
    page.get_by_role("button", name="Text size and colours").click()


def next_questions(page: Page) -> None:
    DRIP(page)
    page.locator(".next").evaluate("e => e.scrollIntoView({ block: 'center' })")


def lost(page: Page) -> None:
    DRIP(page)
    page.get_by_label("Your question").fill("what are the common si")
    page.context.set_offline(True)
    expect(page.locator("#connection")).not_to_be_empty(timeout=PATIENCE)


def _shown_instead(page: Page, visit: Visit) -> None:
    """Have the page show what the service says in a moment that does not last; what it asks later is not heard."""
    heard: list[Route] = []

    def answer(route: Route) -> None:
        heard.append(route)
        if len(heard) == 1:
            reply = route.fetch()
            body = reply.json()
            body["data"][0] = visit.markup()
            route.fulfill(response=reply, json=body)

    page.route(f"**{EVENTS}*", answer)


def waiting(page: Page) -> None:
    _shown_instead(page, Visit(events=1, looked_up=[LookedUp(render_question(ASKED, MAX_CHARACTERS), ahead=3)]))
    _send(page, ASKED)
    expect(page.locator("#conversation .pending")).to_contain_text("before yours", timeout=PATIENCE)


def failed(page: Page) -> None:
    """More people ask than the line holds."""
    busy = render_busy(read_notices(CORPUS / "notices"))
    _shown_instead(page, Visit(Session().failed(render_question(ASKED, MAX_CHARACTERS), busy), events=1))
    _send(page, ASKED)
    page.locator("#conversation .answer.failed").wait_for()


def another_version(page: Page) -> None:
    page.goto(f"{page.url}source/istiratumab/0.9?start=1&end=2&passage=istiratumab:infusion-time-cefb456807#cited")


def paper(page: Page) -> None:
    ask("how long will the drip take", "what are the common side effects")(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.evaluate("scrollTo(0, 0)")


ASKED = "how long will the drip take"
DRIP = ask(ASKED)
URGENT = "the drip is running and my throat feels tight"
STATES: Mapping[str, Callable[[Page], None]] = {
    "start": ask(),
    "answer": DRIP,
    "next": next_questions,
    "list": ask("what are the common side effects"),
    "follow-up": ask("will i get a skin rash", "how do they treat it"),
    "related": ask("does it cure cancer"),
    "abstain": ask("who makes it"),
    "urgent": ask(URGENT),
    "urgent-later": ask(URGENT, "how long will the drip take"),
    "soon": ask("tired all the time but otherwise ok"),
    "crisis": ask("i dont want to be here any more"),
    "off-topic": ask("can you write me a poem"),
    "rejected": ask("?!"),
    "waiting": waiting,
    "failed": failed,
    "source": source,
    "term": term,
    "display": display,
    "lost": lost,
    "another-version": another_version,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.web.screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:7860/", help="where the service answers")
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"), help="folder for the pictures")
    parser.add_argument("states", nargs="*", help=f"all, or some of: {', '.join(STATES)}, print")
    arguments = parser.parse_args()
    chosen = arguments.states or [*STATES, "print"]
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
        for state in [state for state in STATES if state in chosen]:
            page = _page(browser, arguments.url, DESKTOP)
            STATES[state](page)
            _save(page, arguments.out / f"{state}-desktop.png")
            page.emulate_media(color_scheme="dark")
            _save(page, arguments.out / f"{state}-dark.png")
            page.close()
            page = _page(browser, arguments.url, PHONE)
            STATES[state](page)
            _save(page, arguments.out / f"{state}-phone.png")
            page.close()
        if "print" in chosen:
            page = _page(browser, arguments.url, PAPER)
            paper(page)
            _save(page, arguments.out / "print.png", full=True)
            page.close()
        browser.close()


def _page(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.locator(":root[data-drawn]").wait_for()
    # The page keeps a connection open, so the network is never idle; the look is there when this is.
    expect(page.locator("#emergency")).to_have_css("position", "sticky", timeout=PATIENCE)
    return page


def _save(page: Page, path: Path, full: bool = False) -> None:
    page.screenshot(path=path, animations="disabled", caret="hide", full_page=full)
    print(path)


if __name__ == "__main__":
    main()
