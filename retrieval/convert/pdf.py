"""PDF into pieces: lines put together to paragraphs, items and headings, with a remark wherever that is a guess."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Any

from retrieval.convert.headings import is_heading_line, with_headings
from retrieval.convert.pdf_layout import Lines, blocks, without_edges
from retrieval.convert.pdf_lines import Page, Stretch
from retrieval.convert.pieces import Heading, Item, Paragraph, Piece, Table
from retrieval.convert.remarks import Notes

__all__ = ["pdf_pieces"]

_BULLET = re.compile(r"(?:[•▪▫◦‣●○■□➢➤❖·\uf0b7\uf0a7\uf02d]\s*|[*–-]\s+(?!\d))")
_NUMBERED = re.compile(r"(\d{1,2})[.)]\s+(?=\D)")
_FULL = re.compile(r"[.:;!?…]['”\")\]]*$")
_SPLIT_NUMBER = re.compile(r"(?<![\d.,])\d+[.,]$")
_MAY_BE_SPLIT = re.compile(
    r"(?<![\d.,])\d*[.,]\n\d|\d\n[.,]\d|\d\n\d{3}(?!\d)|\d\s?[/×x]\n\d|\d\n[/×]\s?\d|\d\n[½¼¾%⁰¹²³⁴-⁹]"
)
"""Ends of lines in a number, or between it and what changes it."""
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}|_{4,}")
_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff]")
_LONGEST = 100
"""Characters of a word or number that a line's end may have split."""
_LARGER = 1.12
"""Times the size of the text, from which a line is a heading."""


def pdf_pieces(data: bytes, pages: Sequence[Page], notes: Notes) -> Iterator[Piece]:
    """The pieces of a PDF's pages, and in `notes` what was guessed."""
    kept = without_edges(pages, notes)
    body = _body_size(pages)
    larger = sorted({_rounded(s) for lines in kept for s in lines if s.size > _LARGER * body}, reverse=True)
    pitch = _pitch(kept)
    known = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(s.text for lines in kept for s in lines).lower()))
    _tell(pages, notes)
    writer = _Writer(body, larger, pitch, known, notes)
    for page, lines in zip(pages, kept, strict=True):
        for block in blocks(data, page, lines, notes):
            writer.table(block) if isinstance(block, Table) else writer.lines(block)
    writer.end()
    return with_headings(writer.pieces, notes)


