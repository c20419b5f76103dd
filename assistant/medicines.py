"""Whether a message is about another medicine: by a reviewed list of names, by the ends of their kind, by a code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from assistant.patterns import Patterns, read_patterns, read_sets
from assistant.triage.lexicon import read_all
from assistant.triage.words import SENTENCE, spaced
from retrieval.corpus import Corpus
from retrieval.errors import CorpusError
from retrieval.text import clean, plain_words

__all__ = ["Medicines", "Other", "read_medicines"]

MISSPELT = 0.8
"""Two names as alike as this (difflib's ratio) are one name and its misspelling."""

_COMMON, _SPECIALIST = "common", "specialist"
_PLACES = {_COMMON: "commonmedicine", _SPECIALIST: "specialistmedicine"}
"""The words of the sets `common` and `specialist`, which stand for a name in the patterns."""

_LONGEST = 3
_SHORTEST = 6
_LEAST_BEFORE_STEM = 3
# 'MM-121', 'AMG479', 'AMG 479'; not 'in 2024', not a trial's registration number.
_CODE = re.compile(r"\b(?:(?P<letters>[A-Za-z]{2,4})-?|(?P<capitals>[A-Z]{2,3}) )(?P<digits>\d{3,6})\b(?![.,]\d)")


@dataclass(frozen=True, slots=True)
class Other:
    """Another medicine that a message is about: its name as found, what knew it, and the pattern."""

    name: str
    known_by: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Medicines:
    """Finds other medicines than those of the corpus."""

    names: Mapping[str, str]
    """Names of other medicines in plain words, each common or specialist."""
    stems: tuple[str, ...]
    own: AbstractSet[str]
    """The names and aliases of the corpus' medicines, in plain words."""
    known: AbstractSet[str]
    """The words of the monographs: a medicine that they speak of is not another one."""
    about: Patterns

    def find(self, text: str) -> Other | None:
        """The other medicine that a message is about, or None.

        A message that names a medicine of the corpus, or asks how the two go together, is about that one.
        """
        words = plain_words(text).split()
        if any(self._is_own(word) for word in words) or self._own_code(words):
            return None
        message, found = _marked(text, [*self._listed(words), *self._by_stem(words), *self._codes(text)])
        pattern = self.about.find(message) if found else None
        return Other(found[0][0], found[0][1], pattern) if pattern else None

    def _listed(self, words: list[str]) -> list[tuple[str, str, str]]:
        found = []
        for at in range(len(words)):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                name = " ".join(words[at : at + length])
                if name in self.names:
                    found.append((name, "list", self.names[name]))
                    break
        return found

    def _by_stem(self, words: list[str]) -> list[tuple[str, str, str]]:
        return [
            (word, f"stem -{stem}", _SPECIALIST)
            for word in words
            for stem in self.stems
            if word not in self.names and word not in self.known and _ends(word, stem)
        ]

    def _codes(self, text: str) -> list[tuple[str, str, str]]:
        found = []
        for match in _CODE.finditer(clean(text)):
            letters = (match["letters"] or match["capitals"]).casefold()
            if letters not in self.known or any(name.startswith(f"{letters} ") for name in self.own):
                found.append((f"{letters} {match['digits']}", "code", _SPECIALIST))
        return found

    def _is_own(self, word: str) -> bool:
        """Whether a word is a name of the corpus' medicines or a misspelling of one."""
        if word in self.own:
            return True
        if len(word) < _SHORTEST or word in self.names or word in self.known:
            return False
        alike = (name for name in self.own if name[0] == word[0] and name.isalpha())
        return any(SequenceMatcher(None, word, name).ratio() >= MISSPELT for name in alike)

    def _own_code(self, words: list[str]) -> bool:
        """Whether an alias stands there, with or without the space inside it: 'MM-141', 'mm141'."""
        text = f" {' '.join(words)} "
        return any(f" {name} " in text or f" {name.replace(' ', '')} " in text for name in self.own)


def read_medicines(folder: Path, corpus: Corpus) -> Medicines:
    """Read `medicines.jsonl`, `stems.jsonl`, `other-medicine.jsonl` and `sets.jsonl` of corpus/cues.

    A name that the corpus' monographs use is left out. Raises CorpusError for a line that cannot be used.
    """
    monographs = [document.monograph for document in corpus.documents.values()]
    own = {plain_words(name) for m in monographs for name in (m.id, m.generic_name, m.title, *m.aliases)}
    known = {word for m in monographs for word in plain_words(m.source).split()}
    path = folder / "medicines.jsonl"
    names: dict[str, str] = {}
    for line, record in read_all(path, "name kind"):
        if record["kind"] not in _PLACES:
            raise CorpusError(path, line, f"'{record['kind']}' is none of {', '.join(_PLACES)}.", "Use one of them.")
        name = plain_words(record["name"])
        if name not in own and not set(name.split()) <= known:
            names[name] = record["kind"]
    stems = tuple(record["stem"] for _, record in read_all(folder / "stems.jsonl", "stem example"))
    sets = {**read_sets(folder / "sets.jsonl"), **_PLACES}
    return Medicines(names, stems, own, known, read_patterns(folder / "other-medicine.jsonl", sets))


def _marked(text: str, found: list[tuple[str, str, str]]) -> tuple[str, list[tuple[str, str, str]]]:
    """The message as `spaced` writes it, with the place of its kind for each name, and the names that are there."""
    message, there = f" {SENTENCE}{spaced(text)}{SENTENCE} ", []
    for name, known_by, kind in found:
        inside = spaced(name)
        if inside in message:
            message = message.replace(inside, f" {_PLACES[kind]} ")
            there.append((name, known_by, kind))
    return message, there


def _ends(word: str, stem: str) -> bool:
    return word.endswith(stem) and len(word) >= len(stem) + _LEAST_BEFORE_STEM
