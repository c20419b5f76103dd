"""The numbers of a PDF read a second time: its characters as they come in the file, joined where they stand together.

Nothing of it is the converter's: characters are taken one by one and not as PDFium's text, what stands together is told
by where each character begins and how far its font moves on and not by its ink, and what is raised by the character
before it.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import repeat
from typing import Any, NamedTuple

from retrieval.convert.characters import lowered, plain, raised

__all__ = ["figure_lines"]

_LOST = "\ufffd"
_OF_NUMBERS = re.compile(r"[\d+−–\u00bc-\u00be-]")
"""Characters that are looked at, each with those beside it: what else stands together changes no number."""
_ODD = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Halves of characters, and numbers that are none: a hyphen at a line's end, or a sign of which only a font knows."""
_APART, _OVER = 0.25, -0.6
"""Of the larger size: how far behind the end of a character the next one begins at most and at least."""
_NEAR = 0.9
"""Of the same: how far behind it at most the next word begins."""
_LEVEL = 0.7
"""Of the larger size: how far off the line of the one before a character stands that belongs to it."""
_SMALL, _OFF = 0.97, 0.12
"""Of the size of a character: how large one is at most that is raised, and how far off the line it stands at least."""


class _Mark(NamedTuple):
    """Where a character begins, which way its line runs, how large it is and how far it moves on, in points."""

    x: float
    y: float
    cosine: float
    sine: float
    size: float
    advance: float


def _mark(page: Any, at: int) -> _Mark:
    import pypdfium2.raw as pdfium

    x, y, matrix, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0), pdfium.FS_RECTF()
    pdfium.FPDFText_GetCharOrigin(page, at, x, y)
    pdfium.FPDFText_GetMatrix(page, at, matrix)
    pdfium.FPDFText_GetLooseCharBox(page, at, box)
    long = math.hypot(matrix.a, matrix.b) or 1.0
    cosine, sine = matrix.a / long, matrix.b / long
    size = max(pdfium.FPDFText_GetFontSize(page, at) * math.hypot(matrix.c, matrix.d), 0.1)
    advance = (box.right - box.left) * abs(cosine) + (box.top - box.bottom) * abs(sine)
    return _Mark(x.value, y.value, cosine, sine, size, advance)


class _Step:
    """From one character to the next: how far behind its end and above its line, in sizes of the larger one."""

    def __init__(self, before: _Mark, after: _Mark) -> None:
        x, y = after.x - before.x, after.y - before.y
        size = max(before.size, after.size)
        self.behind = (x * before.cosine + y * before.sine - before.advance) / size
        self.above = (y * before.cosine - x * before.sine) / size
        self.is_level = abs(self.above) < _LEVEL and self.behind > _OVER
        self.is_near = self.is_level and self.behind <= _NEAR
        self.is_joined = self.is_level and self.behind <= _APART


def figure_lines(page: Any) -> Iterator[str]:
    """The lines of a text page of PDFium, so that its numbers are right; letters are as PDFium has them."""
    for line in _Figures(page).written().split("\n"):
        if text := plain(line)[0].strip():
            yield text


class _Figures:
    """A page's characters. Those with ink are counted, and a step is by the number of the character it leads to."""

    def __init__(self, page: Any) -> None:
        self._page, self._signs = page, _signs(page)
        self._inked = [at for at, sign in enumerate(self._signs) if not sign.isspace()]
        self._marks: dict[int, _Mark] = {}
        self._before: dict[int, str] = {}
        """What stands before a character, where it is not what the file has there."""
        self._raised: dict[int, bool] = {}
        """Characters off their line, and whether they are above it."""
        looked = [bisect_left(self._inked, match.start()) for match in _OF_NUMBERS.finditer("".join(self._signs))]
        for number in sorted({n for at in looked for n in (at, at + 1) if 0 < n < len(self._inked)}):
            self._look(number)

    def written(self) -> str:
        """The characters with what stands between them."""
        made = list(self._signs)
        for number, text in self._before.items():
            made[self._inked[number - 1] + 1 : self._inked[number]] = [""] * len(self._file(number))
            made[self._inked[number]] = text + self._signs[self._inked[number]]
        for first, last in self._shifted():
            at, end = self._inked[first], self._inked[last] + 1
            before = self._before.get(first, "")
            shift = raised if self._raised[first] else lowered
            made[at:end] = [before + shift("".join(made[at:end]).removeprefix(before)), *[""] * (end - at - 1)]
        return "".join(made)

    def _shifted(self) -> Iterator[tuple[int, int]]:
        """The first and the last of characters that are raised or lowered in one go."""
        first, last = -1, -2
        for number in sorted(self._raised):
            if number != last + 1 or self._between(number) or self._raised[number] != self._raised[last]:
                if first >= 0:
                    yield first, last
                first = number
            last = number
        if first >= 0:
            yield first, last

    def _file(self, number: int) -> str:
        """The white space of the file before a character."""
        start = self._inked[number - 1] + 1 if number else self._inked[0]
        return "".join(self._signs[start : self._inked[number]])

    def _between(self, number: int) -> str:
        return self._before[number] if number in self._before else self._file(number)

    def _mark(self, number: int) -> _Mark:
        if number not in self._marks:
            self._marks[number] = _mark(self._page.raw, self._inked[number])
        return self._marks[number]

    def _look(self, number: int) -> None:
        """At the step to a character."""
        step, space = _Step(self._mark(number - 1), self._mark(number)), self._file(number)
        if not space and not step.is_joined:
            self._before[number] = " " if step.is_level else "\n"
        elif "\n" in space and step.is_near:  # PDFium ends a line after a raised character too
            self._before[number] = "" if step.is_joined else " "
        if "\n" in self._between(number) or not step.is_near or abs(step.above) <= _OFF:
            return
        before, after = self._mark(number - 1).size, self._mark(number).size
        if after <= _SMALL * before and number - 1 not in self._raised:
            self._raised |= dict.fromkeys(self._run(number, 1), step.above > 0)
        elif before <= _SMALL * after and number - 1 not in self._raised:
            self._raised |= dict.fromkeys(self._run(number - 1, -1), step.above < 0)

    def _run(self, number: int, way: int) -> Iterator[int]:
        """The characters of the same size that stand on the same line without a gap, onwards or back from one."""
        yield number
        while 0 <= number + way < len(self._inked):
            to = number + max(way, 0)
            step = _Step(self._mark(to - 1), self._mark(to))
            alike = abs(self._mark(to - 1).size - self._mark(to).size) < 0.1
            if not alike or not step.is_joined or abs(step.above) > _OFF / 2 or self._file(to):
                return
            number += way
            yield number


def _signs(page: Any) -> list[str]:
    """The characters one by one, each of them one."""
    import pypdfium2.raw as pdfium

    made = list(map(chr, map(pdfium.FPDFText_GetUnicode, repeat(page.raw), range(page.count_chars()))))
    for match in _ODD.finditer("".join(made)):
        is_hyphen = match.group() == "\ufffe" or pdfium.FPDFText_IsHyphen(page.raw, match.start()) == 1
        made[match.start()] = "-" if is_hyphen else _LOST
    return made
