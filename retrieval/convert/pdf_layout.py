"""The order of a page: its edges taken off, its columns one after the other, its tables as they are ruled or set."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from retrieval.convert.pdf_lines import Box, Page, Stretch, all_bold
from retrieval.convert.pieces import Table
from retrieval.convert.remarks import Notes
from retrieval.convert.tables import combined_heads

__all__ = ["Block", "Lines", "blocks", "without_edges"]

_EDGE = 0.1
"""Share of a page's height at its top and its bottom in which heads, feet and page numbers stand."""
_FEWEST_RULES = 4
_MARK = re.compile(r"[•▪▫◦‣●○■□➢➤❖·\uf0b7\uf0a7\uf02d*–o-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]")
_GUTTER = 9.0
"""Points between two columns, at least."""
_FEWEST_ROWS = 2
"""Lines with words on both sides that make columns, or a table."""
_ONE_LINE = 0.5
"""Sizes of the letters: how far apart two lines are, at least."""
_PAGE_NUMBER = re.compile(r"(?:page|seite|p\.)?\W*(\d{1,4})\W*(?:(?:of|/|von)\s*\d{1,4})?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that follow one another in one column."""

    page: int
    lines: tuple[Stretch, ...]


Block = Lines | Table


def without_edges(pages: Sequence[Page], notes: Notes) -> list[list[Stretch]]:
    """The stretches of each page without what stands at the edge of several, and without page numbers."""
    seen: Counter[str] = Counter()
    firsts: Counter[int] = Counter()
    for page in pages:
        edge = [s for s in page.stretches if _at_edge(s, page)]
        firsts.update({int(n[1]) - page.number for s in edge if (n := _PAGE_NUMBER.fullmatch(s.text))})
    for page in pages:
        edge = [s for s in page.stretches if _at_edge(s, page)]
        seen.update({*(_key(s, page, firsts) for s in edge), *(s.text for s in edge)})
    often = {key for key, count in seen.items() if count >= max(2, len(pages) / 3)}
    kept = []
    for page in pages:
        inner = []
        for stretch in page.stretches:
            number = _PAGE_NUMBER.fullmatch(stretch.text) if _at_edge(stretch, page) else None
            counted = int(number[1]) - page.number if number else 0
            # Pages are counted on: a number that is not is one of the text.
            if number and (firsts[counted] > 1 or counted == 0):
                notes.leave_out("A page number is left out", stretch.text)
            elif _at_edge(stretch, page) and not often.isdisjoint((stretch.text, _key(stretch, page, firsts))):
                notes.leave_out("A line at the edge of the pages is left out", stretch.text)
            else:
                inner.append(stretch)
        kept.append(inner)
    return kept


def _key(stretch: Stretch, page: Page, offsets: Mapping[int, int]) -> str:
    """The text, with a sign in the place of the number of its page. Another number makes it another line."""

    def sign(match: re.Match[str]) -> str:
        counted = int(match.group()) - page.number
        return "#" if counted == 0 or offsets.get(counted, 0) > 1 else match.group()

    return re.sub(r"(?<![\d.,])\d{1,4}(?![\d.,])", sign, stretch.text)


def _at_edge(stretch: Stretch, page: Page) -> bool:
    return stretch.box.bottom < _EDGE * page.height or stretch.box.top > (1 - _EDGE) * page.height


def blocks(data: bytes, page: Page, stretches: Sequence[Stretch], notes: Notes) -> Iterator[Block]:
    """A page's blocks in reading order."""
    tables = list(_ruled(data, page, stretches, notes)) if page.rules >= _FEWEST_RULES and not page.turn else []
    inside = [box for box, _ in tables]
    free = [s for s in stretches if not any(box.holds(s.box) for box in inside)]
    edges = [0.0, *(box.top for box in inside), page.height + 1]
    for number, (above, below) in enumerate(pairwise(edges)):
        if number:
            yield tables[number - 1][1]
        yield from _ordered(page, [s for s in free if above <= (s.box.top + s.box.bottom) / 2 < below], notes)


def _ruled(data: bytes, page: Page, stretches: Sequence[Stretch], notes: Notes) -> Iterator[tuple[Box, Table]]:
    """Tables that are drawn with lines, as pdfplumber finds their cells."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data), pages=[page.number]) as opened:
        found = sorted(opened.pages[0].find_tables(), key=lambda table: table.bbox[1])
        for number, table in enumerate(found, 1):
            rows = [[_cell(cell, table, stretches, row, at) for at, cell in enumerate(row.cells)] for row in table.rows]
            filled = [row for row in rows if any(row)]
            if len(filled) < 2 or len(filled[0]) < 2:
                continue
            columns = [x for x in range(len(filled[0])) if any(row[x] for row in filled)]
            body = tuple(tuple(row[x] for x in columns) for row in filled)
            notes.put_in += [text for row, kept in zip(table.rows, rows, strict=True)
                             for cell, text in zip(row.cells, kept, strict=True) if cell is None and text]  # fmt: skip
            bold = [
                all_bold(stretches, Box(*row.bbox)) for row, kept in zip(table.rows, rows, strict=True) if any(kept)
            ]
            heads = next((y for y, is_bold in enumerate(bold) if not is_bold), 0)
            name = f"page {page.number}, table {number}"
            notes.say("A table was read by its drawn lines: check each value under its heads", name)
            if not heads:
                notes.say("No row is marked as the heads: put a rule of --- under the first row if it has them", name)
            yield (
                Box(*table.bbox),
                Table(_heads(body[:heads], name, notes), body[heads:]) if heads else Table(None, body),
            )


def _cell(cell: Any, table: Any, stretches: Sequence[Stretch], row: Any, at: int) -> str:
    """The words of a cell; of a place that another cell covers, that one's."""
    if cell is None:
        above = [r.cells[at] for r in table.rows if at < len(r.cells) and r.cells[at] and r.bbox[1] <= row.bbox[1]]
        beside = [c for c in row.cells[:at] if c]
        middle = (row.bbox[1] + row.bbox[3]) / 2
        covering = [c for c in (*reversed(above), *reversed(beside)) if c[1] <= middle <= c[3]]
        if not covering:
            return ""
        cell = covering[0]
    box = Box(*cell)
    return " ".join(s.text for s in _in_order(s for s in stretches if box.holds(s.box)))


def _heads(rows: Sequence[tuple[str, ...]], name: str, notes: Notes) -> tuple[str, ...]:
    heads = combined_heads(rows)
    if len(rows) > 1:
        notes.say("Several rows of heads were made one", name)
        notes.left_out += [text for row in rows for text in row]
        notes.put_in += heads
    return heads


def _in_order(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Line by line, each from left to right. A line is what stands on it: a dash ends higher, and a comma lower."""
    line: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda s: s.base):
        if line and stretch.base - line[0].base > _ONE_LINE * min(stretch.size, line[0].size):
            yield from sorted(line, key=lambda s: s.box.left)
            line = []
        line.append(stretch)
    yield from sorted(line, key=lambda s: s.box.left)


def _ordered(page: Page, stretches: Sequence[Stretch], notes: Notes) -> Iterator[Block]:
    """Full lines as they come; where lines stand beside each other, columns of prose one by one, or a table."""
    rows = _rows(stretches)
    at = 0
    plain: list[Stretch] = []
    while at < len(rows):
        last, gutter = _beside(rows, at)
        if gutter is None:
            if len(rows[at]) > 1:
                notes.say("Words stand far apart in one line: check that they belong together",
                          f"page {page.number}, {_one(rows[at]).text}")  # fmt: skip
            plain += rows[at] if len(rows[at]) == 1 else [_one(rows[at])]
            at += 1
            continue
        if plain:
            yield Lines(page.number, tuple(plain))
            plain = []
        sides = [
            [s for row in rows[at:last] for s in row if (s.box.left < gutter) == is_left] for is_left in (True, False)
        ]
        name = f"page {page.number}, “{sides[0][0].text[:30]}”"
        if all(map(_is_prose, sides)):
            notes.say("Two columns were put one after the other: check that they are not a table", name)
            for side in sides:
                yield from _ordered(page, side, notes)
        else:
            notes.say("Words stand beside each other as in a table without lines: check each row, and its heads", name)
            yield _set_table(rows[at:last])
        at = last
    if plain:
        yield Lines(page.number, tuple(plain))


def _rows(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Stretches at one height, from left to right; the rows from top to bottom."""
    rows: list[list[Stretch]] = []
    for stretch in sorted(stretches, key=lambda s: (s.base, s.box.left)):
        middle = (stretch.box.top + stretch.box.bottom) / 2
        level = rows and rows[-1][0].box.top <= middle <= max(s.box.bottom for s in rows[-1])
        if level and not any(_is_above(s, stretch) for s in rows[-1]):
            rows[-1].append(stretch)
        else:
            rows.append([stretch])
    return [_with_mark(sorted(row, key=lambda s: s.box.left)) for row in rows]


def _is_above(one: Stretch, other: Stretch) -> bool:
    """Whether one stands in a line above the other, in the same column."""
    return other.base - one.base > _ONE_LINE * min(one.size, other.size) and _is_over(one, other)


def _is_over(one: Stretch, other: Stretch) -> bool:
    """Whether they have a place across the page in common."""
    return one.box.left < other.box.right - 1 and one.box.right > other.box.left + 1


def _with_mark(row: list[Stretch]) -> list[Stretch]:
    """The mark of an item and its words are one, however far apart they stand."""
    if len(row) < 2 or not _MARK.fullmatch(row[0].text):
        return row
    mark, words = row[0], row[1]
    box = Box(mark.box.left, min(mark.box.top, words.box.top), words.box.right, max(mark.box.bottom, words.box.bottom))
    return [replace(words, text=f"{mark.text} {words.text}", box=box), *row[2:]]


def _beside(rows: Sequence[Sequence[Stretch]], start: int) -> tuple[int, float | None]:
    """How far down lines stand beside each other with one gutter between, and its middle; None where they do not."""
    if len(rows[start]) < 2:
        return start, None
    for left, right in ((a.box.right, b.box.left) for a, b in pairwise(rows[start])):
        low, high, last, both = left, right, start + 1, 1
        for at in range(start + 1, len(rows)):
            near = rows[at][0].box.top - max(s.box.bottom for s in rows[at - 1]) < 2.5 * rows[at][0].size
            sides = [s for s in rows[at] if s.box.right <= high + 1], [s for s in rows[at] if s.box.left >= low - 1]
            new_low = max([low, *(s.box.right for s in sides[0] if s.box.left < low)])
            new_high = min([high, *(s.box.left for s in sides[1] if s.box.left > new_low - 1)])
            crossing = any(s.box.left < new_low - 1 and s.box.right > new_high + 1 for s in rows[at])
            if not near or crossing or new_high - new_low < _GUTTER:
                break
            low, high, last = new_low, new_high, at + 1
            both += any(s.box.right <= low + 1 for s in rows[at]) and any(s.box.left >= high - 1 for s in rows[at])
        if both >= _FEWEST_ROWS:
            return last, (low + high) / 2
    return start, None


def _is_prose(side: Sequence[Stretch]) -> bool:
    """Sentences that go on in the next line: some lines begin in small letters after a line that ends no sentence."""
    goes_on = sum(b.text[:1].islower() and not re.search(r"[.:;!?]$", a.text) for a, b in pairwise(side))
    words = median(len(s.text.split()) for s in side)
    return len(side) >= 2 and (words >= 5 or (words >= 2.5 and goes_on >= 0.25 * (len(side) - 1)))


def _set_table(rows: Sequence[Sequence[Stretch]]) -> Table:
    """Each line a row, each stretch under the column whose place is its own. A head over two does not make them one."""
    starts: list[tuple[float, float]] = []
    all_ = sorted((s for row in rows for s in row), key=lambda s: s.box.left)
    for stretch in [s for s in all_ if not any(sum(_is_over(s, other) for other in row) > 1 for row in rows)] or all_:
        if starts and stretch.box.left <= starts[-1][1]:
            starts[-1] = (starts[-1][0], max(starts[-1][1], stretch.box.right))
        else:
            starts.append((stretch.box.left, stretch.box.right))
    cells = []
    for row in rows:
        line = [""] * len(starts)
        for stretch in row:
            at = max((x for x, (left, _) in enumerate(starts) if left <= stretch.box.left + 1), default=0)
            line[at] = f"{line[at]} {stretch.text}".strip()
        cells.append(tuple(line))
    return Table(None, tuple(cells))


def _one(row: Sequence[Stretch]) -> Stretch:
    first, last = row[0], row[-1]
    box = Box(first.box.left, first.box.top, last.box.right, first.box.bottom)
    return Stretch(" ".join(s.text for s in row), box, first.size, all(s.is_bold for s in row), base=first.base)
