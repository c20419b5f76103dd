"""The rows of an HTML table, what one of its cells says in a line, and its numbers of rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import Tag

from retrieval.convert.pieces import Item, Piece, Table

__all__ = ["one_line", "table_rows", "whole_number"]

_ENDED = re.compile(r"[.:;,!?…]$")


def table_rows(table: Tag) -> Iterator[tuple[Tag, bool, int]]:
    """The rows that are this table's own, those of the foot last; whether they are heads; the number of their group.

    Rows that stand beside one another without a group make one.
    """
    foot: list[tuple[Tag, bool, int]] = []
    before = ""
    group = 0
    for part in table.find_all(["thead", "tbody", "tfoot", "tr"], recursive=False):
        group += part.name != "tr" or before != "tr"
        before = part.name
        if part.name == "tr":
            yield part, False, group
        elif part.name == "tfoot":
            foot += ((row, False, group) for row in part.find_all("tr", recursive=False))
        else:
            yield from ((row, part.name == "thead", group) for row in part.find_all("tr", recursive=False))
    yield from foot


def one_line(pieces: Sequence[Piece]) -> str:
    """What a cell holds as one text: paragraphs and items apart by a semicolon where nothing else divides them."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Table):
            texts += [": ".join(filter(None, row)) for row in (*([piece.heads] if piece.heads else []), *piece.rows)]
        else:
            texts.append(f"{piece.mark} {piece.text}" if isinstance(piece, Item) and piece.mark != "-" else piece.text)
    return "".join(
        text if last else f"{text} " if _ENDED.search(text) else f"{text}; "
        for text, last in zip(texts, [False] * (len(texts) - 1) + [True], strict=bool(texts))
    )


def whole_number(value: object, otherwise: int) -> int:
    """A whole number as HTML reads it: what comes after the figures does not count."""
    match = re.match(r"\s*([-+]?\d{1,5})", str(value)) if value is not None else None
    return int(match[1]) if match else otherwise
