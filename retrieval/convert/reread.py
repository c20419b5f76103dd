"""An original read a second time, by code of its own: DOCX from its XML, HTML from its tags as they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from retrieval.convert.characters import lowered, plain, raised
from retrieval.convert.cleaning import PICTURES, UNREAD
from retrieval.convert.reading import Line, Reading, Triple, marked_heads, row_triples
from retrieval.convert.tables import Cell, Row
from retrieval.convert.word import Word, q

__all__ = ["reread_docx", "reread_html"]

_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark nobr o:p q s samp small span strike"
    " strong sub sup time tt u var wbr del".split()
)
_EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_SHIFTED = re.compile(r"vertical-align\s*:\s*(super|sub)\b")


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
        self._container(word.document)
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
        if text:
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
        rows = list(self._rows(table))
        for y, row in enumerate(rows, 1):
            self.lines += [Line("cell", cell.text, f"table {number}, row {y}") for cell in row.cells if cell.text]
        self.triples += row_triples(rows, number)

    def _rows(self, table: Any) -> Iterator[Row]:
        """A cell that goes on from above says so; here it is given the rows that it covers."""
        laid: list[list[tuple[int, int, str, bool]]] = []
        heads = []
        for row in table.iter(q("tr")):
            properties = row.find(q("trPr"))
            before = None if properties is None else properties.find(q("gridBefore"))
            x = 0 if before is None else int(before.get(q("val")))
            cells = []
            for cell in row.iter(q("tc")):
                span, merged = cell.find(f"{q('tcPr')}/{q('gridSpan')}"), cell.find(f"{q('tcPr')}/{q('vMerge')}")
                width = 1 if span is None else int(span.get(q("val")))
                goes_on = merged is not None and merged.get(q("val"), "continue") == "continue"
                cells.append((x, width, self._texts(cell), goes_on))
                x += width
            laid.append(cells)
            heads.append(properties is not None and properties.find(q("tblHeader")) is not None)
        for y, cells in enumerate(laid):
            made, at = [], 0
            for x, width, text, goes_on in cells:
                if x > at:
                    made.append(Cell("", 1, x - at))
                at = x + width
                if goes_on and y and any(c[0] == x for c in laid[y - 1]):
                    continue
                rows = 1
                while y + rows < len(laid) and any(c[0] == x and c[3] for c in laid[y + rows]):
                    rows += 1
                made.append(Cell(text, rows, width))
            yield Row(tuple(made), heads[y])

    def _texts(self, node: Any) -> str:
        return " ".join(filter(None, (self._text(paragraph) for paragraph in node.iter(q("p")))))

    def _text(self, paragraph: Any) -> str:
        above = self._word.paragraph(paragraph)
        parts = []
        for run in paragraph.iter(q("r"), _MATH_TEXT):
            if run.tag == _MATH_TEXT:
                parts.append(run.text or "")
            elif next(run.iterancestors(q("p"))) is paragraph:
                text = "".join(map(self._character, run))
                place = self._word.run(run, above).place
                parts.append(raised(text) if place == "superscript" else lowered(text) if place else text)
        return " ".join(plain("".join(parts))[0].split())

    def _character(self, part: Any) -> str:
        if part.tag == q("t"):
            return part.text or ""
        if part.tag in (q("footnoteReference"), q("endnoteReference")):
            key = (part.tag.removeprefix(q("")).removesuffix("Reference"), str(part.get(q("id"))))
            return f"[{self._marks.setdefault(key, len(self._marks) + 1)}]"
        return {q("tab"): " ", q("br"): " ", q("cr"): " ", q("noBreakHyphen"): "-"}.get(part.tag, "")


def reread_html(html: str) -> Reading:
    """Everything that an HTML file has in its text, seen or not."""
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return Reading(tuple(reader.lines), tuple(reader.triples))


class _Open:
    """A table that is being read. A cell's own text is a line; `whole` has that of a table inside it too."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.rows: list[tuple[list[Cell], bool, bool]] = []
        self.in_head = self.in_foot = self.holds_table = False
        self.cell: tuple[str, dict[str, str]] | None = None
        self.own: list[str] = []
        self.whole: list[str] = []

    def add(self, text: str) -> None:
        self.own.append(text)
        self.whole.append(text)

    def end_cell(self) -> Iterator[Line]:
        if self.cell is not None:
            tag, has = self.cell
            own, whole = (" ".join(plain("".join(parts))[0].split()) for parts in (self.own, self.whole))
            down, across = (int(has[name]) if has.get(name, "").isdigit() else 1 for name in ("rowspan", "colspan"))
            self.rows[-1][0].append(Cell(whole, down, across, tag == "th"))
            if own:
                yield Line("cell", own, f"table {self.number}, row {len(self.rows)}")
        self.cell, self.own, self.whole = None, [], []


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.triples: list[Triple] = []
        self._unread: list[str] = []
        self._shifted: list[tuple[str, str, list[str]]] = []
        self._tables: list[_Open] = []
        self._text: list[str] = []
        self._kind = "text"
        self._count = 0

    def flush(self) -> None:
        text = " ".join(plain("".join(self._text))[0].split())
        if text:
            self.lines.append(Line(self._kind, text, f"line {self.getpos()[0]} of the file"))
        self._text, self._kind = [], "text"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNREAD + PICTURES and tag not in ("head", "img"):
            self._unread.append(tag)
        if self._unread or tag in _EMPTY - {"br", "hr"}:
            return
        has = {name: value or "" for name, value in attrs}
        place = _SHIFTED.search(has.get("style", "").lower())
        if tag in ("sup", "sub") or (place and tag in _INLINE):
            self._shifted.append((tag, "sub" if tag == "sub" or (place and place[1] == "sub") else "sup", []))
        elif tag == "table":
            self.flush()
            self._count += 1
            if self._tables:
                self._tables[-1].holds_table = True
            self._tables.append(_Open(self._count))
        elif self._tables and tag in ("tr", "td", "th", "thead", "tbody", "tfoot", "caption"):
            self._part(tag, has)
        elif tag == "br":
            self._add(" ")
        elif tag not in _INLINE:
            self._block()
            self._kind = "heading" if re.fullmatch("h[1-6]", tag) else "item" if tag == "li" else self._kind

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            if tag in self._unread:
                del self._unread[self._unread.index(tag) :]
            return
        if self._shifted and tag == self._shifted[-1][0]:
            _, place, parts = self._shifted.pop()
            text = "".join(parts)
            self._add(raised(text) if place == "sup" else lowered(text))
        elif tag == "table" and self._tables:
            self._end_table()
        elif self._tables and tag in ("tr", "td", "th", "thead", "tfoot"):
            table = self._tables[-1]
            self.lines += table.end_cell()
            table.in_head &= tag != "thead"
            table.in_foot &= tag != "tfoot"
        elif tag not in _INLINE:
            self._block()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._add(data)

    def unknown_decl(self, data: str) -> None:
        """`<![if …]>` of Word's says nothing to a reader."""

    def _add(self, text: str) -> None:
        if self._shifted:
            self._shifted[-1][2].append(text)
        elif self._tables and self._tables[-1].cell is not None:
            self._tables[-1].add(text)
        else:
            self._text.append(text)

    def _block(self) -> None:
        if self._tables and self._tables[-1].cell is not None:
            self._tables[-1].add(" ")
        else:
            self.flush()

    def _part(self, tag: str, has: dict[str, str]) -> None:
        table = self._tables[-1]
        self.lines += table.end_cell()
        if tag in ("td", "th"):
            if not table.rows:
                table.rows.append(([], table.in_head, table.in_foot))
            table.cell = (tag, has)
        elif tag == "tr":
            table.rows.append(([], table.in_head, table.in_foot))
        else:
            table.in_head, table.in_foot = tag == "thead", tag == "tfoot"

    def _end_table(self) -> None:
        table = self._tables.pop()
        self.lines += table.end_cell()
        table.rows.sort(key=lambda row: row[2])
        rows = [Row(tuple(cells), is_head) for cells, is_head, _ in table.rows]
        if not table.holds_table or marked_heads(rows):
            self.triples += row_triples(rows, table.number)
        if self._tables:
            self._tables[-1].whole += [f" {cell.text} " for row in rows for cell in row.cells]
