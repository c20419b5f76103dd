"""axe-core in a page: the script comes with the package axe-playwright-python, so nothing is fetched."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

__all__ = ["violations"]


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
