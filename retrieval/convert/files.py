"""A file by the ending of its name: converted, and read once more to be compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from retrieval.convert.compare import Difference, compare
from retrieval.convert.headings import with_headings
from retrieval.convert.pieces import to_markdown
from retrieval.convert.reading import Reading, read_markdown
from retrieval.convert.remarks import Notes
from retrieval.errors import ConversionError

__all__ = ["LARGEST", "SUFFIXES", "Converted", "convert"]

LARGEST = 20 << 20
"""Bytes of a file that is read."""


@dataclass(frozen=True)
class Converted:
    """The Markdown, what staff should look at, and the original as it was read a second time."""

    markdown: str
    remarks: tuple[str, ...]
    reading: Reading
    notes: Notes
    """What the converter left out, put in or moved, each with a remark."""

    @property
    def original(self) -> str:
        """The original's words as plain text."""
        return self.reading.text

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What the draft says otherwise than the original, and no remark explains."""
        return self.against(self.markdown)

    def against(self, markdown: str) -> tuple[Difference, ...]:
        """The same of another text: of the draft after staff have worked on it."""
        return compare(self.reading, read_markdown(markdown), self.notes)


def convert(name: str, data: bytes) -> Converted:
    """Convert a file by the ending of its name. Raises ConversionError for one that cannot be read."""
    suffix = Path(name).suffix.lower()
    if suffix not in _CONVERTERS:
        raise ConversionError(f"'{name}' cannot be converted. Use a file of one of these: {', '.join(SUFFIXES)}.")
    if len(data) > LARGEST:
        raise ConversionError(f"'{name}' is larger than {LARGEST >> 20} MiB.")
    notes = Notes()
    try:
        markdown, reading = _CONVERTERS[suffix](data, notes)
    except ConversionError as error:
        raise ConversionError(f"'{name}' cannot be converted. {error}") from error
    except Exception as error:  # each library raises its own kinds for a damaged file
        raise ConversionError(f"'{name}' cannot be read ({type(error).__name__}: {error}).") from error
    if not markdown.strip():
        raise ConversionError(f"'{name}' has no text. A scanned PDF must be read by a program for that first.")
    return Converted(markdown, notes.lines(), reading, notes)


def _from_docx(data: bytes, notes: Notes) -> tuple[str, Reading]:
    from retrieval.convert.docx import docx_html
    from retrieval.convert.html import html_pieces
    from retrieval.convert.reread_docx import reread_docx

    pieces = html_pieces(docx_html(data, notes), notes, by_word=True)
    return to_markdown(with_headings(pieces, notes)), reread_docx(data)


def _from_html(data: bytes, notes: Notes) -> tuple[str, Reading]:
    from retrieval.convert.html import html_pieces
    from retrieval.convert.reread_html import reread_html

    text = _decoded(data, notes)
    return to_markdown(with_headings(html_pieces(text, notes), notes)), reread_html(text)


def _decoded(data: bytes, notes: Notes) -> str:
    """In the encoding that the file states; else in UTF-8 if it is that, before anything is guessed."""
    from bs4.dammit import EncodingDetector, UnicodeDammit

    if EncodingDetector.find_declared_encoding(data, is_html=True) is None:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    found = UnicodeDammit(data, is_html=True)
    notes.say("The file was read in this encoding", str(found.original_encoding))
    return str(found.unicode_markup)


def _from_pdf(data: bytes, notes: Notes) -> tuple[str, Reading]:
    from retrieval.convert.pdf import pdf_pieces
    from retrieval.convert.pdf_lines import read_pages
    from retrieval.convert.reread_pdf import reread_pdf

    pages = list(read_pages(data))
    return to_markdown(pdf_pieces(data, pages, notes)), reread_pdf(data, pages)


def _from_markdown(data: bytes, _: Notes) -> tuple[str, Reading]:
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    return text, read_markdown(text)


_CONVERTERS: Mapping[str, Callable[[bytes, Notes], tuple[str, Reading]]] = {
    ".md": _from_markdown,
    ".docx": _from_docx,
    ".html": _from_html,
    ".htm": _from_html,
    ".pdf": _from_pdf,
}
SUFFIXES = tuple(_CONVERTERS)
