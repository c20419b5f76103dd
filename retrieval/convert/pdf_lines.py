"""The lines of a PDF by PDFium: what stands where, how large and how bold."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from retrieval.convert.characters import lowered, plain, raised
from retrieval.convert.pdf_rules import drawn_lines

__all__ = ["AS_HYPHEN", "Box", "Page", "Stretch", "all_bold", "read_pages"]

_SMALL = 0.97
"""A share of the size of the characters beside it, under which a number off the line is raised or lowered."""
_OFF = 0.12
"""Of their size: how far off the line such a number stands, at least."""
_APART = 0.9
"""Widths of a line's height between two stretches that are not one."""
_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
AS_HYPHEN = {code: "\ufffd" for code in range(0x20) if chr(code) not in "\t\n\r"} | {0x02: "-", 0xFFFE: "-"}
"""What PDFium writes for a hyphen at the end of a line, which it does not end there; and for signs of fonts that do not
say what they are, such as the dash of "5–10": without it that would be 510."""
_WHITE = 250


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
    `turned` are the words that run another way than the rest.
    """

    number: int
    width: float
    height: float
    stretches: tuple[Stretch, ...]
    rules: int
    turn: int = 0
    turned: tuple[str, ...] = ()
    is_turned: bool = False


def read_pages(data: bytes) -> Iterator[Page]:
    """Raises PdfiumError for a file that is damaged, locked or no PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            turned = page.get_rotation()
            page.set_rotation(0)  # letters have their places on the page before it is turned
            text = page.get_textpage()
            width, height = page.get_size()
            turn, angles = _turns(text)
            drawn = list(drawn_lines(page))
            sheet = _Sheet(text, width, height, turn, angles)
            sheet.dividers = [box for line in drawn if _is_tall(box := sheet.box(*line))]
            stretches = tuple(s for line in _lines(sheet) for s in line)
            other = tuple(sheet.others)
            yield Page(
                number, sheet.wide, sheet.high, stretches, len(drawn), (sheet.turn - turned) % 360, other, turned != 0
            )
            text.close()
            page.close()


class _Sheet:
    """The letters of a page, whose places are given as if most of them ran from left to right."""

    def __init__(self, text: Any, width: float, height: float, turn: int, angles: dict[int, int]) -> None:
        self.text, self.turn = text, turn
        self._width, self._height, self._angles = width, height, angles
        self.wide, self.high = (height, width) if turn % 180 else (width, height)
        self.others: list[str] = []
        self.dividers: list[Box] = []
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
        return any(low - 1 <= x.left <= high + 1 and x.top <= middle <= x.bottom for x in self.dividers)

    def angle(self, at: int) -> int:
        return self._angles.get(at, self.turn)


def _turns(text: Any) -> tuple[int, dict[int, int]]:
    """Which way most lines run, in quarters of a turn to the left, and for the first letter of each line its way."""
    import pypdfium2.raw as pdfium

    angles = {}
    counts: Counter[int] = Counter()
    at = 0
    for raw in re.split(r"(?<=\n)", text.get_text_range()):
        if words := raw.strip():
            start = at + raw.index(words[0])
            angles[start] = -round(math.degrees(pdfium.FPDFText_GetCharAngle(text, start))) % 360
            counts[angles[start]] += len(words)
        at += len(raw)
    return max((0, 90, 180, 270), key=lambda way: counts[way]), angles


def _lines(sheet: _Sheet) -> Iterator[list[Stretch]]:
    """PDFium ends a line after a raised character too: what stands right beside it goes on."""
    at = 0
    line: list[Stretch] = []
    for raw in re.split(r"(?<=\n)", sheet.text.get_text_range()):
        text = raw.rstrip("\r\n").translate(AS_HYPHEN)
        start = at + len(text) - len(text.lstrip())
        if text.strip() and sheet.angle(start) != sheet.turn:
            sheet.others.append(text.strip())
        pieces = list(_pieces(sheet, at, text)) if text.strip() else []
        at += len(raw)
        if line and pieces and _is_beside(line[-1], pieces[0], max(s.size for s in (*line, *pieces)), sheet):
            if text[0].isspace():
                line[-1] = replace(line[-1], text=f"{line[-1].text.rstrip()} ")
            line += pieces
        elif pieces:
            if line:
                yield _together(line, sheet)
            line = pieces
    if line:
        yield _together(line, sheet)


