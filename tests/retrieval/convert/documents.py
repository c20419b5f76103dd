"""Documents that are made by real programs, with what Word writes and those programs have no name for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from fpdf import FPDF

__all__ = ["add_note", "add_notes_part", "add_table", "docx", "element", "pdf", "raw_pdf", "tracked"]


def docx(build: Callable[[Any], None], **parts: str) -> bytes:
    """A DOCX file; `parts` replaces or adds parts of `word/` by their name without the ending."""
    made, out = Document(), io.BytesIO()
    build(made)
    made.save(out)
    return add_notes_part(out.getvalue(), **parts) if parts else out.getvalue()


def element(name: str, text: str = "", **attributes: str) -> Any:
    """An element such as 'w:t' with its attributes, `val=…` being `w:val`."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    if text:
        made.text = text
    return made


def add_note(paragraph: Any, number: int, kind: str = "footnote") -> None:
    """The mark of a note, whose words stand in a part of their own."""
    run = paragraph.add_run()
    run._r.append(element(f"w:{kind}Reference", id=str(number)))


def add_notes_part(data: bytes, **parts: str) -> bytes:
    """Put parts such as footnotes='<w:footnote …>' into a DOCX file, with what names them."""
    kinds = {"footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments"}
    out = io.BytesIO()
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info.filename)
            for name in parts if info.filename == "[Content_Types].xml" else ():
                kind = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kinds[name]}+xml"
                made = f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/></Types>'
                content = content.replace(b"</Types>", made.encode())
            for name in parts if info.filename == "word/_rels/document.xml.rels" else ():
                made = (
                    f'<Relationship Id="made{name}" Type="{office}/{kinds[name]}" Target="{name}.xml"/></Relationships>'
                )
                content = content.replace(b"</Relationships>", made.encode())
            new.writestr(info, content)
        for name, body in parts.items():
            new.writestr(f"word/{name}.xml", f"<w:{name} {namespace}>{body}</w:{name}>")
    return out.getvalue()


def tracked(paragraph: Any, kind: str, text: str) -> None:
    """Text that a tracked change inserted ('ins') or deleted ('del')."""
    change = element(f"w:{kind}", id="1", author="x")
    run = element("w:r")
    run.append(element("w:delText" if kind == "del" else "w:t", text))
    change.append(run)
    paragraph._p.append(change)


def add_table(document: Any, rows: Sequence[Sequence[str]], heads: bool = True) -> Any:
    """A table, whose first row is marked as the heads."""
    table = document.add_table(len(rows), len(rows[0]))
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    if heads:
        table.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))
    return table


def pdf(build: Callable[[FPDF], object]) -> bytes:
    """A PDF with one page to begin with, in a plain font of 11 points."""
    made = FPDF()
    made.set_auto_page_break(True, margin=20)
    made.add_page()
    made.set_font("helvetica", size=11)
    build(made)
    return bytes(made.output())


def raw_pdf(content: str, encoding: str = "/WinAnsiEncoding", page: str = "", *others: str) -> bytes:
    """A PDF with a page of 600 by 800 points as it is written in the file.

    `/F` is Helvetica in the encoding, `page` stands in the page's entries, and `others` are objects from number 6 on.
    """
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        f" /Resources << /Font << /F 5 0 R >> >> {page} >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding {encoding} >>",
        *others,
    ]
    made, places = "%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return f"{made}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("latin-1")