def _tell(pages: Sequence[Page], notes: Notes) -> None:
    for page in pages:
        if not page.stretches:
            notes.say("A page has no text: it may be a picture", f"page {page.number}")
        if page.turn:
            notes.say("The words of a page do not stand upright: check their order", f"page {page.number}")
        for words in page.turned:
            notes.say("Words run another way than the rest of their page: check where they belong",
                      f"page {page.number}, {words}")  # fmt: skip
        for words in page.doubled:
            notes.left_out.append(words)
            notes.say("Words that are printed twice at one place are taken once", f"page {page.number}, {words}")
        if page.fields:
            notes.say("Words of fields, buttons or comments are left out: write in by hand what belongs to the text",
                      f"page {page.number}, {'; '.join(page.fields)}".removesuffix(", "))  # fmt: skip
        if page.marks:
            notes.say("Words are marked or struck through by comments: check whether they hold", f"page {page.number}")
        for stretch in page.stretches:
            if _UNREADABLE.search(re.sub("[\uf0b7\uf0a7\uf02d]", "", stretch.text)):
                notes.say("Characters cannot be read: write them in by hand", f"page {page.number}, {stretch.text}")
            if stretch.is_white:
                notes.say("White text stays in: take it out if nobody sees it", f"page {page.number}, {stretch.text}")
            if re.search(r"[⁰¹²³⁴-₟^]", stretch.text):
                notes.say("Raised or lowered characters were kept as such", f"page {page.number}, {stretch.text}")
    notes.say("A PDF says where letters stand, not what they are: check headings, lists and paragraphs")


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for stretch in page.stretches:
            sizes[_rounded(stretch)] += len(stretch.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _rounded(stretch: Stretch) -> float:
    return round(stretch.size * 2) / 2


def _pitch(kept: Sequence[Sequence[Stretch]]) -> float:
    """From the foot of a line to that of the next, in sizes of its letters."""
    steps = [
        (b.box.bottom - a.box.bottom) / b.size for lines in kept for a, b in pairwise(lines)
        if abs(a.size - b.size) < 1 and 0.8 < (b.box.bottom - a.box.bottom) / b.size < 2.0
    ]  # fmt: skip
    return median(steps) if steps else 1.3


class _Writer:
    """Puts lines together. `open` has the lines of the piece that is not ended yet."""

    def __init__(self, body: float, larger: Sequence[float], pitch: float, known: Counter[str], notes: Notes) -> None:
        self.pieces: list[Piece] = []
        self._body, self._larger, self._pitch, self._known, self._notes = body, larger, pitch, known, notes
        self._open: list[Stretch] = []
        self._mark = ""
        self._page = 0

    def table(self, table: Table) -> None:
        self.end()
        self.pieces.append(table)

    def lines(self, block: Lines) -> None:
        for number, line in enumerate(block.lines):
            before = self._open[-1] if self._open else None
            first = number == 0
            if before is not None and not (self._goes_over(before, line) if first else self._goes_on(before, line)):
                self.end()
            if not self._open:
                self._page = block.page
                line = self._marked(line)
            self._open.append(line)

    def end(self) -> None:
        """The open lines become a piece."""
        if not self._open:
            return
        lines, mark = self._open, self._mark
        self._open, self._mark = [], ""
        text = self._joined(lines)
        if mark:
            self.pieces.append(Item(0, mark, text))
        elif level := self._level(lines, text):
            self._notes.say("A line in larger or bold letters was taken as a heading", text)
            self.pieces.append(Heading(level, text))
        else:
            self.pieces.append(Paragraph(text))

    def _marked(self, line: Stretch) -> Stretch:
        """The line without the mark of an item, which is kept."""
        bullet, number = _BULLET.match(line.text), _NUMBERED.match(line.text)
        if bullet and bullet.end() < len(line.text):
            self._mark = "-"
            return _with_text(line, line.text[bullet.end() :])
        if number and not line.is_bold and line.size <= _LARGER * self._body:
            self._mark = f"{number[1]}."
            self._notes.left_out.append(number[1])
            return _with_text(line, line.text[number.end() :])
        return line

    def _goes_on(self, before: Stretch, line: Stretch) -> bool:
        """Whether a line belongs to the same piece as the one above it in its column."""
        step = (line.box.bottom - before.box.bottom) / max(line.size, 1)
        alike = abs(line.size - before.size) < 0.6 and line.is_bold == before.is_bold
        if _LEADERS.search(before.text) or _LEADERS.search(line.text):
            self._notes.say("Dots lead from words to others: check each line", f"page {self._page}, {before.text}")
            return False
        if self._is_next(line):
            return False
        if _BULLET.match(line.text) or (_NUMBERED.match(line.text) and _FULL.search(before.text)):
            return False
        if not 0 < step <= 1.3 * self._pitch:
            return False
        if not alike:  # a bold word at the start of a line is none that begins a piece
            return before.size <= _LARGER * self._body and line.size <= _LARGER * self._body and line.text[:1].islower()
        ended = bool(_FULL.search(before.text)) and not line.text[:1].islower()
        if _SPLIT_NUMBER.search(before.text) and line.text[:1].isdigit():
            return True
        return not (ended and before.box.right < line.box.left + 0.75 * self._width(line, before))

    def _is_next(self, line: Stretch) -> bool:
        """Whether a line has the number after that of the open item."""
        number = _NUMBERED.match(line.text)
        return bool(number) and self._mark == f"{int(number[1]) - 1}."  # type: ignore[index]

    def _width(self, *lines: Stretch) -> float:
        return max(s.box.right for s in (*lines, *self._open)) - min(s.box.left for s in (*lines, *self._open))

    def _goes_over(self, before: Stretch, line: Stretch) -> bool:
        """Whether a piece goes on in the next column or on the next page."""
        alike = abs(line.size - before.size) < 0.6 and line.is_bold == before.is_bold
        return alike and not _FULL.search(before.text) and line.text[:1].islower()

    def _level(self, lines: Sequence[Stretch], text: str) -> int:
        size = _rounded(lines[0])
        if size in self._larger and len(text) <= 150:
            return min(6, self._larger.index(size) + (1 if len(self._larger) > 1 else 2))
        if all(s.is_bold for s in lines) and is_heading_line(text):
            return min(6, len(self._larger) + 2)
        return 0

    def _joined(self, lines: Sequence[Stretch]) -> str:
        text = lines[0].text
        for line in lines[1:]:
            text = self._join(text, line.text)
        return " ".join(text.split())

    def _join(self, text: str, after: str) -> str:
        where = f"page {self._page}"
        end = text[-_LONGEST:]  # a pattern that is sought through a whole paragraph, line by line, takes its square
        if (broken := _SPLIT_NUMBER.search(end)) and after[:1].isdigit():
            whole = f"{broken.group()}{after.split()[0]}"
            if broken.group() in ("0.", "0,"):
                self._notes.left_out += [broken.group(), after]
                self._notes.put_in.append(f"{broken.group()}{after}")
                self._notes.say("A number that a line's end had split was put together", f"{where}, {whole}")
                return f"{text}{after}"
            self._notes.say("A number may be split by a line's end: check it", f"{where}, {text[-30:]} | {after[:30]}")
            return f"{text} {after}"
        if _MAY_BE_SPLIT.search(f"{text[-6:]}\n{after[:6]}"):
            self._notes.say("A number may be split by a line's end: check it", f"{where}, {text[-30:]} | {after[:30]}")
        if not text.endswith("-"):
            return f"{text} {after}"
        first, second = re.search(r"[^\W_]*-$", end), re.match(r"[^\W_]+", after)
        if not first or not second or not first.group()[:-1]:
            return f"{text} {after}"
        one, two = first.group()[:-1], second.group()
        if one[-1].isdigit() or two[0].isdigit() or two[0].isupper():
            return f"{text}{after}"
        whole = f"{one}{two}"
        self._notes.left_out += [one, two]
        self._notes.put_in.append(f"{one}-{two}")
        if self._known[f"{one}-{two}".lower()] or not (self._known[whole.lower()] or _is_word(whole.lower())):
            self._notes.say("A hyphen at a line's end was kept", f"{where}, {one}-{two}")
            return f"{text}{after}"
        self._notes.say("A word that a line's end had divided was put together", f"{where}, {whole}")
        return f"{text[:-1]}{after}"


def _with_text(line: Stretch, text: str) -> Stretch:
    return Stretch(text.strip(), line.box, line.size, line.is_bold, line.is_white)


@cache
def _dictionary() -> Any:
    from spellchecker import SpellChecker

    return SpellChecker()


def _is_word(word: str) -> bool:
    return bool(_dictionary().known([word]))
