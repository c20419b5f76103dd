"""Tables: cells that span rows and columns made into a grid in which no cell stands in another's place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.convert.pieces import Item, Paragraph, Piece, Table
from retrieval.convert.remarks import Notes

__all__ = ["Cell", "Row", "combined_heads", "grid", "grouped", "marked_heads", "parts", "table_pieces"]

_WIDEST = 200
"""Columns. A span that says more is a slip, or an attack on memory."""
_LONGEST_GROUP = 100
"""Characters of a row that is one cell and names the rows under it; a longer one is a note."""
_AMOUNT = re.compile(r"\d\s*(?:[mµμnk]?g|mcg|m[lL]|%|IU|mmol|units?|tablets?|capsules?|drops?|times)\b")
_RULE = re.compile(r"\s*:?-+:?\s*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it was written. `is_head` when it was marked as one."""

    text: str
    rows: int = 1
    columns: int = 1
    is_head: bool = False
    is_bold: bool = False
    pieces: tuple[Piece, ...] = ()
    has_table: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells that begin in it. `is_head` when it was marked as a row of heads. No cell reaches out of a `group`."""

    cells: tuple[Cell, ...]
    is_head: bool = False
    group: int = 0

    @property
    def is_marked(self) -> bool:
        """Whether it is a row of heads by its own mark or by that of each cell."""
        return self.is_head or (bool(self.cells) and all(cell.is_head for cell in self.cells))

    @property
    def has_amount(self) -> bool:
        return any(_AMOUNT.search(cell.text) for cell in self.cells)


Grid = list[list[tuple[Cell | None, bool]]]
"""For each place the cell that covers it (None for none) and whether it begins there."""


def grid(rows: Sequence[Row]) -> Grid:
    """Every place of the table, by the rules of HTML: a cell takes the first free place of its row."""
    places: dict[tuple[int, int], tuple[Cell | None, bool]] = {}
    ends = {row.group: y + 1 for y, row in enumerate(rows)}
    for y, row in enumerate(rows):
        x = 0
        for cell in row.cells:
            while (y, x) in places:
                x += 1
            columns = min(max(1, cell.columns), _WIDEST)
            last = ends[row.group] if cell.rows == 0 else min(y + cell.rows, ends[row.group])
            for below in range(y, last):
                for beside in range(x, x + columns):
                    places.setdefault((below, beside), (cell, (below, beside) == (y, x)))
            x += columns
    width = max((x + 1 for _, x in places), default=0)
    return [[places.get((y, x), (None, False)) for x in range(width)] for y in range(len(rows))]


def combined_heads(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The heads of each column from top to bottom, as one: 'Adults – Dose'."""
    return tuple(" – ".join(dict.fromkeys(text for text in column if text)) for column in zip(*rows, strict=True))


def marked_heads(rows: Sequence[Row]) -> int:
    """Rows of heads at the top, with those that a head among them reaches down to."""
    count = 0
    for row in rows:
        if not row.is_marked or (count and not row.is_head and (len(row.cells) == 1 or row.has_amount)):
            break  # one cell below the heads names the rows under it, and an amount is a value
        count += 1
    end = sum(1 for row in rows if row.group == rows[0].group) if count == 1 or rows[0].is_head else len(rows)
    reach = max((min(y + cell.rows, end) for y, row in enumerate(rows[:count]) for cell in row.cells), default=0)
    return max(count, reach) if max(count, reach) < len(rows) else 0


def parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """A table that has heads again further down is several: each value stands under the heads above it."""
    if not rows:
        return
    starts = [0]
    if heads := marked_heads(rows):
        places = grid(rows)
        for y in range(heads + 1, len(rows) - 1):
            crossed = any(cell and not begins and cell is places[y - 1][x][0] and cell.rows != 1
                          for x, (cell, begins) in enumerate(places[y]))  # fmt: skip
            if _is_heads_again(rows[y]) and not _is_heads_again(rows[y - 1]) and not crossed:
                starts.append(y)
    for start, end in pairwise([*starts, len(rows)]):
        yield rows[start:end]


def _is_heads_again(row: Row) -> bool:
    """A row of th may be of values too."""
    return len(row.cells) > 1 and row.is_marked and (row.is_head or not row.has_amount)


def grouped(texts: Sequence[Sequence[str]], places: Grid, heads: int) -> list[tuple[int, tuple[str, ...]]]:
    """The rows under the heads with their numbers; one cell all across that names the rows under it stands in each."""
    across = [_is_across(line) and _names(text[0]) for text, line in zip(texts, places, strict=True)]
    made = []
    name = ""
    for y in range(heads, len(texts)):
        row = tuple(texts[y])
        if _is_across(places[y]):
            below = next((across[n] for n in range(y + 1, len(texts)) if any(texts[n])), True)
            name = row[0] if across[y] and not below and heads else ""
            if name:
                continue
        made.append((y, (f"{name} – {row[0]}" if row[0] else name, *row[1:]) if name and any(row) else row))
    return made


def _names(text: str) -> bool:
    """Whether the words of a row that is one cell can name other rows: no amount, and no note."""
    return text[:1].isalpha() and len(text) <= _LONGEST_GROUP and not re.search(r"[.;]$", text)


def _is_across(line: Sequence[tuple[Cell | None, bool]]) -> bool:
    cell, begins = line[0]
    return len(line) > 1 and begins and cell is not None and cell.rows == 1 and all(c is cell for c, _ in line)


