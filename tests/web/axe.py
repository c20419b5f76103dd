"""axe-core in a page: the script comes with the package axe-playwright-python, so nothing is fetched."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from tests.web.media import colours

__all__ = ["check", "violations"]


def check(page: Page) -> None:
    """In light and in dark axe-core finds nothing; no sideways scroll; targets of 44 px."""
    for scheme in ("light", "dark"):
        with colours(page, scheme):
            found = violations(page)
        assert found == [], f"{scheme}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Words inside a text may be smaller (2.5.5, inline).
    small = page.locator("#page :is(a, button, summary, textarea, label):visible:not(.term, .call)").evaluate_all(
        "es => es.map(e => [e.innerText, e.getBoundingClientRect()])"
        ".filter(([_, r]) => r.width > 1 && Math.min(r.width, r.height) < 43.5).map(([text]) => text)"
    )
    assert small == [], small


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What breaks one of all of axe-core's rules: (rule, elements)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)"
    )
    return [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in found]


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
