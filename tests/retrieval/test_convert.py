"""DOCX, PDF and HTML into Markdown, made by real programs and cut into passages."""

from __future__ import annotations

import io

import pytest
from docx import Document as Docx
from docx.oxml import OxmlElement
from fpdf import FPDF

from retrieval.blocks import Kind
from retrieval.convert import LARGEST, convert
from retrieval.errors import ConversionError
from retrieval.passages import cut

MARKDOWN = """## How it is given

It is given through a drip.

- Monday: one bag
- Friday: two bags

| Detail | Value |
| --- | --- |
| Time | 60 to 90 minutes |

## Legal Disclaimer

Ask your doctor.
"""


def docx() -> bytes:
    made = Docx()
    made.add_heading("How it is given", 2)
    made.add_paragraph("It is given through a drip.")
    for text in ("Monday: one bag", "Friday: two bags"):
        made.add_paragraph(text, style="List Bullet")
    table = made.add_table(2, 2)
    for cell, text in zip(table._cells, ["Detail", "Value", "Time", "60 to 90 minutes"], strict=True):
        cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    made.add_heading("Legal Disclaimer", 2)
    made.add_paragraph("Ask your doctor.")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HTML = """<html><head><title>x</title><style>p {color: red}</style></head><body><nav>Home</nav>
<h2>How it is given</h2><p>It is <b>given</b> through a <a href="https://x.example">drip</a>.</p>
<script>alert(1)</script>
<ul><li>Monday: one bag</li><li>Friday: two bags</li></ul>
<table><tr><th>Detail</th><th>Value</th></tr><tr><td>Time</td><td>60 to 90 minutes</td></tr></table>
<h2>Legal Disclaimer</h2><p>Ask your doctor.</p></body></html>"""


def pdf(*paragraphs: str) -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=12)
    for text in paragraphs:
        made.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
        made.ln(6)
    return bytes(made.output())


def test_html_keeps_headings_lists_and_tables_and_drops_what_is_not_text() -> None:
    assert convert("new.html", HTML.encode()).markdown == MARKDOWN


def test_docx_keeps_headings_lists_and_tables() -> None:
    converted = convert("new.docx", docx())
    assert converted.markdown == MARKDOWN
    assert converted.original.startswith("How it is given\n\nIt is given through a drip.")
    assert converted.differences == ()


def test_what_was_converted_is_cut_as_a_monograph() -> None:
    passages = cut("new", convert("new.docx", docx()).markdown)
    assert [(p.kind, p.section) for p in passages.showable()] == [
        (Kind.PARAGRAPH, "How it is given"),
        (Kind.LIST, "How it is given"),
        (Kind.BULLET, "How it is given"),
        (Kind.BULLET, "How it is given"),
        (Kind.TABLE_ROW, "How it is given"),
        (Kind.PARAGRAPH, "Legal Disclaimer"),
    ]


def test_a_pdf_gives_its_words_in_order_and_says_what_it_guessed() -> None:
    long = "It is given through a drip over sixty to ninety minutes so that the team can watch for reactions. " * 3
    converted = convert("new.pdf", pdf("How it is given", long.strip(), "Ask your doctor."))
    assert converted.markdown == f"## How it is given\n\n{long.strip()}\n\nAsk your doctor.\n"
    assert converted.remarks == (
        "A PDF says where letters stand, not what they are: check headings, lists and paragraphs.",
        "A short line that stands alone was taken as a heading: “How it is given”",
    )
    assert converted.differences == ()


def test_markdown_passes_as_it_is() -> None:
    assert convert("new.md", MARKDOWN.encode()).markdown == MARKDOWN


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("new.doc", b"x", "'new.doc' cannot be converted"),
        ("new.docx", b"not a zip", "'new.docx' cannot be read"),
        ("new.pdf", b"not a pdf", "'new.pdf' cannot be read"),
        ("new.md", b"\xff\xfe", "'new.md' cannot be read"),
        ("new.html", b"<p> </p>", "'new.html' has no text"),
        ("new.pdf", pdf(), "'new.pdf' has no text"),
        ("new.md", b"x" * (LARGEST + 1), "'new.md' is larger than 20 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(name: str, data: bytes, found: str) -> None:
    with pytest.raises(ConversionError, match=found):
        convert(name, data)
