"""A DOCX original read a second time, from its XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from retrieval.convert.characters import lowered, plain, raised
from retrieval.convert.docx_tables import columns_of, goes_on, is_gone
from retrieval.convert.formulas import MATH
from retrieval.convert.reading import Line, Reading, Triple, row_triples
from retrieval.convert.tables import Cell, Row
from retrieval.convert.word import Word, is_on, q, symbol

__all__ = ["reread_docx"]

_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = f"{MATH}t"


def reread_docx(data: bytes) -> Reading:
    """Everything that a DOCX file has in its text and notes, seen or not. Raises as `Word` does."""
    reader = _DocxReader(Word(data))
    return Reading(tuple(reader.lines), tuple(reader.triples))


class _DocxReader:
    def __init__(self, word: Word) -> None:
        self.lines: list[Line] = []
        self.triples: list[Triple] = []
        self._word = word
        self._paragraphs = self._tables = 0
        self._marks: dict[tuple[str, str], int] = {}
        self._carried = ""
        self._container(word.document)
        if self._carried:
            self.lines.append(Line("text", self._carried, f"paragraph {self._paragraphs}"))
        for name, tree in word.notes.items():
            kind = name.removeprefix("word/").removesuffix("s.xml")
            for note in tree.iter(q(kind)):
                if note.get(q("type")) in (None, "normal") and (text := self._texts(note)):
                    number = self._marks.get((kind, str(note.get(q("id")))))
                    self.lines.append(Line("text", f"[{number}] {text}" if number else text, f"{kind} {number or '?'}"))

    def _container(self, node: Any) -> None:
        for child in node:
            if child.tag == q("p"):
                self._paragraph(child)
            elif child.tag == q("tbl"):
                self._table(child)
            elif isinstance(child.tag, str) and child.tag != _ALTERNATIVE:
                self._container(child)

    def _paragraph(self, paragraph: Any) -> None:
        self._paragraphs += 1
        text, looks = self._text(paragraph), self._word.paragraph(paragraph)
        text, self._carried = " ".join(filter(None, [self._carried, text])), ""
        if paragraph.find(f"{q('pPr')}/{q('rPr')}/{q('del')}") is not None:
            self._carried = text  # its end is deleted: the next one goes on in it
        elif text:
            kind = "heading" if looks.level else "item" if looks.listed else "text"
            self.lines.append(Line(kind, text, f"paragraph {self._paragraphs}"))
        for box in paragraph.iter(q("txbxContent")):
            if not any(above.tag == _ALTERNATIVE for above in box.iterancestors()):
                self._container(box)

    def _table(self, table: Any) -> None:
        self._tables += 1
        number = self._tables
        if any(inner is not table for inner in table.iter(q("tbl"))):
            self._container(table)
            return
        own = [row for row in table.iter(q("tr")) if next(row.iterancestors(q("tbl"))) is table]
        for y, row in enumerate(own, 1):
            texts = map(self._texts, row.iter(q("tc")))
            self.lines += [Line("cell", text, f"table {number}, row {y}") for text in texts if text]
        self.triples += row_triples(list(self._rows([row for row in own if not is_gone(row)])), number)

    def _rows(self, own: Sequence[Any]) -> Iterator[Row]:
        """A cell that goes on from above says so; here it is given the rows that it covers."""
        laid: list[list[tuple[int, int, str, bool]]] = []
        heads = []
        for row in own:
            properties = row.find(q("trPr"))
            before = None if properties is None else properties.find(q("gridBefore"))
            x = 0 if before is None else int(before.get(q("val")))
            cells: list[tuple[int, int, str, bool]] = []
            for cell in row.iter(q("tc")):
                width = columns_of(cell)
                if goes_on(cell, "hMerge") and cells:
                    at, wide, text, goes = cells.pop()
                    cells.append((at, wide + width, text, goes))
                else:
                    cells.append((x, width, self._texts(cell), goes_on(cell)))
                x += width
            laid.append(cells)
            heads.append(properties is not None and is_on(properties.find(q("tblHeader"))))
        for y, cells in enumerate(laid):
            made, at = [], 0
            for x, width, text, goes in cells:
                if x > at:
                    made.append(Cell("", 1, x - at))
                at = x + width
                if goes and y and self._is_covered(laid, y, x, width):
                    continue
                rows = 1
                while y + rows < len(laid) and any(c[:2] == (x, width) and c[3] for c in laid[y + rows]):
                    rows += 1
                made.append(Cell(text, rows, width))
            yield Row(tuple(made), heads[y])

    def _is_covered(self, laid: Sequence[Sequence[tuple[int, int, str, bool]]], y: int, x: int, width: int) -> bool:
        return any(c[:2] == (x, width) for c in laid[y - 1])

    def _texts(self, node: Any) -> str:
        return " ".join(filter(None, (self._text(paragraph) for paragraph in node.iter(q("p")))))

    def _text(self, paragraph: Any) -> str:
        above = self._word.paragraph(paragraph)
        parts = []
        for run in paragraph.iter(q("r"), _MATH_TEXT):
            if run.tag == _MATH_TEXT:
                parts.append(f" {run.text or ''} ")
            elif next(run.iterancestors(q("p"))) is paragraph:
                looks = self._word.run(run, above)
                text = "".join(self._character(part, looks.font) for part in run)
                place = looks.place
                parts.append(raised(text) if place == "superscript" else lowered(text) if place else text)
        return " ".join(plain("".join(parts))[0].split())

    def _character(self, part: Any, font: str) -> str:
        if part.tag == q("t"):
            return symbol(font, part.text or "")
        if part.tag == q("sym"):
            return symbol(str(part.get(q("font"))), chr(int(part.get(q("char")) or "20", 16)))
        if part.tag in (q("footnoteReference"), q("endnoteReference")):
            key = (part.tag.removeprefix(q("")).removesuffix("Reference"), str(part.get(q("id"))))
            return f"[{self._marks.setdefault(key, len(self._marks) + 1)}]"
        return {q("tab"): " ", q("ptab"): " ", q("br"): " ", q("cr"): " ", q("noBreakHyphen"): "-"}.get(part.tag, "")
