"""Marked blocks of a page: what stands between two marks is made by a command, and never written by hand.

<!-- figures: NAME -->
...
<!-- end -->
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from evaluation.errors import DataError

__all__ = ["filled"]

_BLOCK = re.compile(r"^<!-- figures: (?P<name>[a-z0-9-]+) -->\n(?P<text>.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^<!-- (figures: |end ).*$", re.MULTILINE)


def filled(page: Path, text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """The text with each block filled anew; `page` is where it stands, for errors.

    Raises DataError at a mark that is not half of a pair, or whose name is not in `tables`.
    """

    def fill(block: re.Match[str]) -> str:
        name = block["name"]
        if name not in tables:
            known = ", ".join(sorted(tables))
            raise DataError(page, _line(text, block.start()), f"nothing makes '{name}'.", f"Name one of: {known}.")
        if stray := _MARK.search(text, block.start("text"), block.end("text")):
            raise _stray(page, text, stray)
        return f"<!-- figures: {name} -->\n{tables[name]()}<!-- end -->"

    whole = _BLOCK.sub(fill, text)
    outside = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    if stray := _MARK.search(outside):
        raise _stray(page, outside, stray)
    return whole


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _stray(page: Path, text: str, mark: re.Match[str]) -> DataError:
    problem = f"'{mark[0]}' is half of a block."
    return DataError(page, _line(text, mark.start()), problem, "Put the other mark on a line of its own.")
