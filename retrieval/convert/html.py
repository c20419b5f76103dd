"""HTML into pieces: headings, paragraphs, items and tables in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from retrieval.convert.characters import plain
from retrieval.convert.cleaning import clean, is_bold, styles
from retrieval.convert.pieces import Heading, Item, Paragraph, Piece, Table
from retrieval.convert.remarks import Notes
from retrieval.convert.tables import Cell, Row, table_pieces

__all__ = ["html_pieces"]

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form header hgroup hr html legend li main p pre search section summary td tr tbody thead tfoot th".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TYPED = re.compile(r"\s*(?:[·•▪▫◦‣●○■□➢➤❖]\s*|[*–-]\s+(?![\d.,]*\d\s*(?:[%°]|\w{1,4}\b))|[o§Ø][\u00a0\t ]{2,})")
"""The mark of a list item that was typed, or drawn by Word. A minus before a number is none."""
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)][\s\u00a0]+(?=\D)")
_LEVEL = re.compile(r"level(\d)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ENDED = re.compile(r"[.:;,!?…]$")
_DEEPEST = 200
"""Elements inside one another. Deeper ones are read as text."""


def html_pieces(html: str, notes: Notes) -> tuple[Piece, ...]:
    """The pieces of a document, and in `notes` what was done on the way."""
    soup = BeautifulSoup(html, "lxml")
    clean(soup, notes)
    walk = _Walk(notes, [0])
    walk.children(soup, 0, False, 0)
    walk.flush()
    return tuple(walk.pieces)


class _Walk:
    """Reads elements in order. `buffer` has the text since the last block, each part with whether it is bold."""

    def __init__(self, notes: Notes, tables: list[int]) -> None:
        self.pieces: list[Piece] = []
        self._notes, self._tables = notes, tables
        self._buffer: list[tuple[str, bool]] = []

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
        if (match := _NUMBERED.match(raw)) and not bold:
            self._notes.left_out.append(match[1])
            self.pieces.append(Item(0, f"{match[1]}.", self._text(raw[match.end() :])))
        else:
            if text[:2] == "- ":  # a minus, which Markdown would take for a list
                text = f"−{text[1:].lstrip()}"
                self._notes.say("A minus at the start of a line was written so that it is no list", text)
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
        elif name in _BLOCKS:
            self.flush(depth)
            if name == "dd" and self.pieces and isinstance(self.pieces[-1], Paragraph):
                self._definition(tag, depth, nested)
            else:
                self.children(tag, depth, bold, nested)
                self.flush(depth)
        else:
            self.children(tag, depth, bold, nested)

    def _inside(self, tag: Tag, depth: int, nested: int) -> list[Piece]:
        walk = _Walk(self._notes, self._tables)
        walk.children(tag, depth, False, nested)
        walk.flush(depth)
        return walk.pieces

    def _definition(self, tag: Tag, depth: int, nested: int) -> None:
        """A term and what is said of it are one item."""
        pieces = self._inside(tag, depth, nested)
        if pieces and isinstance(pieces[0], Paragraph) and isinstance(term := self.pieces[-1], Paragraph):
            colon = "" if _ENDED.search(term.text) else ":"
            self.pieces[-1] = Item(depth, "-", f"{term.text}{colon} {pieces[0].text}")
            pieces = pieces[1:]
        self.pieces += pieces

    def _list(self, tag: Tag, depth: int, nested: int) -> None:
        number = _int(tag.get("start"), 1)
        kind = str(tag.get("type") or styles(tag).get("list-style-type") or "1")
        for child in tag.children:
            if isinstance(child, NavigableString):
                self._buffer.append((_SPACE.sub(" ", child), False))
            elif isinstance(child, Tag) and child.name == "li":
                self.flush(depth)
                number = _int(child.get("value"), number)
                mark, label = _label(kind, number) if tag.name == "ol" else ("-", "")
                number += 1
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
        self._tables[0] += 1
        number = self._tables[0]
        for caption in tag.find_all("caption", recursive=False):
            self.children(caption, 0, False, nested)
            self.flush()
        rows = [Row(tuple(self._cells(row, nested)), is_head) for row, is_head in _rows(tag)]
        self._notes.moved += [foot.get_text(" ") for foot in tag.find_all("tfoot", recursive=False)]
        self.pieces += table_pieces(rows, number, self._notes)

    def _cells(self, row: Tag, nested: int) -> Iterator[Cell]:
        for cell in row.find_all(["td", "th"], recursive=False):
            pieces = tuple(self._inside(cell, 0, nested))
            bold = bool(pieces) and all(isinstance(p, Paragraph) and p.bold for p in pieces)
            yield Cell(
                _one_line(pieces), _int(cell.get("rowspan"), 1), _int(cell.get("colspan"), 1),
                cell.name == "th", bold or is_bold(cell) is True, pieces, cell.find("table") is not None,
            )  # fmt: skip


def _rows(table: Tag) -> Iterator[tuple[Tag, bool]]:
    """The rows that are this table's own, those of the foot last, and whether they stand in its head."""
    foot: list[Tag] = []
    for part in table.find_all(["thead", "tbody", "tfoot", "tr"], recursive=False):
        if part.name == "tr":
            yield part, False
        elif part.name == "tfoot":
            foot += part.find_all("tr", recursive=False)
        else:
            yield from ((row, part.name == "thead") for row in part.find_all("tr", recursive=False))
    yield from ((row, False) for row in foot)


def _one_line(pieces: Sequence[Piece]) -> str:
    """What a cell holds as one text: paragraphs and items apart by a semicolon where nothing else divides them."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Table):
            texts += [": ".join(filter(None, row)) for row in (*([piece.heads] if piece.heads else []), *piece.rows)]
        else:
            texts.append(f"{piece.mark} {piece.text}" if isinstance(piece, Item) and piece.mark != "-" else piece.text)
    return "".join(
        text if last else f"{text} " if _ENDED.search(text) else f"{text}; "
        for text, last in zip(texts, [False] * (len(texts) - 1) + [True], strict=bool(texts))
    )


def _label(kind: str, number: int) -> tuple[str, str]:
    """The mark of an item of a numbered list, and what must stand in its words because Markdown has no such mark."""
    if kind in ("a", "A", "lower-alpha", "upper-alpha", "lower-latin", "upper-latin") and 0 < number <= 26:
        letter = chr(ord("a") + number - 1)
        return "-", f"{letter.upper() if kind[:1] in ('A', 'u') else letter})"
    if kind in ("i", "I", "lower-roman", "upper-roman") and 0 < number < 40:
        roman = "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
        return "-", f"{roman.upper() if kind[:1] in ('I', 'u') else roman})"
    return f"{max(0, number)}.", ""


def _int(value: object, otherwise: int) -> int:
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise
