"""What lies on a page of a PDF and is no part of its text: fields, buttons, stamps, comments."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from typing import Any

__all__ = ["fields", "marks", "words_of_fields"]

_HIDDEN = 0x02 | 0x20
"""Flags of what is not shown."""


def _annotations(page: Any) -> Iterator[tuple[int, str]]:
    """The kind of each that is shown, and what it says as far as it tells."""
    import pypdfium2.raw as pdfium

    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        found = pdfium.FPDFPage_GetAnnot(page, number)
        if not pdfium.FPDFAnnot_GetFlags(found) & _HIDDEN:
            said = (_told(found, name) for name in (b"V", b"Contents"))
            yield pdfium.FPDFAnnot_GetSubtype(found), next(filter(None, said), "")
        pdfium.FPDFPage_CloseAnnot(found)


def _told(found: Any, name: bytes) -> str:
    import pypdfium2.raw as pdfium

    size = pdfium.FPDFAnnot_GetStringValue(found, name, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetStringValue(found, name, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def fields(page: Any) -> list[str]:
    """What each field, button, stamp or comment of a page says, "" where it does not tell."""
    import pypdfium2.raw as pdfium

    without = (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP, *_marking())
    return [said for kind, said in _annotations(page) if kind not in without]


def marks(page: Any) -> int:
    """How many places of a page's text are marked, such as struck through, by who read it."""
    return sum(kind in _marking() for kind, _ in _annotations(page))


def _marking() -> tuple[int, ...]:
    import pypdfium2.raw as pdfium

    return (
        pdfium.FPDF_ANNOT_HIGHLIGHT, pdfium.FPDF_ANNOT_UNDERLINE, pdfium.FPDF_ANNOT_SQUIGGLY,
        pdfium.FPDF_ANNOT_STRIKEOUT,
    )  # fmt: skip


def words_of_fields(document: Any, number: int) -> list[str]:
    """The lines that a page gets when what lies on it is made a part of it, which it is then. `number` is from 0."""
    import pypdfium2.raw as pdfium

    page = document[number]
    before = _lines(page)
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    page = document[number]
    after = _lines(page)
    page.close()
    return list((after - before).elements())


def _lines(page: Any) -> Counter[str]:
    text = page.get_textpage()
    lines = Counter(line.strip() for line in text.get_text_range().splitlines() if line.strip())
    text.close()
    return lines
