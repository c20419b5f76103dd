"""The numbers that Word counts by itself: its lists and numbered headings have none in their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from retrieval.convert.labels import roman
from retrieval.convert.word import Word, q, value_of

__all__ = ["Numbering"]


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    text: str = ""
    style: str = ""
    is_legal: bool = False
    restarts: bool = True


@dataclass(frozen=True, slots=True)
class _List:
    """A `w:num`: its levels are those of `base`, which it shares the count with, with its own starts."""

    base: str
    levels: Mapping[int, _Level]
    starts: Mapping[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the paragraphs of a document, which are given to it in order."""

    def __init__(self, word: Word) -> None:
        self._word = word
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        tree = word.part("word/numbering.xml")
        if tree is None:
            return
        bases = {str(base.get(q("abstractNumId"))): base for base in tree.iterfind(q("abstractNum"))}
        named = {link: key for key, base in bases.items() if (link := value_of(base.find(q("styleLink"))))}
        for number in tree.iterfind(q("num")):
            key = value_of(number.find(q("abstractNumId"))) or ""
            if key in bases:
                key = named.get(value_of(bases[key].find(q("numStyleLink"))) or "", key)
            levels = dict(_levels(bases[key])) if key in bases else {}
            starts = {}
            for change in number.iterfind(q("lvlOverride")):
                levels.update(_levels(change))
                if (start := value_of(change.find(q("startOverride")))) is not None:
                    starts[_int(change.get(q("ilvl")), 0)] = _int(start, 1)
            self._lists[str(number.get(q("numId")))] = _List(key, levels, starts)

    def label(self, paragraph: Any) -> str | None:
        """What Word writes before a paragraph, such as '3.' or '4.2'; '' for a bullet, None where it counts nothing."""
        found = self._word.numbered(paragraph)
        if found is None or (listed := self._lists.get(found[0])) is None:
            return None
        number, level, style = found
        if level is None:
            level = next((at for at, each in listed.levels.items() if each.style and each.style == style), 0)
        kind = listed.levels.get(level, _Level())
        if kind.kind == "bullet":
            return ""
        counts = self._counts.setdefault(listed.base, {})
        if number not in self._begun:
            self._begun.add(number)
            counts.update({at: start - 1 for at, start in listed.starts.items()})
        counts[level] = counts.get(level, kind.start - 1) + 1
        for deeper in [at for at in counts if at > level and listed.levels.get(at, _Level()).restarts]:
            del counts[deeper]
            if deeper in listed.starts:
                counts[deeper] = listed.starts[deeper] - 1
        return re.sub(r"%(\d)", lambda match: self._one(int(match[1]) - 1, counts, listed, kind.is_legal), kind.text)

    @staticmethod
    def _one(level: int, counts: Mapping[int, int], listed: _List, is_legal: bool) -> str:
        of = listed.levels.get(level, _Level())
        return _counted("decimal" if is_legal else of.kind, counts.get(level, of.start))


def _levels(base: Any) -> Iterator[tuple[int, _Level]]:
    for level in base.iterfind(q("lvl")):
        yield (
            _int(level.get(q("ilvl")), 0),
            _Level(
                _int(value_of(level.find(q("start"))), 1),
                value_of(level.find(q("numFmt"))) or "decimal",
                value_of(level.find(q("lvlText"))) or "",
                value_of(level.find(q("pStyle"))) or "",
                level.find(q("isLgl")) is not None,
                value_of(level.find(q("lvlRestart"))) != "0",
            ),
        )


def _counted(kind: str, number: int) -> str:
    if number < 1:
        return str(number)
    if kind in ("lowerLetter", "upperLetter"):  # after z comes aa, then bb
        times, at = divmod(number - 1, 26)
        text = chr(ord("a") + at) * (times + 1)
        return text.upper() if kind[0] == "u" else text
    if kind in ("lowerRoman", "upperRoman") and number < 4000:
        return roman(number).upper() if kind[0] == "u" else roman(number)
    if kind == "decimalZero":
        return f"{number:02}"
    if kind == "ordinal":
        ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"
    return "" if kind == "none" else str(number)


def _int(value: str | None, otherwise: int) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,9}", value) else otherwise