def table_pieces(rows: Sequence[Row], number: int, notes: Notes) -> Iterator[Piece]:
    """A table as one, or as what it holds where it only lays out a page. `number` counts the tables, for remarks."""
    name = f"table {number}"
    divided = list(parts(rows))
    if len(divided) > 1:
        notes.say("A table has heads again further down, and was made several", name)
    for part in divided:
        yield from _one_table(part, name, notes)


def _one_table(rows: Sequence[Row], name: str, notes: Notes) -> Iterator[Piece]:
    places = grid(rows)
    if not any(cell and (cell.text or cell.pieces) for line in places for cell, _ in line):
        return
    heads = _head_rows(rows, places, name, notes)
    begun = [cell for line in places for cell, begins in line if cell and begins]
    if _is_layout(places, begun, heads):
        for cell in begun:
            yield from cell.pieces
        if len(begun) > 1:
            notes.say("A table only lays out the page: its cells follow one another", name)
        return
    if any(cell.has_table for cell in begun):
        notes.say("A table inside a table's cell was written in one line: check it against the original", name)
    texts = [[cell.text if cell else "" for cell, _ in line] for line in places]
    body = grouped(texts, places, heads)
    _tell_of_spans(places, texts, heads, {y for y, _ in body}, name, notes)
    if any("|" in text for line in texts for text in line):
        notes.say("A cell has the bar |, which is written as \\| so that it makes no second cell", name)
    columns = [x for x in range(len(texts[0])) if any(line[x] for line in texts)]
    kept = [tuple(line[x] for x in columns) for line in texts[:heads]]
    lines = tuple(_no_rule(tuple(line[x] for x in columns), name, notes) for _, line in body if any(line))
    for y, line in body:
        if line[0] != texts[y][0]:
            notes.put_in.append(line[0].removesuffix(texts[y][0]))
    if not heads:
        notes.say(
            "No row is marked as the heads: put a rule of --- under the first row if it has them",
            f"{name}, {' | '.join(lines[0])}",
        )
        yield Table(None, lines)
        return
    if heads > 1:
        notes.say("Several rows of heads were made one", name)
        notes.left_out += [cell.text for line in places[:heads] for cell, begins in line if cell and begins]
        notes.put_in += combined_heads(kept)
    yield Table(_no_rule(combined_heads(kept), name, notes), lines)


def _no_rule(cells: tuple[str, ...], name: str, notes: Notes) -> tuple[str, ...]:
    """A row of hyphens alone would be Markdown's rule under the heads."""
    if not any(cells) or not all(_RULE.fullmatch(cell) or not cell for cell in cells):
        return cells
    notes.say("Hyphens that are all a row has were written as dashes, so that they are no rule", name)
    return tuple(cell.replace("-", "–") for cell in cells)


def _head_rows(rows: Sequence[Row], places: Grid, name: str, notes: Notes) -> int:
    """How many rows at the top are heads: marked as such, or the first if it alone is all bold."""
    if marked := marked_heads(rows):
        return marked
    if rows[0].is_marked or len(rows) < 2 or len(places[0]) < 2:
        return 0
    bold = [[cell.is_bold for cell in row.cells if cell.text] for row in rows]
    if bold[0] and all(bold[0]) and not all(all(line) for line in bold[1:]) and _is_row_of_heads(rows[0]):
        notes.say(
            "The first row is bold and was taken as the heads", f"{name}, {' | '.join(c.text for c in rows[0].cells)}"
        )
        return 1
    return 0


def _is_row_of_heads(row: Row) -> bool:
    """A head spans no row: what stands bold over several rows may be a row's own name."""
    return all(cell.rows == 1 for cell in row.cells) and len(row.cells) > 1


def _is_layout(places: Grid, begun: Sequence[Cell], heads: int) -> bool:
    if len(places[0]) == 1:
        return True
    if heads:
        return False
    if any(cell.has_table for cell in begun):
        return True
    plain = all(len(cell.pieces) <= 1 and all(isinstance(p, Paragraph | Item) for p in cell.pieces) for cell in begun)
    return len(places) == 1 and not plain


def _tell_of_spans(places: Grid, texts: list[list[str]], heads: int, kept: set[int], name: str, notes: Notes) -> None:
    for y, line in enumerate(places):
        if any(cell is None for cell, _ in line):
            notes.say("A row has fewer cells than the table has columns: check under which heads they belong",
                      f"{name}, row {y + 1}: {' | '.join(texts[y])}")  # fmt: skip
        if y < heads:
            continue
        if y not in kept:
            notes.left_out.append(texts[y][0])
            notes.say("A row that is one cell names the rows under it, and was put into each", f"{name}, {texts[y][0]}")
            continue
        if _is_across(line) and any(texts[y]):
            notes.say("A row is one cell: it may be the heading of the rows under it", f"{name}, {texts[y][0]}")
        elif len(line) > 2 and texts[y][0] and not any(texts[y][1:]):
            notes.say("A row has words in its first cell alone: they may name the rows under it",
                      f"{name}, {texts[y][0]}")  # fmt: skip
        for cell, begins in line:
            if cell and not begins and cell.text:
                notes.put_in.append(cell.text)
                notes.say("A cell that spans several rows or columns is repeated in each", f"{name}, {cell.text}")
