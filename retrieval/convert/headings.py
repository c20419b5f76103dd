"""Headings that nobody marked: bold lines, and short lines that stand alone above what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.convert.pieces import Heading, Item, Paragraph, Piece, Table
from retrieval.convert.remarks import Notes

__all__ = ["is_heading_line", "with_headings"]

_LONGEST_BOLD, _MOST_BOLD = 100, 12
_LONGEST_LONE, _MOST_WORDS = 60, 8
"""Characters, and words."""
_LOWEST = 6
_ENDED = re.compile(r"[.:;,!?…]$")
_OPENS = re.compile(r"[\d.]*\s*[^\W\d_a-zß-ÿ]")
"""A heading opens with a capital, after its number if it has one."""
_AMOUNT = re.compile(r"\d\s*(?:[a-zµ%°]|$)")
_FULL = re.compile(r"[.!?…:]$")


def with_headings(pieces: Sequence[Piece], notes: Notes) -> Iterator[Piece]:
    """The pieces, with such lines made headings one level below the marked one above them, each with a remark."""
    level = 1
    for before, piece, after in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        if isinstance(piece, Heading):
            level = max(piece.level, 1)
        if isinstance(piece, Paragraph) and after is not None:
            if piece.bold and is_heading_line(piece.text):
                notes.say("A bold line was taken as a heading", piece.text)
                yield Heading(min(level + 1, _LOWEST), piece.text)
                continue
            if _stands_alone(before, piece, after):
                notes.say("A short line that stands alone was taken as a heading", piece.text)
                yield Heading(min(level + 1, _LOWEST), piece.text)
                continue
        yield piece


def is_heading_line(text: str) -> bool:
    """Whether a bold line can be a heading. A warning is bold too, but longer, or with an amount or a stop."""
    short = len(text) <= _LONGEST_BOLD and len(text.split()) <= _MOST_BOLD and not re.search(r"[.;,!…]$", text)
    return short and not _AMOUNT.search(text) and any(character.isalpha() for character in text)


def _stands_alone(before: Piece | None, piece: Paragraph, after: Piece) -> bool:
    """A few words without a stop, a capital first, no amount; then sentences or a list, and no other such line."""
    text = piece.text
    few = len(text) <= _LONGEST_LONE and len(text.split()) <= _MOST_WORDS and not _ENDED.search(text)
    if not few or not _OPENS.match(text) or _AMOUNT.search(text):
        return False
    if isinstance(before, Paragraph) and not _FULL.search(before.text):
        return False  # one of several such lines: an address, a list without marks
    if isinstance(after, Paragraph):
        return bool(_FULL.search(after.text)) and len(after.text.split()) > _MOST_WORDS
    return isinstance(after, Item) or (isinstance(after, Table) and before is not None)
