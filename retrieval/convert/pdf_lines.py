"""The lines of a PDF by PDFium: what stands where, how large and how bold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from retrieval.convert.characters import lowered, plain, raised
from retrieval.convert.pdf_fields import fields, marks, words_of_fields
from retrieval.convert.pdf_letters import AS_HYPHEN, WIDE, WIDE_OF_FIGURES, Run, runs
from retrieval.convert.pdf_rules import Segment, drawn_lines

__all__ = ["AS_HYPHEN", "Box", "Page", "Stretch", "all_bold", "read_pages"]

_SMALL = 0.97
"""A share of the size of the characters beside it, under which a number off the line is raised or lowered."""
_OFF = 0.12
"""Of their size: how far off the line such a number stands, at least."""
_LEVEL = 0.25
"""Of the lower of two boxes: how much of it stands beside the other, at least, for both to be in one line."""
_ABOVE, _BELOW = 0.75, 0.22
"""Of their size: how far letters reach above the line that they stand on, and below it."""
_SAME = 0.5
"""Points between two places that are one: some programs print a word twice to make it bold."""
_MOST_OPEN = 4
"""Stretches that may still go on."""
_GAP = 0.2
"""Of their size: the gap between two words, of which PDFium says nothing where it ends a line between them."""
_GAP_OF_FIGURES = 0.5
"""The same beside a figure in one line, where PDFium may have left the space out."""


@dataclass(frozen=True, slots=True)
class Box:
    """In points from the upper left corner of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Box) -> bool:
        """Whether the other's middle is in it."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters in one line with no wide space between them. `size` is in points."""

    text: str
    box: Box
    size: float
    is_bold: bool = False
    is_white: bool = False
    base: float = 0.0
    """Where the line that the letters stand on is, in points from the top of the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """`number` from 1. The stretches are in the order of the file. `rules` is how many lines are drawn.

    `turn` is by how many degrees its text is turned for who looks at it, `is_turned` whether the page is for that, and
    `turned` are the words that run another way than the rest, `doubled` those that are printed twice at one place,
    `fields` those of fields, buttons and comments that lie on the page ("" of one without words), and `marks` how many
    places comments mark.
    """

    number: int
    width: float
    height: float
    stretches: tuple[Stretch, ...]
    rules: int
    turn: int = 0
    turned: tuple[str, ...] = ()
    is_turned: bool = False
    doubled: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    marks: int = 0


def read_pages(data: bytes) -> Iterator[Page]:
    """Raises PdfiumError for a file that is damaged, locked or no PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            turned = page.get_rotation()
            page.set_rotation(0)  # letters have their places on the page before it is turned
            text = page.get_textpage()
            found, doubled = _once(runs(text))
            drawn = list(drawn_lines(page))
            width, height = page.get_size()
            sheet = _Sheet(width, height, _turn(found), drawn)
            yield Page(
                number, sheet.wide, sheet.high, tuple(_stretches(found, sheet)), len(drawn),
                (sheet.turn - turned) % 360, tuple(_turned(found, sheet.turn)), turned != 0, tuple(doubled),
                tuple(_fields(document, number, page)), marks(page),
            )  # fmt: skip
            text.close()
            page.close()


class _Sheet:
    """The letters of a page, whose places are given as if most of them ran from left to right."""

    def __init__(self, width: float, height: float, turn: int, drawn: Sequence[Segment]) -> None:
        self.turn = turn
        self._width, self._height = width, height
        self.wide, self.high = (height, width) if turn % 180 else (width, height)
        self._dividers = [box for line in drawn if _is_tall(box := self.box(*line))]
        """Lines that are drawn upright: what stands on their two sides is not one."""

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """From points of the page's lower left corner."""
        match self.turn:
            case 90:
                return Box(bottom, left, top, right)
            case 180:
                return Box(self._width - right, bottom, self._width - left, top)
            case 270:
                return Box(self._height - top, self._width - right, self._height - bottom, self._width - left)
        return Box(left, self._height - top, right, self._height - bottom)

    def divides(self, before: Stretch, after: Stretch) -> bool:
        low, high = sorted((before.box.right, after.box.left))
        middle = (after.box.top + after.box.bottom) / 2
        return any(low - 1 <= x.left <= high + 1 and x.top <= middle <= x.bottom for x in self._dividers)


def _fields(document: Any, number: int, page: Any) -> list[str]:
    told = fields(page)
    seen = words_of_fields(document, number - 1) if told else []
    return list(dict.fromkeys(filter(None, [*seen, *told]))) or told[:1]


def _turn(found: Sequence[Run]) -> int:
    """Which way most characters run, in degrees to the left."""
    counts: Counter[int] = Counter()
    for run in found:
        counts[run.angle] += run.count
    return max((0, 90, 180, 270), key=lambda way: counts[way])


def _once(found: Iterable[Run]) -> tuple[list[Run], list[str]]:
    """The runs without those that are printed once more at the same place, and the words of these."""
    kept: list[Run] = []
    doubled: list[str] = []
    places: dict[str, list[tuple[float, float]]] = {}
    for run in found:
        seen = places.setdefault(run.text, [])
        if any(abs(run.origin[0] - x) < _SAME and abs(run.origin[1] - y) < _SAME for x, y in seen):
            doubled.append(run.text)
        else:
            seen.append(run.origin)
            kept.append(run)
    return kept, doubled