def _pieces(sheet: _Sheet, at: int, raw: str) -> Iterator[Stretch]:
    """The rectangles of a line, which PDFium makes where the font changes or there is a wide space."""
    page = sheet.text
    boxes = [page.get_rect(number) for number in range(page.count_rects(at, len(raw)))]
    places = _places(page, raw, boxes) if len(boxes) > 1 else [(len(raw) - len(raw.lstrip()), len(raw))]
    if places is None:  # letters over letters: nothing of them may be lost
        boxes = [
            (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        ]
        places = [(0, len(raw))]
    for corners, (start, end) in zip(boxes or [(0.0, 0.0, 0.0, 0.0)], places, strict=False):
        size, bold, white = _font(page, at + start)
        box = sheet.box(*corners)
        # The space between two stretches tells whether they are one word.
        after = " " if raw[end : end + 1] == " " else ""
        text = plain(raw[start:end].strip())[0] + after
        size = size if size > 2 else max(1.0, box.bottom - box.top)
        yield Stretch(text, box, size, bold, white, _base(sheet, at + start))


def _places(page: Any, raw: str, boxes: Sequence[tuple[float, float, float, float]]) -> list[tuple[int, int]] | None:
    """Where the text of each rectangle stands in the line; None if they do not make up the line."""
    places = []
    cursor = 0
    for box in boxes:
        text = page.get_text_bounded(*box).translate(AS_HYPHEN).strip()
        start = raw.find(text, cursor)
        if start < 0 or raw[cursor:start].strip():
            return None
        cursor = start + len(text)
        places.append((start, cursor))
    return None if raw[cursor:].strip() else places


def _font(page: Any, at: int) -> tuple[float, bool, bool]:
    """The size in points of a character, and whether it is bold and white."""
    import pypdfium2.raw as pdfium

    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(page, at, name, 128, ctypes.byref(flags))
    bold = bool(_BOLD.search(name.value)) or pdfium.FPDFText_GetFontWeight(page, at) >= 600
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    told = pdfium.FPDFText_GetFillColor(page, at, *(ctypes.byref(part) for part in (red, green, blue, alpha)))
    white = bool(told) and min(red.value, green.value, blue.value) >= _WHITE
    return float(pdfium.FPDFText_GetFontSize(page, at)), bold, white


def _base(sheet: _Sheet, at: int) -> float:
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(sheet.text, at, ctypes.byref(x), ctypes.byref(y))
    return sheet.box(x.value, y.value, x.value, y.value).bottom


def _is_tall(box: Box) -> bool:
    return box.bottom - box.top > box.right - box.left


def all_bold(stretches: Sequence[Stretch], place: Box) -> bool:
    """Whether there are words in a place, all of them bold."""
    inside = [s for s in stretches if place.holds(s.box)]
    return bool(inside) and all(s.is_bold for s in inside)


def _is_beside(before: Stretch, after: Stretch, size: float, sheet: _Sheet) -> bool:
    """Whether one stands right behind the other in one line."""
    level = min(before.box.bottom, after.box.bottom) > max(before.box.top, after.box.top)
    near = -size < after.box.left - before.box.right < _APART * size
    return level and near and not sheet.divides(before, after)


def _together(pieces: list[Stretch], sheet: _Sheet) -> list[Stretch]:
    """Stretches without a wide space between them are one; small ones above or below the line are raised or lowered."""
    size = max(piece.size for piece in pieces)
    base = max((p for p in pieces if p.size > _SMALL * size), key=lambda p: len(p.text)).base
    made: list[Stretch] = []
    for piece in pieces:
        text = piece.text
        if piece.size <= _SMALL * size and made and abs(piece.base - base) > _OFF * size:
            core = text.strip()
            text = (raised(core) if piece.base < base else lowered(core)) + text[len(text.rstrip()) :]
        before = made[-1] if made else None
        if before and _is_beside(before, piece, size, sheet):
            box = Box(before.box.left, min(before.box.top, piece.box.top), max(before.box.right, piece.box.right),
                      max(before.box.bottom, piece.box.bottom))  # fmt: skip
            bold = before.is_bold and piece.is_bold
            made[-1] = replace(
                before, text=before.text + text, box=box, size=max(before.size, piece.size), is_bold=bold
            )
        else:
            made.append(replace(piece, text=text))
    return [replace(stretch, text=stretch.text.strip()) for stretch in made if stretch.text.strip()]
