"""The lines of a PDF by PDFium: what stands where, how large and how bold."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from retrieval.convert.characters import lowered, plain, raised

__all__ = ["Box", "Page", "Stretch", "read_pages"]

_SMALL = 0.8
"""A share of the size of the characters beside it, under which a number is raised or lowered."""
_APART = 0.9
"""Widths of a line's height between two stretches that are not one."""
_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
_AS_HYPHEN = {0x02: "-", 0xFFFE: "-"}
"""What PDFium writes for a hyphen at the end of a line, which it does not end there."""
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


@dataclass(frozen=True, slots=True)
class Page:
    """`number` from 1. The stretches are in the order of the file. `rules` is how many lines are drawn."""

    number: int
    width: float
    height: float
    stretches: tuple[Stretch, ...]
    rules: int


def read_pages(data: bytes) -> Iterator[Page]:
    """Raises PdfiumError for a file that is damaged, locked or no PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            width, height = page.get_size()
            text = page.get_textpage()
            stretches = tuple(s for line in _lines(text, height) for s in line)
            rules = sum(1 for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH], max_depth=3))
            yield Page(number, width, height, stretches, rules)
            text.close()
            page.close()


def _lines(page: Any, height: float) -> Iterator[list[Stretch]]:
    """PDFium ends a line after a raised character too: what stands right beside it goes on."""
    at = 0
    line: list[Stretch] = []
    for raw in re.split(r"(?<=\n)", page.get_text_range()):
        text = raw.rstrip("\r\n").translate(_AS_HYPHEN)
        pieces = list(_pieces(page, at, text, height)) if text.strip() else []
        at += len(raw)
        if line and pieces and _is_beside(line[-1], pieces[0], max(s.size for s in (*line, *pieces))):
            if text[0].isspace():
                line[-1] = replace(line[-1], text=f"{line[-1].text.rstrip()} ")
            line += pieces
        elif pieces:
            if line:
                yield _together(line)
            line = pieces
    if line:
        yield _together(line)


def _pieces(page: Any, at: int, raw: str, height: float) -> Iterator[Stretch]:
    """The rectangles of a line, which PDFium makes where the font changes or there is a wide space."""
    boxes = [page.get_rect(number) for number in range(page.count_rects(at, len(raw)))]
    places = _places(page, raw, boxes) if len(boxes) > 1 else [(len(raw) - len(raw.lstrip()), len(raw))]
    if places is None:  # letters over letters: nothing of them may be lost
        boxes = [
            (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        ]
        places = [(0, len(raw))]
    for (left, bottom, right, top), (start, end) in zip(boxes or [(0.0, 0.0, 0.0, 0.0)], places, strict=False):
        size, bold, white = _font(page, at + start)
        box = Box(left, height - top, right, height - bottom)
        # The space between two stretches tells whether they are one word.
        after = " " if raw[end : end + 1] == " " else ""
        text = plain(raw[start:end].strip())[0] + after
        yield Stretch(text, box, size if size > 2 else max(1.0, top - bottom), bold, white)


def _places(page: Any, raw: str, boxes: Sequence[tuple[float, float, float, float]]) -> list[tuple[int, int]] | None:
    """Where the text of each rectangle stands in the line; None if they do not make up the line."""
    places = []
    cursor = 0
    for box in boxes:
        text = page.get_text_bounded(*box).translate(_AS_HYPHEN).strip()
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


def _is_beside(before: Stretch, after: Stretch, size: float) -> bool:
    """Whether one stands right behind the other in one line."""
    level = min(before.box.bottom, after.box.bottom) > max(before.box.top, after.box.top)
    return level and -size < after.box.left - before.box.right < _APART * size


def _together(pieces: list[Stretch]) -> list[Stretch]:
    """Stretches without a wide space between them are one; small ones above or below the line are raised or lowered."""
    size = max(pieces, key=lambda p: (len(p.text), p.size)).size
    size = max(size, *(p.size for p in pieces)) if len(pieces) > 1 else size
    base = max((p.box.bottom for p in pieces if p.size > _SMALL * size), default=pieces[0].box.bottom)
    top = min((p.box.top for p in pieces if p.size > _SMALL * size), default=pieces[0].box.top)
    made: list[Stretch] = []
    for piece in pieces:
        text = piece.text
        if piece.size <= _SMALL * size and made:
            middle, high = (piece.box.top + piece.box.bottom) / 2, (base + top) / 2
            core = text.strip()
            text = (raised(core) if middle < high else lowered(core)) + text[len(text.rstrip()) :]
        before = made[-1] if made else None
        if before and _is_beside(before, piece, size):
            box = Box(before.box.left, min(before.box.top, piece.box.top), max(before.box.right, piece.box.right),
                      max(before.box.bottom, piece.box.bottom))  # fmt: skip
            bold = before.is_bold and piece.is_bold
            made[-1] = replace(
                before, text=before.text + text, box=box, size=max(before.size, piece.size), is_bold=bold
            )
        else:
            made.append(replace(piece, text=text))
    return [replace(stretch, text=stretch.text.strip()) for stretch in made if stretch.text.strip()]
