"""Views: the texts by which a passage can be found. All of them stand in the one index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.blocks import Kind, Span
from retrieval.corpus import Corpus, Document
from retrieval.heading_lines import names_a_topic
from retrieval.passages import Level, Passage, Role
from retrieval.questions import Gap
from retrieval.text import searchable

__all__ = [
    "ANY_DOCUMENT",
    "NOWHERE",
    "View",
    "ViewKind",
    "ViewTable",
    "corpus_views",
    "document_views",
    "shown_words",
    "view_ranges",
    "view_table",
    "views_sha256",
]

ANY_DOCUMENT = ""
"""In the place of a document's id: what holds for every one."""


NOWHERE = -1
"""In the place of a passage's number."""


_SHOWN_BEFORE = 200
"""Characters: what a passage is about is said at its beginning, and the message shall still count beside it."""


class ViewKind(StrEnum):
    TEXT = "text"
    SENTENCE = "sentence"
    PHRASING = "phrasing"
    GAP = "gap"


_KINDS = {kind: place for place, kind in enumerate(ViewKind)}


@dataclass(frozen=True, slots=True)
class View:
    """One text that is embedded, and the passage that it leads to; a gap leads to none.

    `text` is what is searched, so a monograph's soft hyphens and ligatures are not in it; its offsets are the source's.
    """

    passage: str
    kind: ViewKind
    text: str
    start: int
    end: int
    """The offsets to highlight when this view matches: the sentence's, else the passage's."""
    topic: str = ""
    """What a gap is about."""
    document: str = ANY_DOCUMENT
    """Id of the monograph that it is a view of, or whose gap it is."""


def corpus_views(corpus: Corpus) -> tuple[View, ...]:
    """Every view of every showable passage, and every gap; a view's position is its number in the store.

    The views of a document stand together, and so do the gaps of all.
    """
    views = (view for document in corpus.documents.values() for view in document_views(document))
    return (*views, *(_gap_view(gap) for gap in corpus.gaps))


@dataclass(frozen=True, slots=True)
class ViewTable:
    """Views, and what each is and leads to in arrays of shape (views,), so that a thousand are ranked at once."""

    views: Sequence[View]
    kinds: NDArray[np.int8]
    """By the place of its kind in ViewKind."""
    passages: NDArray[np.int32]
    """By the number of its passage; NOWHERE for a gap."""
    names: Sequence[str]
    """The passages by their numbers."""
    numbers: Mapping[str, int]

    def are(self, kind: ViewKind, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the views with these numbers are of a kind."""
        return np.equal(self.kinds[numbers], _KINDS[kind])


def view_table(views: Sequence[View]) -> ViewTable:
    numbers = {"": NOWHERE}
    for view in views:
        numbers.setdefault(view.passage, len(numbers) - 1)
    return ViewTable(
        views,
        np.array([_KINDS[view.kind] for view in views], dtype=np.int8),
        np.array([numbers[view.passage] for view in views], dtype=np.int32),
        list(numbers)[1:],
        numbers,
    )


def view_ranges(views: Sequence[View]) -> Mapping[str, range]:
    """The numbers of the views of each document, by its id; under ANY_DOCUMENT those that hold for every one."""
    ranges: dict[str, range] = {}
    for document, numbers in groupby(range(len(views)), lambda number: views[number].document):
        first, *rest = numbers
        ranges[document] = range(first, first + 1 + len(rest))
    return ranges


def views_sha256(views: Sequence[View]) -> str:
    """One hash over all that is embedded and what it leads to."""
    digest = hashlib.sha256()
    for view in views:
        digest.update("\x1f".join([view.passage, view.kind, view.topic, view.text]).encode() + b"\x1e")
    return digest.hexdigest()


def document_views(document: Document) -> Iterator[View]:
    """The views of one document: its passages and sentences, then its phrasings and gaps."""
    source, own = document.monograph.source, document.monograph.id
    for passage in document.passages.showable():
        above = _context_words(source, passage)
        text = searchable(f"{above}{_words(source, passage.content)}")
        yield View(passage.id, ViewKind.TEXT, text, passage.start, passage.end, document=own)
        for sentence in _sentences(document, passage):
            text = searchable(f"{above}{sentence.text}")
            yield View(passage.id, ViewKind.SENTENCE, text, sentence.start, sentence.end, document=own)
    for phrasing in document.phrasings:
        passage = document.passages.by_id[phrasing.passage]
        yield View(passage.id, ViewKind.PHRASING, phrasing.question, passage.start, passage.end, document=own)
    yield from (_gap_view(gap, own) for gap in document.gaps)


def shown_words(source: str, passage: Passage) -> str:
    """The words of a passage as they stand before a message that may lean on them: its beginning, whole words."""
    words = searchable(_words(source, passage.content))
    return words if len(words) <= _SHOWN_BEFORE else words[:_SHOWN_BEFORE].rpartition(" ")[0]


def _gap_view(gap: Gap, document: str = ANY_DOCUMENT) -> View:
    return View("", ViewKind.GAP, gap.question, 0, 0, gap.topic, document)


def _sentences(document: Document, passage: Passage) -> Sequence[Passage]:
    """The sentences of a block that say less than the block: not an only one, not a row's label."""
    if passage.level != Level.BLOCK:
        return ()
    sentences = document.passages.inside(Level.SENTENCE, passage)
    if passage.kind == Kind.TABLE_ROW:
        return [s for s in sentences if s.start >= passage.content[0].end]
    return sentences if len(sentences) > 1 else ()


def _context_words(source: str, passage: Passage) -> str:
    """The headings above a passage, as words: patients ask for what only the heading names."""
    headings = [source[c.start : c.end] for c in passage.context if c.role == Role.HEADING]
    marked = [heading.strip("# ") for heading in headings if heading.startswith("#")]
    # Of those without a mark the nearest: what stands further out, and how often it happens, only dilutes the words.
    nearest = [heading.rstrip(":") for heading in headings if not heading.startswith("#") and names_a_topic(heading)]
    return "".join(f"{heading}: " for heading in [*marked, *nearest[-1:]])


def _words(source: str, content: Sequence[Span]) -> str:
    return ". ".join(source[s.start : s.end].rstrip(".:") for s in content) + "."
