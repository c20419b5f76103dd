"""The same text as each kind of file that staff drop in, made by real programs."""

from __future__ import annotations

import io

from docx import Document
from fpdf import FPDF

__all__ = ["docx", "html", "pdf"]


def html(markdown: str) -> bytes:
    tags = {"## ": "<h2>{}</h2>", "- ": "<ul><li>{}</li></ul>", "": "<p>{}</p>"}
    lines = (tags[mark].format(text) for mark, text in _lines(markdown))
    return "".join(lines).replace("</ul><ul>", "").encode()


def docx(markdown: str) -> bytes:
    made, out = Document(), io.BytesIO()
    for mark, text in _lines(markdown):
        if mark == "## ":
            made.add_heading(text, 2)
        else:
            made.add_paragraph(text, style="List Bullet" if mark else None)
    made.save(out)
    return out.getvalue()


def pdf(markdown: str) -> bytes:
    """As a PDF is: letters at places, with nothing to tell a heading or a list by."""
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=12)
    for _, text in _lines(markdown):
        made.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
        made.ln(6)
    return bytes(made.output())


def _lines(markdown: str) -> list[tuple[str, str]]:
    """Each line with words: its mark and the rest."""
    marks = ("## ", "- ", "")
    lines = [line for line in markdown.split("\n") if line]
    return [next((mark, line.removeprefix(mark)) for mark in marks if line.startswith(mark)) for line in lines]
