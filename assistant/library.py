"""Which monographs a message is about: by the names in it, by the conversation, or by a choice."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from retrieval.corpus import Corpus
from retrieval.monograph import Monograph
from retrieval.spelling import english_words
from retrieval.text import plain_words

__all__ = ["MISSPELT", "MOST_TOGETHER", "About", "Library", "Named", "Way", "library_of"]

MISSPELT = 0.8
"""Two names as alike as this (twice their longest common subsequence over both lengths) may be one and a slip."""

MOST_TOGETHER = 3
"""Medicines that one answer is about at most: each gets a passage."""

_UNNAMED = "it"

_SHORTEST = 6
_SLIPS = 1
"""A name so many slips away (optimal string alignment) is taken to be meant; of another one the patient is asked."""


class Way(StrEnum):
    """How a medicine was found."""

    NAME = "name"
    ALIAS = "alias"
    MISSPELLING = "misspelling"
    CONVERSATION = "conversation"
    CHOSEN = "chosen"
    HOME = "of this service"
    ONLY = "only one"
    KEPT = "kept to"


@dataclass(frozen=True, slots=True)
class Named:
    """A name that stands in a message, and the monographs that it may mean."""

    words: str
    documents: tuple[str, ...]
    way: Way
    sure: bool = True
    """Whether it can be taken for a name of these; if not, the patient is asked."""


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about."""

    documents: tuple[str, ...]
    """Ids of the monographs to answer from. None: it is not known which."""
    way: Way | None = None
    words: str = ""
    """The name in the message, in plain words."""
    choices: tuple[str, ...] = ()
    """Where it is not known which: the monographs that the message may mean; none if it names none."""

    def evidence(self) -> tuple[str, ...]:
        """A line for staff; nothing to say of an only monograph."""
        if self.way == Way.ONLY:
            return ()
        if not self.documents:
            may = f"“{self.words}” may be {', '.join(self.choices)}" if self.choices else "not named"
            return (f"medicine: {may}",)
        found = f"{self.way} “{self.words}”" if self.words else f"{self.way}"
        return (f"medicine: {', '.join(self.documents)} ({found})",)


