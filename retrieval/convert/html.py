"""HTML into pieces: headings, paragraphs, items and tables in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from retrieval.convert.characters import plain
from retrieval.convert.cleaning import clean
from retrieval.convert.html_tables import one_line, table_rows, whole_number
from retrieval.convert.labels import listed_label, splits_label
from retrieval.convert.pieces import Heading, Item, Paragraph, Piece, Table
from retrieval.convert.remarks import Notes
from retrieval.convert.styling import BLOCK_LIKE, is_bold, styles
from retrieval.convert.tables import Cell, Row, table_pieces

__all__ = ["html_pieces"]

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form header hgroup hr html legend li main p pre search section summary td tr tbody thead tfoot th".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TYPED = re.compile(r"\s*(?:[·•▪▫◦‣●○■□➢➤❖]\s*|[*–-]\s+(?![\d.,]*\d\s*(?:[%°]|\w{1,4}\b))|[o§Ø][\u00a0\t ]{2,})")
"""The mark of a list item that was typed, or drawn by Word. A minus before a number is none."""
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)][\s\u00a0]+(?=\S)")
_MARKDOWN = re.compile(r"([#+*]+)\s+")
"""Signs at the start of a line which Markdown would take for a heading or a list."""
_FAR_APART = re.compile(r"\S(?:[\u00a0\u2002\u2003\t] *){3,}\S")
_LEVEL = re.compile(r"level(\d)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ENDED = re.compile(r"[.:;,!?…]$")
_DEEPEST = 200
"""Elements inside one another. Deeper ones are read as text."""


def html_pieces(html: str, notes: Notes, by_word: bool = False) -> tuple[Piece, ...]:
    """The pieces of a document, and in `notes` what was done on the way.

    In what was made of a Word file, `by_word`, a cell may reach from the heads of a table down into its body.
    """
    soup = BeautifulSoup(html, "lxml")
    clean(soup, notes)
    walk = _Walk(notes, _Tables(0, by_word))
    walk.children(soup, 0, False, 0)
    walk.flush()
    return tuple(map(_numbered, walk.pieces))


def _numbered(piece: Piece) -> Piece:
    """A paragraph that Word counts is an item, though no list was made of it."""
    if isinstance(piece, Paragraph) and (said := splits_label(piece.text)[0]) is not None:
        mark, label = said
        return Item(0, mark, " ".join(filter(None, [label, splits_label(piece.text)[1]])))
    return piece


@dataclass
class _Tables:
    """How many tables were read, and whether their rows are one group."""

    count: int
    by_word: bool


class _Walk:
    """Reads elements in order. `buffer` has the text since the last block, each part with whether it is bold."""

    def __init__(self, notes: Notes, tables: _Tables) -> None:
        self.pieces: list[Piece] = []
        self._notes, self._tables = notes, tables
        self._buffer: list[tuple[str, bool]] = []
        self._term: Paragraph | None = None

    def children(self, node: Tag, depth: int, bold: bool, nested: int) -> None:
        for child in node.children:
            if isinstance(child, NavigableString):
                self._buffer.append((str(child) if node.name == "pre" else _SPACE.sub(" ", child), bold))
            elif isinstance(child, Tag):
                self._element(child, depth, bold, nested + 1)

    def flush(self, depth: int = 0) -> None:
        """What was gathered becomes a paragraph, or several, or items that were typed."""
        parts, self._buffer = self._buffer, []
        words = [is_bold for text, is_bold in parts if text.strip()]
        if not words:
            return
        lines = "".join(text for text, _ in parts).split("\n")
        gathered: list[str] = []
        typed = [bool(_TYPED.match(line)) for line in lines]
        for line, is_item in zip(lines, typed, strict=True):
            if not line.strip() or is_item:
                self._paragraph(gathered, all(words))
                gathered = []
            if is_item:
                text = self._text(_TYPED.sub("", line, count=1))
                if text:
                    self.pieces.append(Item(depth, "-", text))
            elif line.strip():
                gathered.append(line)
        self._paragraph(gathered, all(words))

    def _paragraph(self, lines: Sequence[str], bold: bool) -> None:
        raw = " ".join(lines)
        text = self._text(raw)
        if not text:
            return
        if _FAR_APART.search(raw):
            self._notes.say("Words stand far apart in one line, as in a table: check that they belong together", text)
        if (match := _NUMBERED.match(raw)) and not bold:
            self._notes.left_out.append(match[1])
            self.pieces.append(Item(0, f"{match[1]}.", self._text(raw[match.end() :])))
        else:
            if text[:2] == "- ":  # a minus, which Markdown would take for a list
                text = f"−{text[1:].lstrip()}"
                self._notes.say("A minus at the start of a line was written so that it is no list", text)
            elif sign := _MARKDOWN.match(text):
                text = f"{sign[1]}{text[sign.end() :]}"
                self._notes.say("A sign at the start of a line was written so that it makes no list or heading", text)
            self.pieces.append(Paragraph(text, bold))

    def _text(self, raw: str) -> str:
        text, odd = plain(raw)
        for name in odd:
            if name != "non-breaking space":
                self._notes.say(f"A {name} was made plain", raw)
        return " ".join(text.split())

    def _element(self, tag: Tag, depth: int, bold: bool, nested: int) -> None:
        name = tag.name
        bold = bold if (own := is_bold(tag)) is None else own
        if nested > _DEEPEST:
            self._buffer.append((_SPACE.sub(" ", tag.get_text(" ")), bold))
        elif name == "br":
            self._buffer.append(("\n", bold))
        elif name == "pre":
            self._preformatted(tag)
        elif level := _HEADINGS.get(name):
            self.flush()
            text = self._text(tag.get_text(" " if tag.find("br") else ""))
            if text:
                self.pieces.append(Heading(level, text))
        elif name == "table":
            self.flush()
            self._table(tag, nested)
        elif name in ("ul", "ol", "menu", "dir"):
            self.flush(depth)
            self._list(tag, depth, nested)
        elif name == "p" and "mso-list" in styles(tag) and styles(tag)["mso-list"] not in ("none", "skip"):
            self.flush()
            self._word_item(tag, nested)
        elif name in _BLOCKS or styles(tag).get("display") in BLOCK_LIKE:
            self.flush(depth)
            if name == "dd" and self._term is not None:
                self._definition(tag, depth, nested)
            else:
                self.children(tag, depth, bold, nested)
                self.flush(depth)
            if name == "dt":
                last = self.pieces[-1] if self.pieces else None
                self._term = last if isinstance(last, Paragraph) else None
        else:
            self.children(tag, depth, bold, nested)

    def _inside(self, tag: Tag, depth: int, nested: int) -> list[Piece]:
        walk = _Walk(self._notes, self._tables)
        walk.children(tag, depth, False, nested)
        walk.flush(depth)
        return walk.pieces

    def _preformatted(self, tag: Tag) -> None:
        """Each line by itself: what stands in it may be laid out by its spaces."""
        self.flush()
        lines = [text for line in tag.get_text().split("\n") if (text := self._text(line))]
        if any(re.search(r"\S {2,}\S|\t", line) for line in tag.get_text().split("\n")):
            self._notes.say("Text is laid out by its spaces: check what belongs together", " | ".join(lines))
        self.pieces += map(Paragraph, lines)

    def _definition(self, tag: Tag, depth: int, nested: int) -> None:
        """A term and what is said of it are one item; a second thing that is said of it another."""
        pieces = self._inside(tag, depth, nested)
        term = self._term
        if term and pieces and isinstance(pieces[0], Paragraph):
            text = f"{term.text}{'' if _ENDED.search(term.text) else ':'} {pieces[0].text}"
            if self.pieces and self.pieces[-1] is term:
                self.pieces[-1] = Item(depth, "-", text)
            else:
                self.pieces.append(Item(depth, "-", text))
                self._notes.put_in.append(term.text)
                self._notes.say("A term is repeated with each thing that is said of it", text)
            pieces = pieces[1:]
        self.pieces += pieces

    def _list(self, tag: Tag, depth: int, nested: int) -> None:
        items = [child for child in tag.children if isinstance(child, Tag) and child.name == "li"]
        step = -1 if tag.name == "ol" and "reversed" in tag.attrs else 1
        number = whole_number(tag.get("start"), len(items) if step < 0 else 1)
        kind = str(tag.get("type") or _list_style(tag) or "1") if tag.name == "ol" else "none"
        for child in tag.children:
            if isinstance(child, NavigableString):
                self._buffer.append((_SPACE.sub(" ", child), False))
            elif isinstance(child, Tag) and child.name == "li":
                self.flush(depth)
                number = whole_number(child.get("value"), number)
                mark, label = listed_label(str(child.get("type") or _list_style(child) or kind), number)
                number += step
                self._item(self._inside(child, depth + 1, nested), depth, mark, label)
            elif isinstance(child, Tag):
                self._element(child, depth + (child.name in ("ul", "ol")), False, nested)
        self.flush(depth)

    def _item(self, inside: list[Piece], depth: int, mark: str, label: str) -> None:
        """The words before a list or table inside are the item's; what comes after stands by itself."""
        own: list[str] = []
        while inside and isinstance(inside[0], Paragraph | Heading):
            own.append(inside.pop(0).text)  # type: ignore[union-attr]
        if own:
            said, own[0] = splits_label(own[0])
            if said is not None:  # Word's own number, which came with the words
                mark, label = said
            text = " ".join([*([label] if label else []), *own])
            self.pieces.append(Item(depth, mark, text))
            if label:
                self._notes.put_in.append(label)
                self._notes.say("A list with letters has no such mark in Markdown: they stand in its words", text)
        self.pieces += inside

    def _word_item(self, tag: Tag, nested: int) -> None:
        """Word writes a list as paragraphs: the level in a style, the mark in a span of its own."""
        level = _LEVEL.search(styles(tag)["mso-list"])
        mark = ""
        for span in tag.find_all(style=re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)):
            mark += span.get_text()
            span.decompose()
        label = " ".join(plain(mark)[0].split())
        number = re.fullmatch(r"(\d+)[.)]?", label)
        text = " ".join(piece.text for piece in self._inside(tag, 0, nested) if not isinstance(piece, Table))
        letters = label if re.fullmatch(r"\(?[a-zA-Z\d.]{2,}[.)]?|\(?[a-zA-Z][.)]", label) and not number else ""
        self._notes.left_out.append(label)
        if text:
            own = " ".join(filter(None, [letters, text]))
            self.pieces.append(Item(int(level[1]) - 1 if level else 0, f"{number[1]}." if number else "-", own))

    def _table(self, tag: Tag, nested: int) -> None:
        self._tables.count += 1
        number = self._tables.count
        for caption in tag.find_all("caption", recursive=False):
            self.children(caption, 0, False, nested)
            self.flush()
        rows = [
            Row(tuple(self._cells(row, nested)), is_head, 0 if self._tables.by_word else group)
            for row, is_head, group in table_rows(tag)
        ]
        if any("collapse" in str(col.get("style", "")) or "none" in str(col.get("style", "")) for col in tag("col")):
            self._notes.say("A column may be hidden by its style: check it", f"table {number}")
        self._notes.moved += [foot.get_text(" ") for foot in tag.find_all("tfoot", recursive=False)]
        self.pieces += table_pieces(rows, number, self._notes)

    def _cells(self, row: Tag, nested: int) -> Iterator[Cell]:
        for cell in row.find_all(["td", "th"], recursive=False):
            pieces = tuple(map(_numbered, self._inside(cell, 0, nested)))
            bold = bool(pieces) and all(isinstance(p, Paragraph) and p.bold for p in pieces)
            yield Cell(
                one_line(pieces), whole_number(cell.get("rowspan"), 1), whole_number(cell.get("colspan"), 1),
                cell.name == "th", bold or is_bold(cell) is True, pieces, cell.find("table") is not None,
            )  # fmt: skip


def _list_style(tag: Tag) -> str:
    own = styles(tag)
    return own.get("list-style-type") or next(iter(own.get("list-style", "").split()), "")
