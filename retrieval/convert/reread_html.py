"""An HTML original read a second time, from its tags as they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from retrieval.convert.characters import lowered, plain, raised
from retrieval.convert.cleaning import PICTURES, UNREAD
from retrieval.convert.reading import Line, Reading, Triple, row_triples
from retrieval.convert.styling import BLOCK_LIKE, INLINE, own_style, shifted
from retrieval.convert.tables import Cell, Row, marked_heads

__all__ = ["reread_html"]

_EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


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
        self.rows: list[tuple[list[Cell], bool, bool, int]] = []
        self.in_head = self.in_foot = self.holds_table = False
        self.group = 0
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
        self._apart: list[str] = []
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
        own = own_style(has.get("style"))
        place = shifted(tag, own)
        if place and tag in INLINE:
            self._shifted.append((tag, place, []))
        elif tag in INLINE and own.get("display") in BLOCK_LIKE:
            self._block()
            self._apart.append(tag)
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
        elif tag not in INLINE:
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
        elif self._tables and tag in ("tr", "td", "th", "thead", "tbody", "tfoot"):
            table = self._tables[-1]
            self.lines += table.end_cell()
            table.group += tag in ("thead", "tbody", "tfoot")
            table.in_head &= tag != "thead"
            table.in_foot &= tag != "tfoot"
        elif tag not in INLINE:
            self._block()
        elif self._apart and tag == self._apart[-1]:
            self._apart.pop()
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
                table.rows.append(([], table.in_head, table.in_foot, table.group))
            table.cell = (tag, has)
        elif tag == "tr":
            table.rows.append(([], table.in_head, table.in_foot, table.group))
        else:
            table.in_head, table.in_foot = tag == "thead", tag == "tfoot"
            table.group += 1

    def _end_table(self) -> None:
        table = self._tables.pop()
        self.lines += table.end_cell()
        table.rows.sort(key=lambda row: row[2])
        rows = [Row(tuple(cells), is_head, group) for cells, is_head, _, group in table.rows]
        if not table.holds_table or marked_heads(rows):
            self.triples += row_triples(rows, table.number)
        if self._tables:
            self._tables[-1].whole += [f" {cell.text} " for row in rows for cell in row.cells]
