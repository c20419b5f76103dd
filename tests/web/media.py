"""What a page is shown on: light or dark, a screen or paper.

Playwright tells a Chromium. A Firefox it cannot tell: there the page's own setting says the colours, and its own rules
for paper are made to hold everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Page

__all__ = ["colours", "is_firefox", "medium"]

_RULES = """
(paper) => {
  const [before, now] = paper ? ["print", "all"] : ["all", "print"];
  const turned = (media) => media.mediaText === before && (media.mediaText = now);
  for (const sheet of document.styleSheets) {
    if (!sheet.href?.endsWith("/print.css")) continue;
    turned(sheet.media);
    for (const rule of sheet.cssRules) if (rule instanceof CSSMediaRule) turned(rule.media);
  }
}
"""


_THEME = "theme => { document.documentElement.dataset.theme = theme; }"


def is_firefox(page: Page) -> bool:
    browser = page.context.browser
    return browser is not None and browser.browser_type.name == "firefox"


@contextmanager
def colours(page: Page, scheme: str) -> Iterator[None]:
    """As on a device whose colours are 'light' or 'dark', and whose owner wants stillness besides."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    if not is_firefox(page):
        yield
        return
    chosen = page.evaluate("document.documentElement.dataset.theme")
    page.evaluate(_THEME, scheme)
    yield
    page.evaluate(_THEME, chosen)


def medium(page: Page, name: Literal["print", "screen"]) -> None:
    page.emulate_media(media=name)
    if is_firefox(page):
        page.evaluate(_RULES, name == "print")
