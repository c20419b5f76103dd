"""A PDF read a second time: its words in the order of the file, its numbers, and the cells that drawn lines close in.

Its numbers are read from its characters anew, for a fault of what the converter reads would else be made twice.

The cells are found here by the lines themselves and filled by PDFium, where the converter has pdfplumber's cells and
puts whole stretches of a line into them: a stretch that reaches over two cells shows as a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from retrieval.convert.characters import plain
from retrieval.convert.pdf_figures import figure_lines
from retrieval.convert.pdf_lines import AS_HYPHEN, Box, Page, all_bold
from retrieval.convert.pdf_rules import MOST, THIN, Segment, drawn_lines
from retrieval.convert.reading import Line, Reading, Triple, row_triples
from retrieval.convert.tables import Cell, Row

__all__ = ["reread_pdf"]

_FEWEST = 4
_THROUGH = 0.2
"""Share of the words in a table that its lines may go through."""


def reread_pdf(data: bytes, pages: Sequence[Page]) -> Reading:
    """The words of each page in the order of the file, and the triples of tables with lines. Raises PdfiumError."""
    import pypdfium2

    lines = [Line("text", "\n".join(s.text for s in p.stretches), f"page {p.number}") for p in pages]
    triples: list[Triple] = []
    figures: list[Line] = []
    with pypdfium2.PdfDocument(data) as document:
        for page in pages:
            figures += _figures(document[page.number - 1], page)
            # What a field holds is no part of the draft: its numbers are missing there, in full.
            figures += [Line("text", words, f"page {page.number}, field") for words in page.fields if words]
            if page.rules >= _FEWEST and page.turn == 0 and not page.is_turned:
                triples += _triples(document[page.number - 1], page)
    return Reading(tuple(line for line in lines if line.text), tuple(triples), False, tuple(figures))


def _figures(opened: Any, page: Page) -> Iterator[Line]:
    opened.set_rotation(0)
    text = opened.get_textpage()
    yield from (Line("text", line, f"page {page.number}") for line in figure_lines(text))
    text.close()
    opened.close()


def _triples(opened: Any, page: Page) -> Iterator[Triple]:
    text = opened.get_textpage()
    for count, segments in enumerate(_meeting(list(drawn_lines(opened)))):
        for triple in row_triples(_rows(segments, text, page), count):
            if triple.value not in (
                triple.row,
                triple.column,
            ):  # one cell over heads and values: a frame around a graph
                yield Triple(triple.row, triple.column, triple.value, f"page {page.number}")
    text.close()
    opened.close()


def _meeting(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Segments that touch one another, group by group."""
    left = list(segments)[:MOST]
    while left:
        group, edge = [], [left.pop()]
        while edge:
            one = edge.pop()
            group.append(one)
            near = [s for s in left if s.left <= one.right + THIN and s.right >= one.left - THIN
                    and s.bottom <= one.top + THIN and s.top >= one.bottom - THIN]  # fmt: skip
            if near:
                taken = set(map(id, near))
                left = [s for s in left if id(s) not in taken]
                edge += near
        yield group


def _rows(segments: Sequence[Segment], text: Any, page: Page) -> list[Row]:
    """The cells of a table: places of its grid with no line between them are one. Bold rows above others are heads."""
    upright = [s for s in segments if s.is_upright]
    level = [s for s in segments if not s.is_upright]
    xs, ys = _places([s.left for s in upright]), _places([s.bottom for s in level])[::-1]
    if len(xs) < 3 or len(ys) < 3:
        return []
    if _is_drawing(page, upright, Box(xs[0], page.height - ys[0], xs[-1], page.height - ys[-1])):
        return []
    bold = [all_bold(page.stretches, Box(xs[0], page.height - high, xs[-1], page.height - low))
            for high, low in pairwise(ys)]  # fmt: skip
    heads = next((y for y, is_bold in enumerate(bold) if not is_bold), 0)
    rows = []
    taken: set[tuple[int, int]] = set()
    for y in range(len(ys) - 1):
        cells = []
        for x in range(len(xs) - 1):
            if (y, x) in taken:
                continue
            wide = 1
            while x + wide < len(xs) - 1 and not _between(upright, xs[x + wide], (ys[y] + ys[y + 1]) / 2):
                wide += 1
            down = 1
            while y + down < len(ys) - 1 and not _below(level, ys[y + down], (xs[x] + xs[x + 1]) / 2):
                down += 1
            taken |= {(y + i, x + j) for i in range(down) for j in range(wide)}
            sides = all(_between(upright, at, (ys[y + i] + ys[y + i + 1]) / 2)
                        for at in (xs[x], xs[x + wide]) for i in range(down))  # fmt: skip
            ends = all(_below(level, at, (xs[x + j] + xs[x + j + 1]) / 2)
                       for at in (ys[y], ys[y + down]) for j in range(wide))  # fmt: skip
            if not sides or not ends:
                return []  # a drawing, such as a graph with its axes
            words = text.get_text_bounded(xs[x], ys[y + down], xs[x + wide], ys[y]).translate(AS_HYPHEN)
            cells.append(Cell(" ".join(plain(words)[0].split()), down, wide))
        rows.append(Row(tuple(cells), y < heads))
    return rows


def _is_drawing(page: Page, upright: Sequence[Segment], place: Box) -> bool:
    """Whether the lines go through the words, as those of a graph do: a table's stand between them."""
    inside = [s.box for s in page.stretches if place.holds(s.box)]
    through = 0
    for box in inside:
        middle = page.height - (box.top + box.bottom) / 2
        through += any(box.left + THIN < s.left < box.right - THIN and s.bottom <= middle <= s.top for s in upright)
    return through > _THROUGH * len(inside)


def _places(values: Sequence[float]) -> list[float]:
    """Places apart from one another, from small to large."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > THIN:
            kept.append(value)
    return kept


def _between(upright: Sequence[Segment], x: float, y: float) -> bool:
    return any(abs(s.left - x) <= THIN and s.bottom - 1 <= y <= s.top + 1 for s in upright)


def _below(level: Sequence[Segment], y: float, x: float) -> bool:
    return any(abs(s.bottom - y) <= THIN and s.left - 1 <= x <= s.right + 1 for s in level)
