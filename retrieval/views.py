"""Views: the texts by which a passage can be found. All of them stand in the one index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.corpus import Corpus, Document
from retrieval.passage_views import passage_views, shown_words
from retrieval.questions import Gap
from retrieval.view import ANY_DOCUMENT, View, ViewKind

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

NOWHERE = -1
"""In the place of a passage's number."""

_KINDS = {kind: place for place, kind in enumerate(ViewKind)}


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
    worded: NDArray[np.bool_]
    """Which are wordings of intents: the same for every medicine, and decided on for this one."""

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
        np.array([view.kind == ViewKind.PHRASING and bool(view.topic) for view in views], dtype=bool),
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
    own, views = document.monograph.id, passage_views(document.passages)
    yield from views
    places = {view.passage: (view.start, view.end) for view in views if view.kind == ViewKind.TEXT}
    for phrasing in document.phrasings:
        place = places[phrasing.passage]
        yield View(phrasing.passage, ViewKind.PHRASING, phrasing.question, *place, phrasing.intent, own)
    yield from (_gap_view(gap, own) for gap in document.gaps)


def _gap_view(gap: Gap, document: str = ANY_DOCUMENT) -> View:
    return View("", ViewKind.GAP, gap.question, 0, 0, gap.topic, document)
