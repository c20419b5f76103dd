"""The characters of a page of a PDF, each with its place, and the runs that they make.

A run is of one text object of the file, so in one font and size, and has no wide gap in it. Gaps are measured here,
letter by letter: PDFium's own text has no space where a file moves on within one object, and would make one number of
two cells.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["AS_HYPHEN", "LOST", "WIDE", "WIDE_OF_FIGURES", "Run", "char_boxes", "letters", "runs"]

LOST = "\ufffd"
"""Stands for a character that cannot be read."""
AS_HYPHEN = {code: LOST for code in range(0x20) if chr(code) not in "\t\n\r"} | {0x02: "-", 0xFFFE: "-"}
"""What PDFium writes for a hyphen at the end of a line, which it does not end there; and for signs of fonts that do not
say what they are, such as the dash of "5–10": without it that would be 510."""
WIDE, WIDE_OF_FIGURES = 0.9, 0.6
"""Of the size of the letters: the gap from which two of them stand apart, and two figures. A line that is set to its
full width may have wide gaps between words; between two numbers it is rather that of two columns."""
_SPACED = 0.5
"""Of their size: the gap beside a figure from which there is a space. Two 1 in one number are 0.3 apart."""
_TINY = 2.0
"""Points. A font of this size is written in units of its own."""
_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
_WHITE = 250


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one text object. Places are in points from the lower left corner of the page, not turned."""

    text: str
    line: int
    """Of PDFium's lines, from 0."""
    corners: tuple[float, float, float, float]
    """Left, bottom, right and top of the ink."""
    origin: tuple[float, float]
    """Where its first character stands on its line."""
    size: float
    angle: int
    """Degrees to the left by which it is turned."""
    is_bold: bool
    is_white: bool
    has_space: bool
    """Whether white space follows in the file."""
    count: int
    """Characters with ink."""


def letters(page: Any) -> list[str]:
    """The characters of a text page by their numbers in PDFium, LOST for one without a Unicode value.

    PDFium's text as a whole leaves those out, and then has all that follow at other numbers.
    """
    import pypdfium2.raw as pdfium

    text, count = page.get_text_range(), page.count_chars()
    if len(text) == count:
        return list(text.translate(AS_HYPHEN))
    made = []
    for at in range(count):
        sign = chr(pdfium.FPDFText_GetUnicode(page.raw, at))
        lost = pdfium.FPDFText_GetTextIndexFromCharIndex(page.raw, at) < 0 and not sign.isspace()
        made.append(LOST if lost or "\ud800" <= sign <= "\udfff" else sign.translate(AS_HYPHEN))
    return made


@cache
def _calls() -> tuple[Any, Any]:
    """PDFium's functions for a box and an object, with plain addresses: ctypes' objects would take twice as long."""
    import pypdfium2.raw as pdfium

    address = ctypes.c_void_p
    box = ctypes.CFUNCTYPE(ctypes.c_int, address, ctypes.c_int, address, address, address, address)
    thing = ctypes.CFUNCTYPE(address, address, ctypes.c_int)
    found = [ctypes.cast(call, address).value for call in (pdfium.FPDFText_GetCharBox, pdfium.FPDFText_GetTextObject)]
    return box(found[0] or 0), thing(found[1] or 0)


def char_boxes(page: Any, places: Sequence[int]) -> NDArray[np.float64]:
    """Left, right, bottom and top of the ink of each of these characters, in points from the lower left corner."""
    box, handle = _calls()[0], ctypes.cast(page.raw, ctypes.c_void_p).value
    made = np.zeros((len(places), 4))
    at = made.ctypes.data
    for place in places:
        box(handle, place, at, at + 8, at + 16, at + 24)
        at += 32
    return made


