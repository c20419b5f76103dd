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
from collections.abc import Mapping

from retrieval.text import clean

__all__ = ["CLAUSE", "GAP", "NOT_BETWEEN", "SENTENCE", "compile_pattern", "spaced"]

SENTENCE = "."
CLAUSE = ","
GAP = rf"(?:(?![{SENTENCE}{CLAUSE}] )[^ ]+ )"
"""One word or number of the same clause, with the space after it."""

NOT_BETWEEN = "not_between"
"""The set of words that `...` does not step over."""

_SENTENCE_MARKS = frozenset(".!?;…。！？；؟؛।\n")
_CLAUSE_MARKS = frozenset(',:()[]—–、،"“”')
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
    plain = unicodedata.normalize("NFKD", clean(text.replace("\n", " . ")).casefold())
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


def compile_pattern(pattern: str, sets: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    """The regular expressions of a pattern, one for each part between `&`, for texts from `spaced`.

    Raises ValueError for an empty part or a set that is not in `sets`.
    """
    return tuple(re.compile(_part(part.split(), sets)) for part in pattern.split("&"))


def _part(slots: list[str], sets: Mapping[str, str]) -> str:
    if not slots:
        raise ValueError("a part has no words")
    return "(?<= )" + "".join(_slot(slot, sets) for slot in slots)


def _slot(slot: str, sets: Mapping[str, str]) -> str:
    if slot == "...":
        return rf"(?:(?!(?:{sets[NOT_BETWEEN]}) ){GAP}){{0,{_GAP_WORDS}}}"
    body = slot.removesuffix("?")
    words = [word for alternative in body.split("|") for word in _expanded(alternative, sets)]
    joined = "|".join(_word(word) for word in words)
    return f"(?:{joined})" + ("?" if body != slot else "")


def _expanded(alternative: str, sets: Mapping[str, str]) -> list[str]:
    if not alternative.startswith("<"):
        return [alternative]
    name = alternative.strip("<>")
    if name not in sets:
        raise ValueError(f"no set is called '{name}'")
    return sets[name].split("|")


def _word(alternative: str) -> str:
    pieces = re.split(r"([*#])", alternative.replace("_", " "))
    if not any(piece == "#" or spaced(piece).strip() for piece in pieces):
        raise ValueError(f"'{alternative}' has no letters")
    return "".join(_WILD.get(piece) or re.escape(spaced(piece).strip()).replace(r"\ ", " ") for piece in pieces) + " "
