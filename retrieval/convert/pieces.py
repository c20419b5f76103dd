"""What a document is made of, whatever file it came in, and its Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Heading", "Item", "Paragraph", "Piece", "Table", "to_markdown"]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 1 to 6."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`bold` when all of its words are."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list. `mark` is '-' or a number with a stop; `depth` is 0 for the outermost list."""

    depth: int
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has as many cells as there are columns. Without `heads` no row of it is known to be heads."""

    heads: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]


Piece = Heading | Paragraph | Item | Table


def to_markdown(pieces: Iterable[Piece]) -> str:
    """Headings, lists, tables and paragraphs, one line each, with an empty line where the kind changes."""
    parts: list[str] = []
    before: Piece | None = None
    widths: list[int] = []
    for piece in pieces:
        together = isinstance(before, Item) and isinstance(piece, Item)
        if not isinstance(piece, Item):
            widths = []
        if parts:
            parts.append("\n" if together else "\n\n")
        parts.append("\n".join(_lines(piece, widths)))
        before = piece
    return "".join(parts) + "\n" if parts else ""


def _lines(piece: Piece, widths: list[int]) -> Iterator[str]:
    """`widths` are those of the marks around an item, so that it is indented under its parent's words."""
    match piece:
        case Heading(level, text):
            yield f"{'#' * level} {text}"
        case Paragraph(text):
            yield text
        case Item(depth, mark, text):
            del widths[depth:]
            yield f"{' ' * sum(widths)}{mark} {text}"
            widths.append(len(mark) + 1)
        case Table(heads, rows):
            if heads is not None:
                yield _row(heads)
                yield _row(["---"] * len(heads))
            yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    # A bar inside a cell would end it.
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
