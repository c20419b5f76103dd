"""A message as plain words for pattern matching, and the small pattern language of corpus/triage.

    tongue swelling          these words, next to each other
    tongue|lip|lips          one of these words
    swell*                   a word that starts so; `*` stands for any letters, or none
    20##                     `#` stands for a digit
    cant|can_not             `_` joins words inside an alternative
    tongue ... swell*        up to four words between, inside one clause, none of the set `not_between`
    <mouth> is? swollen      a set of words by its name; `?`: may be missing
    headache & stiff neck    both, anywhere in the message

Words are compared without accents, capitals and apostrophes; Chinese characters are words of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Generic, TypeVar

from retrieval.text import clean

__all__ = ["CLAUSE", "GAP", "NOT_BETWEEN", "SENTENCE", "Part", "Shortlist", "read_pattern", "spaced"]

T = TypeVar("T")

SENTENCE = "."
CLAUSE = ","
GAP = rf"(?:(?![{SENTENCE}{CLAUSE}] )[^ ]+ )"
"""One word or number of the same clause, with the space after it."""

NOT_BETWEEN = "not_between"
"""The set of words that `...` does not step over."""

_SENTENCE_MARKS = frozenset(".!?;…。！？；؟؛।\n")
_CLAUSE_MARKS = frozenset(',:()[]—–、،"“”')
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
"""'M.R.I.' and 'i.v.' are words, not three sentences."""
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
# Above 9 are accents and vowel points; below are the marks that make Devanagari syllables.
_ACCENT = 9
_GAP_WORDS = 4
_WILD = {"*": "[^ ]*", "#": r"\d"}


def spaced(text: str) -> str:
    """The words, numbers and marks of a text, each with one space before and after.

    >>> spaced("I can't breathe, 38.5°C, BP 80/50!")
    ' i cant breathe , 38.5 c , bp 80 over 50 . '
    """
    words_of_initials = _INITIALS.sub(lambda found: found.group().replace(".", "") + " ", text)
    plain = unicodedata.normalize("NFKD", clean(words_of_initials.replace("\n", " . ")).casefold())
    out: list[str] = []
    for at, c in enumerate(plain):
        if c in "'’" or unicodedata.combining(c) > _ACCENT:
            continue
        out.append(_piece(c, plain, at))
    words = re.sub(r"(\d)([^\W\d])", r"\1 \2", "".join(out)).split()
    words = re.sub(r"([^\W\d])(\d)", r"\1 \2", " ".join(words)).split()
    return f" {' '.join(words)} "


def _piece(c: str, text: str, at: int) -> str:
    """What stands for one character: itself, a mark between spaces, or a space."""
    if _IDEOGRAPHS.match(c):
        return f" {c} "
    if unicodedata.category(c)[0] in "LMN":
        return c
    between_digits = text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    if c in ".," and between_digits:
        return c
    if c == "/" and between_digits:
        return " over "
    if c in _SENTENCE_MARKS:
        return f" {SENTENCE} "
    return f" {CLAUSE} " if c in _CLAUSE_MARKS else " "


@dataclass(frozen=True)
class Part:
    """One part of a pattern, for texts from `spaced`. Not slotted: the expression is kept once it is asked for."""

    source: str
    needs: frozenset[str]
    """Words one of which is in every text that matches; none if that cannot be told."""

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Compiled when it is first needed: there are over a thousand, and one takes as long as many a question."""
        return re.compile(self.source)


class Shortlist(Generic[T]):
    """Things with a pattern, in their order; one word that a text lacks rules out most of them."""

    def __init__(self, things: Iterable[tuple[T, Sequence[Part]]]) -> None:
        """`things` are pairs of a thing and the parts of its pattern, which must all match."""
        self.things: list[T] = []
        self._always: list[int] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, (thing, parts) in enumerate(things):
            self.things.append(thing)
            needs = min((part.needs for part in parts if part.needs), key=len, default=frozenset())
            for places in [self._by_word[word] for word in needs] or [self._always]:
                places.append(number)

    def of(self, text: str) -> list[T]:
        """All whose pattern may match a text, and a few more."""
        numbers = chain(self._always, *(self._by_word.get(word, ()) for word in set(text.split())))
        return [self.things[number] for number in sorted(set(numbers))]


def read_pattern(pattern: str, sets: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts of a pattern, those between `&`.

    Raises ValueError for an empty part or a set that is not in `sets`.
    """
    return tuple(_part(part.split(), sets) for part in pattern.split("&"))


def _part(slots: list[str], sets: Mapping[str, str]) -> Part:
    if not slots:
        raise ValueError("a part has no words")
    source = "(?<= )" + "".join(_slot(slot, sets) for slot in slots)
    needs = (_needed(slot, sets) for slot in slots if slot != "..." and not slot.endswith("?"))
    return Part(source, min((words for words in needs if words), key=len, default=frozenset()))


def _slot(slot: str, sets: Mapping[str, str]) -> str:
    if slot == "...":
        return rf"(?:(?!{_any_of(sets[NOT_BETWEEN].split('|'))}){GAP}){{0,{_GAP_WORDS}}}"
    body = slot.removesuffix("?")
    return _any_of(_alternatives(body, sets)) + ("?" if body != slot else "")


def _needed(slot: str, sets: Mapping[str, str]) -> frozenset[str]:
    """Words one of which stands in whatever the slot matches; none if that cannot be told."""
    alternatives = _alternatives(slot, sets)
    if any(wild in alternative for alternative in alternatives for wild in _WILD):
        return frozenset()
    return frozenset(max(_plain(alternative).split(), key=len) for alternative in alternatives)


def _alternatives(slot: str, sets: Mapping[str, str]) -> list[str]:
    return [word for alternative in slot.split("|") for word in _expanded(alternative, sets)]


def _expanded(alternative: str, sets: Mapping[str, str]) -> list[str]:
    if not alternative.startswith("<"):
        return [alternative]
    name = alternative.strip("<>")
    if name not in sets:
        raise ValueError(f"no set is called '{name}'")
    return sets[name].split("|")


def _any_of(alternatives: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(_word, alternatives))})"


@cache
def _word(alternative: str) -> str:
    pieces = re.split(r"([*#])", alternative.replace("_", " "))
    if not any(piece == "#" or _plain(piece) for piece in pieces):
        raise ValueError(f"'{alternative}' has no letters")
    return "".join(_WILD.get(piece) or re.escape(_plain(piece)).replace(r"\ ", " ") for piece in pieces) + " "


@cache
def _plain(words: str) -> str:
    return spaced(words.replace("_", " ")).strip()
