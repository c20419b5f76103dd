"""Take the pictures of the README from a running service.

python app.py &
python -m tests.web.screenshots --url http://127.0.0.1:7860/ --out docs/screenshots
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import find_chromium
from tests.web.conftest import PATIENCE, SWITCHES

SCREENS: dict[str, tuple[int, int, Literal["light", "dark"]]] = {
    "desktop": (1280, 800, "light"),
    "phone": (390, 844, "light"),
    "dark": (1280, 800, "dark"),
}
QUESTIONS = {
    "start": None,
    "answer": "how long will the drip take",
    "list": "what are the common side effects",
    "related": "does it make me lose weight",
    "abstain": "what is the weather",
    "urgent": "the drip is running and my throat feels tight",
    "crisis": "i dont want to be here any more",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.web.screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:7860/", help="where the service answers")
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"), help="folder for the pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
        for screen in SCREENS:
            for state, question in QUESTIONS.items():
                page = _page(browser, arguments.url, screen, question)
                _save(page, arguments.out / f"{state}-{screen}.png")
            source = _page(browser, arguments.url, screen, QUESTIONS["answer"])
            link = source.get_by_role("link", name="Show in the monograph").first.get_attribute("href")
            source.goto(f"{arguments.url.rstrip('/')}/{link}")
            _save(source, arguments.out / f"source-{screen}.png")
        browser.close()


def _page(browser: Browser, url: str, screen: str, question: str | None) -> Page:
    width, height, scheme = SCREENS[screen]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    box = page.get_by_label("Your question")
    box.wait_for()
    if question:
        box.fill(question)
        box.press("Enter")
        expect(page.locator("#conversation .answer")).to_have_count(1, timeout=PATIENCE)
    return page


def _save(page: Page, path: Path) -> None:
    # The page keeps a connection open, so the network is never idle; the look is there when this is.
    page.wait_for_function("getComputedStyle(document.getElementById('emergency')).position === 'sticky'")
    page.screenshot(path=path, animations="disabled", caret="hide")
    print(path)
    page.close()


if __name__ == "__main__":
    main()