@dataclass(frozen=True, slots=True)
class Library:
    """The names of the monographs that are served."""

    documents: tuple[str, ...]
    names: Mapping[str, Mapping[str, Way]]
    """By each name, in plain words, the ids of the monographs that have it, and as what."""
    by_letter: Mapping[str, tuple[str, ...]]
    """The names of one word, by their first letter."""
    longest: int
    """Words of the longest name."""
    words: AbstractSet[str]
    """The words of the monographs: none is a misspelt name."""
    others: Container[str]
    """Names of other medicines: neither are they."""
    home: str = ""
    """Id of the monograph that messages are about where nothing says otherwise: a second medicine then changes nothing
    for the patients of the first."""
    kept: bool = False
    """Whether there are other monographs, which are none of this library: a page or a client keeps to its medicine."""

    def about(self, text: str, before: tuple[str, ...], chosen: str | None) -> About:
        """What a message is about, after messages about the monographs `before`; `chosen` was chosen for it.

        A name in the message counts more than what was before, and more than a choice of what it does not name.
        """
        if len(self.documents) == 1:
            return About(self.documents, Way.KEPT if self.kept else Way.ONLY)
        named = self.named(text)
        possible = {document for name in named for document in name.documents}
        if chosen in self.documents and (chosen in possible or not named):
            return About((str(chosen),), Way.CHOSEN)
        if not named:
            kept = tuple(document for document in before if document in self.documents)
            if not kept and self.home in self.documents:
                return About((self.home,), Way.HOME)
            return About(kept, Way.CONVERSATION if kept else None)
        return _settled(named, before)

    def unnamed(self, text: str) -> str:
        """A text with 'it' in the place of each name, to search with; the text itself in the library of one.

        The name has said where to look. There, it would draw the passages that repeat it. Alone it stays.
        """
        if len(self.documents) == 1:
            return text
        found = text
        for name in self.named(text):
            written = r"[\W_]+".join(map(re.escape, name.words.split()))
            found = re.sub(rf"(?<!\w){written}(?!\w)", _UNNAMED, found, flags=re.IGNORECASE)
        return text if set(plain_words(found).split()) <= {_UNNAMED} else found

    def named(self, text: str) -> tuple[Named, ...]:
        """The names in a message, in their order; of two that overlap the first, and the longer."""
        words, found, at = plain_words(text).split(), [], 0
        while at < len(words):
            name, length = self._name_at(words, at)
            if name is not None:
                found.append(name)
            at += length
        return tuple(found)

    def _name_at(self, words: list[str], at: int) -> tuple[Named | None, int]:
        """The name that begins at a word, and how many words it has; without a name, None and 1."""
        for length in range(min(self.longest, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if (ways := self.names.get(name)) is not None:
                way = Way.NAME if Way.NAME in ways.values() else Way.ALIAS
                return Named(name, tuple(ways), way), length
        return self._misspelt(words[at]), 1

    def _misspelt(self, word: str) -> Named | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA, Indel

        if len(word) < _SHORTEST or word in self.words or word in self.others or word in english_words():
            return None
        names = self.by_letter.get(word[0], ())
        alike = process.extract(word, names, scorer=Indel.normalized_similarity, score_cutoff=MISSPELT, limit=None)
        near = [name for name, _, _ in alike]
        if not near:
            return None
        documents = dict.fromkeys(document for name in near for document in self.names[name])
        same = all(self.names[name].keys() == self.names[near[0]].keys() for name in near)
        sure = same and OSA.distance(word, near[0], score_cutoff=_SLIPS) <= _SLIPS
        return Named(word, tuple(documents), Way.MISSPELLING, sure)


def library_of(corpus: Corpus, words: AbstractSet[str], others: Container[str], home: str = "") -> Library:
    """The names of a corpus: ids, generic names, titles and aliases."""
    names: dict[str, dict[str, Way]] = {}
    for identifier, document in corpus.documents.items():
        for name, way in _names(document.monograph):
            # A code is written with its hyphen, with a space, or in one word: 'MM-141', 'mm 141', 'mm141'.
            for written in (name, name.replace(" ", "")):
                names.setdefault(written, {}).setdefault(identifier, way)
    by_letter: dict[str, list[str]] = {}
    for name in filter(str.isalpha, names):
        by_letter.setdefault(name[0], []).append(name)
    return Library(
        tuple(corpus.documents),
        names,
        {letter: tuple(same) for letter, same in by_letter.items()},
        max(len(name.split()) for name in names),
        words,
        others,
        home,
    )


def _names(monograph: Monograph) -> list[tuple[str, Way]]:
    own = [(name, Way.NAME) for name in (monograph.id, monograph.generic_name, monograph.title)]
    written = [(plain_words(name), way) for name, way in (*own, *((alias, Way.ALIAS) for alias in monograph.aliases))]
    return [(name, way) for name, way in written if name]


def _settled(named: Sequence[Named], before: tuple[str, ...]) -> About:
    """What the names of a message mean together.

    A name that several monographs share means the one that another name names, or that the conversation is about.
    """
    words = ", ".join(name.words for name in named)
    plain = [name.documents[0] for name in named if name.sure and len(name.documents) == 1]
    known = dict.fromkeys(plain)
    for name in named:
        if name.sure and known.keys().isdisjoint(name.documents):
            if len(shared := [document for document in before if document in name.documents]) != 1:
                return About((), None, name.words, name.documents)
            known[shared[0]] = None
    if unsure := next((name for name in named if not name.sure and known.keys().isdisjoint(name.documents)), None):
        return About((), None, unsure.words, unsure.documents)
    if len(known) > MOST_TOGETHER:
        return About((), None, words, tuple(known))
    return About(tuple(known), named[0].way, words)
