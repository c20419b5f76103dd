"""DOCX, PDF and HTML into the Markdown of a monograph, for staff to check beside the original.

A converter guesses: nothing that comes out of here is approved text. It becomes a change like any other, read by
two people. What each library can tell: mammoth (DOCX) and HTML know headings, lists and tables; a PDF knows
letters at places, so headings and tables are lost and only paragraphs are put together.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ConversionError

__all__ = ["SUFFIXES", "Converted", "convert"]

LARGEST = 20 << 20
"""Bytes of a file that is read."""


@dataclass(frozen=True, slots=True)
class Converted:
    """The Markdown, the words of the original as plain text beside it, and what staff should look at."""

    markdown: str
    original: str
    remarks: tuple[str, ...]


def convert(name: str, data: bytes) -> Converted:
    """Convert a file by the ending of its name. Raises ConversionError for one that cannot be read."""
    suffix = Path(name).suffix.lower()
    if suffix not in _CONVERTERS:
        raise ConversionError(f"'{name}' cannot be converted. Use a file of one of these: {', '.join(SUFFIXES)}.")
    if len(data) > LARGEST:
        raise ConversionError(f"'{name}' is larger than {LARGEST >> 20} MiB.")
    try:
        converted = _CONVERTERS[suffix](data)
    except Exception as error:  # each library raises its own kinds for a damaged file
        raise ConversionError(f"'{name}' cannot be read ({type(error).__name__}: {error}).") from error
    if not converted.markdown.strip():
        raise ConversionError(f"'{name}' has no text. A scanned PDF must be read by a program for that first.")
    return Converted(converted.markdown, converted.original, (*converted.remarks, *_remarks(converted)))


def _from_docx(data: bytes) -> Converted:
    import mammoth

    # Pictures are left out: the page shows words only, and says so in a remark.
    result = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(lambda _: {"src": ""}))
    plain = mammoth.extract_raw_text(io.BytesIO(data)).value
    remarks = tuple(sorted({message.message for message in result.messages}))
    pictures = ("The file has pictures, which are left out.",) if "<img" in result.value else ()
    return Converted(_markdown(result.value), _paragraphs(plain), (*remarks, *pictures))


def _from_html(data: bytes) -> Converted:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(data, "html.parser")
    for tag in soup(["script", "style", "head", "nav", "template", "noscript"]):
        tag.decompose()
    plain = _paragraphs(soup.get_text("\n"))
    return Converted(_markdown(str(soup)), plain, ())


def _from_pdf(data: bytes) -> Converted:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    pages = [page.extract_text() for page in reader.pages]
    plain = "\n\n".join(pages)
    remark = "A PDF has no headings, lists or tables: put their marks in by hand, and look at each page's edges."
    return Converted(_joined(plain), plain, (remark,))


def _from_markdown(data: bytes) -> Converted:
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    return Converted(text, text, ())


_CONVERTERS: Mapping[str, Callable[[bytes], Converted]] = {
    ".md": _from_markdown,
    ".docx": _from_docx,
    ".html": _from_html,
    ".htm": _from_html,
    ".pdf": _from_pdf,
}
SUFFIXES = tuple(_CONVERTERS)


def _markdown(html: str) -> str:
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(["img", "a"]):
        tag.unwrap() if tag.name == "a" else tag.decompose()
    converter = MarkdownConverter(
        heading_style="ATX", bullets="-", escape_asterisks=False, escape_underscores=False, escape_misc=False,
        strip=["strong", "em", "b", "i"], table_infer_header=True,
    )  # fmt: skip
    text = re.sub(r"\n{3,}", "\n\n", converter.convert_soup(soup))
    return "\n".join(line.rstrip() for line in text.strip().split("\n")) + "\n"


def _joined(text: str) -> str:
    """Lines of a page put together to paragraphs: a line that does not end a sentence goes on in the next."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n|(?<=[.:;!?])\s*\n(?=[A-Z•–-])", text)]
    return "\n\n".join(re.sub(r"^[•▪·]\s*", "- ", p) for p in paragraphs if p) + "\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(line.strip() for line in text.split("\n") if line.strip())


def _remarks(converted: Converted) -> tuple[str, ...]:
    """Words of the original that the Markdown lacks, or has more often."""
    plain, marked = (_words(text) for text in (converted.original, converted.markdown))
    lost = [word for word in dict.fromkeys(plain) if marked.count(word) < plain.count(word)]
    return (f"These words are missing, or fewer than in the original: {' '.join(lost[:20])}",) if lost else ()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
