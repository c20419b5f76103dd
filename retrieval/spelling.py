"""Spelling repair: a word that is no English word becomes the word of the corpus that it was meant to be.

What is repaired is only searched with; nothing of it is ever shown as the patient's words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from retrieval.text import all_words, plain_words

__all__ = ["Repair", "Speller", "english_words"]

_SHORTEST = 5
"""Shorter words are near to too many others."""

_LONG = 8
"""From here a word may be two slips away from what was meant, below it one."""

_USED = 4
"""So often the corpus must use a word before another is taken for it …"""

_OWN = 15
"""… and so often if it is no English word: a slip that phrasings repeat is no word."""

_KNOWN = 0.5
"""Share of a message's words that must be known: another language is not misspelt English."""

_ENDINGS = ("s", "es", "ed", "ing", "ly")
_LETTERS = re.compile(r"(?<!\w)[A-Za-z]+(?![\w'’])")


@dataclass(frozen=True, slots=True)
class Repair:
    """A word as it was written, and the one it is searched as."""

    written: str
    meant: str


class Speller:
    """Repairs words against those that a corpus uses."""

    def __init__(self, texts: Iterable[str], own: Collection[str] = ()) -> None:
        """`texts` are what the corpus says and is asked; the plain words `own` count however rare they are."""
        english, used, names = english_words(), Counter(all_words(texts)), frozenset(own)
        self._known = english | names | {word for word, count in used.items() if count >= _OWN}
        kept = [w for w in used.keys() | names if _repairable(w) and w in self._known]
        self._candidates: dict[str, list[str]] = defaultdict(list)
        for word in sorted((w for w in kept if w in names or used[w] >= _USED), key=lambda w: (-used[w], w)):
            self._candidates[word[0]].append(word)

    def repair(self, text: str) -> tuple[str, tuple[Repair, ...]]:
        """The text with its slips mended, and what was mended; the text itself where it is not English."""
        words = [word for word in plain_words(text).split() if word.isalpha()]
        if sum(word in self._known or len(word) < _SHORTEST for word in words) < _KNOWN * len(words):
            return text, ()
        repairs: list[Repair] = []

        def mended(match: re.Match[str]) -> str:
            meant = self._meant(match[0].lower())
            if meant is None:
                return match[0]
            repairs.append(Repair(match[0], meant))
            return meant

        return _LETTERS.sub(mended, text), tuple(repairs)

    def _meant(self, word: str) -> str | None:
        """The nearest word of the corpus, by optimal string alignment, the more used of two; None if none is near."""
        from rapidfuzz.distance import OSA

        if not _repairable(word) or word in self._known or _inflects(word, self._known):
            return None
        slips = 1 if len(word) < _LONG else 2
        near = (
            (distance, at, other)
            for at, other in enumerate(self._candidates[word[0]])
            if abs(len(other) - len(word)) <= slips
            and (distance := OSA.distance(word, other, score_cutoff=slips)) <= slips
        )
        best = min(near, default=None)
        return None if best is None else best[2]


def _repairable(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isascii() and word.isalpha()


def _inflects(word: str, known: frozenset[str]) -> bool:
    """Whether a word is a known one with an ending: the corpus may hold 'scanner' and a patient write 'scanners'."""
    return any(word.endswith(ending) and word.removesuffix(ending) in known for ending in _ENDINGS)


@cache
def english_words() -> frozenset[str]:
    """Words of English from pyspellchecker's list; only whether a word is there is used, not its guesses."""
    from spellchecker import SpellChecker

    return frozenset(word for word in SpellChecker(language="en").word_frequency.words() if word.isascii())
