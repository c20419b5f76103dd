"""Tables: cells that span rows and columns made into a grid in which no cell stands in another's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.convert.pieces import Item, Paragraph, Piece, Table
from retrieval.convert.remarks import Notes

__all__ = ["Cell", "Row", "combined_heads", "grid", "table_pieces"]

_WIDEST = 200
"""Columns. A span that says more is a slip, or an attack on memory."""


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
    """The cells that begin in it. `is_head` when it was marked as a row of heads."""

    cells: tuple[Cell, ...]
    is_head: bool = False


Grid = list[list[tuple[Cell | None, bool]]]
"""For each place the cell that covers it (None for none) and whether it begins there."""


def grid(rows: Sequence[Row]) -> Grid:
    """Every place of the table, by the rules of HTML: a cell takes the first free place of its row."""
    places: dict[tuple[int, int], tuple[Cell | None, bool]] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row.cells:
            while (y, x) in places:
                x += 1
            columns = min(max(1, cell.columns), _WIDEST)
            last = len(rows) if cell.rows == 0 else min(y + cell.rows, len(rows))
            for below in range(y, last):
                for beside in range(x, x + columns):
                    places.setdefault((below, beside), (cell, (below, beside) == (y, x)))
            x += columns
    width = max((x + 1 for _, x in places), default=0)
    return [[places.get((y, x), (None, False)) for x in range(width)] for y in range(len(rows))]


def combined_heads(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The heads of each column from top to bottom, as one: 'Adults – Dose'."""
    return tuple(" – ".join(dict.fromkeys(text for text in column if text)) for column in zip(*rows, strict=True))


def table_pieces(rows: Sequence[Row], number: int, notes: Notes) -> Iterator[Piece]:
    """A table as one, or as what it holds where it only lays out a page. `number` counts the tables, for remarks."""
    name = f"table {number}"
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
    _tell_of_spans(places, texts, heads, name, notes)
    if any("|" in text for line in texts for text in line):
        notes.say("A cell has the bar |, which is written as \\| so that it makes no second cell", name)
    columns = [x for x in range(len(texts[0])) if any(line[x] for line in texts)]
    kept = [[line[x] for x in columns] for line in texts]
    body = tuple(tuple(line) for line in kept[heads:] if any(line))
    if not heads:
        notes.say(
            "No row is marked as the heads: put a rule of --- under the first row if it has them",
            f"{name}, {' | '.join(kept[0])}",
        )
        yield Table(None, body)
        return
    if heads > 1:
        notes.say("Several rows of heads were made one", name)
        notes.left_out += [cell.text for line in places[:heads] for cell, begins in line if cell and begins]
        notes.put_in += combined_heads(kept[:heads])
    yield Table(combined_heads(kept[:heads]), body)


def _head_rows(rows: Sequence[Row], places: Grid, name: str, notes: Notes) -> int:
    """How many rows at the top are heads: marked as such, or the first if it alone is all bold."""
    marked = 0
    for row in rows:
        if not (row.is_head or (row.cells and all(cell.is_head for cell in row.cells))):
            break
        marked += 1
    if marked:
        # A head that spans further down makes the rows beside it heads too.
        marked = max([marked, *(y + cell.rows for y, row in enumerate(rows[:marked]) for cell in row.cells)])
        if marked < len(rows):
            return marked
    if marked or len(rows) < 2 or len(places[0]) < 2:
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


def _tell_of_spans(places: Grid, texts: list[list[str]], heads: int, name: str, notes: Notes) -> None:
    for y, line in enumerate(places):
        if any(cell is None for cell, _ in line):
            notes.say("A row has fewer cells than the table has columns: check under which heads they belong",
                      f"{name}, row {y + 1}: {' | '.join(texts[y])}")  # fmt: skip
        owners = {id(cell) for cell, _ in line if cell}
        if y >= heads and len(owners) == 1 and len(line) > 1 and any(texts[y]):
            notes.say("A row is one cell: it may be the heading of the rows under it", f"{name}, {texts[y][0]}")
        for cell, begins in line:
            if cell and not begins and cell.text and y >= heads:
                notes.put_in.append(cell.text)
                notes.say("A cell that spans several rows or columns is repeated in each", f"{name}, {cell.text}")
