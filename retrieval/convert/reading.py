"""What a document says, to be compared: its lines, and each table as triples of row head, column head and value.

A draft is compared with its original by reading both again, the original by other code than the one that converted
it: an error of the converter's is then not made twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.blocks import Block, Kind, parse_blocks
from retrieval.convert.tables import Row, combined_heads, grid, grouped, marked_heads, parts

__all__ = ["Line", "LineKind", "Reading", "Triple", "read_markdown", "row_triples", "words_of"]

LineKind = str
"""'heading', 'item', 'text' or 'cell'."""

_MARKUP = re.compile(r"\\\|")
_WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A heading, an item, a paragraph or a cell. `place` is for people, such as 'page 3' or 'line 12'."""

    kind: LineKind
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Triple:
    """A value of a table with the heads that it stands under. Without marked heads those are the first row's cells."""

    row: str
    column: str
    value: str
    place: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Without white space, punctuation and case."""
        return words_of(self.row), words_of(self.column), words_of(self.value)


@dataclass(frozen=True, slots=True)
class Reading:
    """`in_order` is False for a PDF, whose letters may be in any order in the file."""

    lines: tuple[Line, ...]
    triples: tuple[Triple, ...]
    in_order: bool = True
    figures: tuple[Line, ...] = ()
    """The lines once more, so that their numbers are right, where they were read for themselves."""

    @property
    def text(self) -> str:
        """For people: a paragraph for each line."""
        return "\n\n".join(line.text for line in self.lines)


def words_of(text: str) -> str:
    """The words and numbers of a text, apart by spaces."""
    return " ".join(_WORD.findall(text.casefold()))


def read_markdown(markdown: str) -> Reading:
    """A draft as it will be cut into passages."""
    starts = [0, *(match.end() for match in re.finditer("\n", markdown))]
    lines: list[Line] = []
    triples: list[Triple] = []
    table: list[tuple[Block, str]] = []
    at = 0
    for block in (*parse_blocks(markdown), None):
        if table and (block is None or block.container != table[0][0].container):
            triples += _markdown_triples(markdown, table)
            table = []
        if block is None:
            break
        while at + 1 < len(starts) and starts[at + 1] <= block.start:
            at += 1
        place = f"line {at + 1}"
        if block.kind in (Kind.TABLE_HEAD, Kind.TABLE_ROW):
            table.append((block, place))
        kind = {Kind.HEADING: "heading", Kind.BULLET: "item", Kind.PARAGRAPH: "text"}.get(block.kind, "cell")
        lines += [Line(kind, _unmarked(markdown[s.start : s.end]), place) for s in block.content]
    return Reading(tuple(lines), tuple(triples))


def _markdown_triples(markdown: str, table: Sequence[tuple[Block, str]]) -> Iterator[Triple]:
    rows = [_markdown_cells(markdown[block.start : block.end].split("\n", 1)[0]) for block, _ in table]
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    yield from triples_of(rows, 1, [place for _, place in table])


def _markdown_cells(line: str) -> list[str]:
    """The cells of a row, empty ones too."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [_unmarked(cell.strip()) for cell in re.split(r"(?<!\\)\|", inner)]


def _unmarked(text: str) -> str:
    return _MARKUP.sub("|", text)


def triples_of(rows: Sequence[Sequence[str]], heads: int, places: Sequence[str]) -> Iterator[Triple]:
    """Every value outside the first column; The first `heads` rows, at least one, are the heads of its column."""
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    kept = [x for x in range(len(rows[0])) if any(row[x] for row in rows)] if rows else []
    rows = [[row[x] for x in kept] for row in rows]
    if len(kept) < 2 or len(rows) <= heads:
        return
    columns = combined_heads(rows[: max(1, heads)])
    for row, place in zip(rows[max(1, heads) :], places[max(1, heads) :], strict=False):
        yield from (
            Triple(row[0], head, value, place) for head, value in zip(columns[1:], row[1:], strict=True) if value
        )


def row_triples(rows: Sequence[Row], number: int) -> Iterator[Triple]:
    """The triples of a table, each cell in all places that it covers."""
    row = 1
    for part in parts(rows):
        places = grid(part)
        texts = [[cell.text if cell else "" for cell, _ in line] for line in places]
        heads = marked_heads(part)
        lines = [(y, tuple(line)) for y, line in enumerate(texts[:heads])] + grouped(texts, places, heads)
        filled = [(y, line) for y, line in lines if any(cell.strip() for cell in line)]
        above = sum(y < heads for y, _ in filled)
        yield from triples_of([x for _, x in filled], above, [f"table {number}, row {row + y}" for y, _ in filled])
        row += len(part)