def runs(page: Any) -> Iterator[Run]:
    """The runs of a text page in the order of the file."""
    signs = letters(page)
    places = [at for at, sign in enumerate(signs) if not sign.isspace()]
    if not places:
        return
    thing, handle = _calls()[1], ctypes.cast(page.raw, ctypes.c_void_p).value
    inks = char_boxes(page, places)
    objects = np.array([thing(handle, place) or 0 for place in places], dtype=np.uint64)
    lines = np.cumsum([sign == "\n" for sign in signs])[places]
    starts = [0, *(np.flatnonzero((objects[1:] != objects[:-1]) | (lines[1:] != lines[:-1])) + 1).tolist()]
    lengths = np.diff([*starts, len(places)])
    fonts = [_font(page, places[start]) for start in starts]
    sizes = _sizes([font.size for font in fonts], starts, inks, lines)
    ways = np.repeat([round(font.angle / 90) % 4 for font in fonts], lengths)
    gaps = _gaps(inks, ways) / np.repeat(sizes, lengths)[1:]
    ends = set(starts[1:])
    figures = np.array([signs[place].isdigit() for place in places])
    wide = np.where(figures[1:] & figures[:-1], WIDE_OF_FIGURES, WIDE)
    wide *= np.diff(places)  # a space that is written takes as much
    apart = sorted({*starts, *(np.flatnonzero((gaps > wide) | (gaps < -WIDE)) + 1).tolist()})
    spaced = (np.flatnonzero(gaps > _SPACED) + 1).tolist()
    number = -1
    for start, end in zip(apart, [*apart[1:], len(places)], strict=True):
        number += start == 0 or start in ends
        font, size = fonts[number], float(sizes[number])
        last = places[end - 1] + 1
        inner = spaced[bisect(spaced, start) : bisect(spaced, end - 1)]
        ink = inks[start:end]
        yield Run(
            _with_spaces(signs, places[start:end], [at - start for at in inner]), int(lines[start]),
            (float(ink[:, 0].min()), float(ink[:, 2].min()), float(ink[:, 1].max()), float(ink[:, 3].max())),
            _origin(page, places[start]), size, font.angle, font.is_bold, font.is_white,
            last < len(signs) and signs[last].isspace() and signs[last] not in "\r\n", end - start,
        )  # fmt: skip


def _with_spaces(signs: Sequence[str], places: Sequence[int], spaced: Iterable[int]) -> str:
    """The characters of these places, and a space beside a figure where there is a gap but no space in the file."""
    made, at = [], places[0]
    for number in spaced:
        before, place = places[number - 1], places[number]
        if place == before + 1 and (signs[before].isdigit() or signs[place].isdigit()):
            made += [*signs[at:place], " "]
            at = place
    return "".join([*made, *signs[at : places[-1] + 1]])


def _gaps(inks: NDArray[np.float64], quarters: NDArray[np.int64]) -> NDArray[np.float64]:
    """From the end of each character to the start of the next, along its own line."""
    before, after, way = inks[:-1], inks[1:], quarters[1:]
    along = [
        after[:, 0] - before[:, 1], after[:, 2] - before[:, 3],
        before[:, 0] - after[:, 1], before[:, 2] - after[:, 3],
    ]  # fmt: skip
    return np.choose(way, along)


def _sizes(
    told: Sequence[float], starts: Sequence[int], inks: NDArray[np.float64], lines: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The size of each run; of a font that is written in units of its own, the height of the ink of its line."""
    sizes = np.array(told)
    heights = np.maximum(inks[:, 3] - inks[:, 2], 1.0)
    highest: dict[int, float] = {}
    tiny = np.flatnonzero(sizes <= _TINY).tolist()
    for run in tiny:
        end = starts[run + 1] if run + 1 < len(starts) else len(inks)
        line = int(lines[starts[run]])
        highest[line] = max(highest.get(line, 1.0), float(heights[starts[run] : end].max()))
    for run in tiny:
        sizes[run] = highest[int(lines[starts[run]])]
    return sizes


@dataclass(frozen=True, slots=True)
class _Font:
    size: float
    angle: int
    is_bold: bool
    is_white: bool


def _font(page: Any, at: int) -> _Font:
    """The size in points of a character as it is drawn, its way, and whether it is bold and white."""
    import pypdfium2.raw as pdfium

    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(page, at, name, 128, ctypes.byref(flags))
    bold = bool(_BOLD.search(name.value)) or pdfium.FPDFText_GetFontWeight(page, at) >= 600
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    told = pdfium.FPDFText_GetFillColor(page, at, *(ctypes.byref(part) for part in (red, green, blue, alpha)))
    white = bool(told) and min(red.value, green.value, blue.value) >= _WHITE
    matrix = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFText_GetMatrix(page, at, ctypes.byref(matrix))
    size = float(pdfium.FPDFText_GetFontSize(page, at)) * math.hypot(matrix.c, matrix.d)
    return _Font(size, round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360, bold, white)


def _origin(page: Any, at: int) -> tuple[float, float]:
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(page, at, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value