def _turned(found: Sequence[Run], turn: int) -> Iterator[str]:
    """The words of each line that run another way."""
    for _, line in groupby((run for run in found if run.angle != turn), key=lambda run: run.line):
        yield "".join(run.text + " " * run.has_space for run in line).strip()


def _piece(run: Run, sheet: _Sheet) -> Stretch:
    """The run with a box of one height for all of its size: the ink of a dash or a comma says little of its line."""
    ink = sheet.box(*run.corners)
    base = sheet.box(*run.origin, *run.origin).bottom
    top, bottom = base - _ABOVE * run.size, base + _BELOW * run.size
    is_outside = ink.bottom < top or ink.top > bottom or ink.bottom - ink.top > 2 * run.size
    box = ink if is_outside or run.angle != sheet.turn else Box(ink.left, top, ink.right, bottom)
    text = plain(run.text)[0] + " " * run.has_space
    return Stretch(text, box, run.size, run.is_bold, run.is_white, base)


@dataclass(slots=True)
class _Open:
    """Pieces of one stretch, and a stretch of the place and size of them all. `line` is PDFium's of the last."""

    pieces: list[Stretch]
    around: Stretch
    line: int

    def goes_on(self, piece: Stretch, sheet: _Sheet) -> bool:
        """Whether a piece stands right behind these in one line."""
        size = max(self.around.size, piece.size)
        one, two = self.around.box, piece.box
        least = _LEVEL * min(one.bottom - one.top, two.bottom - two.top)
        level = min(one.bottom, two.bottom) - max(one.top, two.top) > least
        figures = self.pieces[-1].text.rstrip()[-1:].isdigit() and piece.text[:1].isdigit()
        wide = WIDE_OF_FIGURES if figures else WIDE
        return level and -size < two.left - one.right < wide * size and not sheet.divides(self.around, piece)

    def add(self, piece: Stretch, line: int) -> None:
        last, size = self.pieces[-1], max(self.around.size, piece.size)
        gap = (piece.box.left - self.around.box.right) / size
        if not last.text.endswith(" ") and gap > _least(last.text, piece.text, line != self.line):
            self.pieces[-1] = replace(last, text=f"{last.text} ")
        self.pieces.append(piece)
        self.around = replace(self.around, box=_union(self.around.box, piece.box), size=size)
        self.line = line


def _stretches(found: Iterable[Run], sheet: _Sheet) -> Iterator[Stretch]:
    """Runs without a wide gap between them are one stretch, though PDFium ends a line after a raised character too.

    Letters over letters, as of a watermark, may stand between two of them in the file.
    """
    opened: list[_Open] = []
    for run in found:
        piece = _piece(run, sheet)
        group = next((group for group in reversed(opened) if group.goes_on(piece, sheet)), None)
        if group:
            group.add(piece, run.line)
            continue
        opened.append(_Open([piece], piece, run.line))
        if len(opened) > _MOST_OPEN:
            yield from _together(opened.pop(0))
    for group in opened:
        yield from _together(group)


def _least(before: str, after: str, is_new_line: bool) -> float:
    """The gap, in sizes of the letters, from which there is a space between two runs that have none in the file."""
    if is_new_line:
        return _GAP
    return _GAP_OF_FIGURES if before[-1:].isdigit() or after[:1].isdigit() else WIDE


def _union(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )


def _together(group: _Open) -> Iterator[Stretch]:
    """One stretch of its pieces: small ones off the line of those that they hang on are raised or lowered."""
    pieces, around = group.pieces, group.around
    text = "".join(_shifted(piece, _leading(pieces, at)) for at, piece in enumerate(pieces)).strip()
    base = next(piece.base for piece in pieces if piece.size > _SMALL * around.size)
    if text:
        bold = all(piece.is_bold for piece in pieces)
        yield Stretch(text, around.box, around.size, bold, pieces[0].is_white, base)


def _leading(pieces: Sequence[Stretch], at: int) -> Stretch | None:
    """The larger piece that a small one hangs on: the nearest one before it, or else after it."""
    least = pieces[at].size / _SMALL
    return next((p for p in (*reversed(pieces[:at]), *pieces[at + 1 :]) if p.size >= least), None)


def _shifted(piece: Stretch, leading: Stretch | None) -> str:
    if leading is None or abs(piece.base - leading.base) <= _OFF * leading.size:
        return piece.text
    core = piece.text.strip()
    return (raised(core) if piece.base < leading.base else lowered(core)) + piece.text[len(piece.text.rstrip()) :]


def _is_tall(box: Box) -> bool:
    return box.bottom - box.top > box.right - box.left


def all_bold(stretches: Sequence[Stretch], place: Box) -> bool:
    """Whether there are words in a place, all of them bold."""
    inside = [s for s in stretches if place.holds(s.box)]
    return bool(inside) and all(s.is_bold for s in inside)
