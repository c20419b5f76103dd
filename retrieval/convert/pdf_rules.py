"""The straight lines that are drawn on a page of a PDF, as PDFium has them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

__all__ = ["MOST", "THIN", "Segment", "drawn_lines"]

THIN = 2.5
"""Points: the width of a line that is drawn as a surface, and how far apart two ends may be that meet."""
MOST = 20_000
"""Lines of a page that are looked at."""
_SHORTEST = 4.0


class Segment(NamedTuple):
    """A line on the page, upright or level, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def is_upright(self) -> bool:
        return self.top - self.bottom > self.right - self.left


def drawn_lines(page: Any) -> Iterator[Segment]:
    """What is drawn from point to point, straight up or across; a thin surface is one line."""
    import pypdfium2.raw as pdfium

    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = drawn.get_bounds()
        if min(right - left, top - bottom) <= THIN:
            if max(right - left, top - bottom) > _SHORTEST:
                yield Segment(left, bottom, right, top)
            continue
        matrix = drawn.get_matrix()
        points: list[tuple[float, float]] = []
        for at in range(min(pdfium.FPDFPath_CountSegments(drawn), MOST)):
            segment = pdfium.FPDFPath_GetPathSegment(drawn, at)
            x, y = ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
                yield from _straight(points)
                points = []
            points.append(matrix.on_point(x.value, y.value))
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        yield from _straight(points)


def _straight(points: Sequence[tuple[float, float]]) -> Iterator[Segment]:
    for (x, y), (u, v) in pairwise(points):
        if min(abs(x - u), abs(y - v)) <= THIN and max(abs(x - u), abs(y - v)) > _SHORTEST:
            yield Segment(min(x, u), min(y, v), max(x, u), max(y, v))
