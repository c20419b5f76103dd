"""Whether a message is about another medicine: by a reviewed list of names, by the ends of their kind, by a code."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.library import Library, library_of
from assistant.patterns import Patterns, read_patterns, read_sets
from assistant.triage.lexicon import read_all
from assistant.triage.words import SENTENCE, spaced
from retrieval.corpus import Corpus
from retrieval.errors import CorpusError
from retrieval.text import clean, plain_words

__all__ = ["Medicines", "Other", "read_medicines"]

_COMMON, _SPECIALIST = "common", "specialist"
_PLACES = {_COMMON: "commonmedicine", _SPECIALIST: "specialistmedicine"}
"""The words of the sets `common` and `specialist`, which stand for a name in the patterns."""

_LONGEST = 3
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
    library: Library
    words: Mapping[str, AbstractSet[str]]
    """The words of each monograph by its id."""
    about: Patterns

    def find(self, text: str, documents: Collection[str] | None = None) -> Other | None:
        """The other medicine that a message is about, or None.

        A message that names a medicine of the corpus, or asks how the two go together, is about that one; and one
        that the monographs `documents` speak of (all, if they are not given) is not another medicine.
        """
        if self.library.named(text) or not self._found(text, frozenset()):
            return None
        known = frozenset[str]().union(*(self.words[d] for d in (self.words if documents is None else documents)))
        message, found = _marked(text, self._found(text, known))
        pattern = self.about.find(message) if found else None
        return Other(found[0][0], found[0][1], pattern) if pattern else None

    def only(self, corpus: Corpus, document: str) -> Medicines:
        """Of one monograph alone, as if there were no other; the names of the others are known as other medicines'."""
        alone = replace(corpus, documents={document: corpus.documents[document]})
        others = {name: _SPECIALIST for name, ways in self.library.names.items() if document not in ways}
        library = replace(library_of(alone, self.words[document], self.names), kept=True)
        return replace(self, names={**self.names, **others}, library=library, words={document: self.words[document]})

    def _found(self, text: str, known: AbstractSet[str]) -> list[tuple[str, str, str]]:
        """The names of other medicines in a message: each as found, what knew it, and its kind."""
        words = plain_words(text).split()
        return [*self._listed(words, known), *self._by_stem(words, known), *self._codes(text, known)]

    def _listed(self, words: list[str], known: AbstractSet[str]) -> list[tuple[str, str, str]]:
        found = []
        for at in range(len(words)):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                name = " ".join(words[at : at + length])
                if name in self.names and not set(name.split()) <= known:
                    found.append((name, "list", self.names[name]))
                    break
        return found

    def _by_stem(self, words: list[str], known: AbstractSet[str]) -> list[tuple[str, str, str]]:
        return [
            (word, f"stem -{stem}", _SPECIALIST)
            for word in words
            if word.endswith(self.stems) and word not in self.names and word not in known
            for stem in self.stems
            if _ends(word, stem)
        ]

    def _codes(self, text: str, known: AbstractSet[str]) -> list[tuple[str, str, str]]:
        found = []
        for match in _CODE.finditer(clean(text)):
            letters = (match["letters"] or match["capitals"]).casefold()
            if letters not in known or any(name.startswith(f"{letters} ") for name in self.library.names):
                found.append((f"{letters} {match['digits']}", "code", _SPECIALIST))
        return found


def read_medicines(folder: Path, corpus: Corpus, home: str = "") -> Medicines:
    """Read `medicines.jsonl`, `stems.jsonl`, `other-medicine.jsonl` and `sets.jsonl` of corpus/cues.

    Raises CorpusError for a line that cannot be used.
    """
    words = {identifier: document.words for identifier, document in corpus.documents.items()}
    path = folder / "medicines.jsonl"
    names: dict[str, str] = {}
    for line, record in read_all(path, "name kind"):
        if record["kind"] not in _PLACES:
            raise CorpusError(path, line, f"'{record['kind']}' is none of {', '.join(_PLACES)}.", "Use one of them.")
        names[plain_words(record["name"])] = record["kind"]
    stems = tuple(record["stem"] for _, record in read_all(folder / "stems.jsonl", "stem example"))
    sets = {**read_sets(folder / "sets.jsonl"), **_PLACES}
    library = library_of(corpus, frozenset[str]().union(*words.values()), names, home)
    return Medicines(names, stems, library, words, read_patterns(folder / "other-medicine.jsonl", sets))


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
