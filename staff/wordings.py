"""Other wordings for a passage, of what is there: intents, phrasings of other medicines, what patients have shared.

A wording is offered where it is nearest to that passage of all of its medicine, is no known gap, and says something
that the attached ones do not say already. It is offered, not taken: staff accept or reject each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from retrieval.corpus import Corpus, Document
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.views import ANY_DOCUMENT, View, ViewKind, corpus_views
from staff.errors import StaffError
from staff.masking import unmasked
from staff.unanswered import Shared

__all__ = ["Suggested", "Wording", "all_wordings", "bank", "intent_wordings", "shared_wordings", "suggested"]

_NEAR = 0.6
"""Cosine similarity to a view of the passage from which a wording is offered: of 30 drawn at random above it for two
leaflets, 22 were right; of 9 between 0.55 and it, two."""
_SAME = 0.95
"""From which two wordings say the same in the same words."""
_MOST = 20
"""Offered for a passage."""
_LARGEST = 20_000
"""Wordings that are looked through: some seconds the first time, their vectors are kept."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A question, and where it comes from in words."""

    text: str
    source: str
    of_patient: bool = False
    """Written by a patient: it is kept nowhere but among the shared questions, and not as a vector either."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A wording for a passage. `score` is its cosine similarity to the nearest view of the passage."""

    passage: str
    wording: Wording
    score: float


def bank(corpus: Corpus, document: str) -> tuple[Wording, ...]:
    """The phrasings of all other medicines, with this one's name in the place of theirs."""
    name = corpus.documents[document].monograph.generic_name
    return tuple(
        Wording(_renamed(phrasing.question, other, name), f"asked of {other.monograph.title}")
        for other in corpus.documents.values()
        if other.monograph.id != document
        for phrasing in other.phrasings
    )


def intent_wordings(corpus: Corpus) -> tuple[Wording, ...]:
    """The wordings of the intents: what patients ask about any medicine."""
    return tuple(Wording(q, f"intent {intent.id}") for intent in corpus.intents.values() for q in intent.questions)


def shared_wordings(shared: Iterable[Shared]) -> Iterator[Wording]:
    """What patients have shared, without masks; what is nothing then is left out."""
    yield from (
        Wording(text, "shared by a patient", of_patient=True)
        for s in shared
        if len((text := unmasked(s.masked)).split()) > 1
    )


def all_wordings(corpus: Corpus, document: str, shared: Iterable[Shared] = ()) -> tuple[Wording, ...]:
    """All that there is for a document: what patients have shared first, intents, then other medicines' phrasings."""
    return (*shared_wordings(shared), *intent_wordings(corpus), *bank(corpus, document))


def suggested(
    corpus: Corpus,
    document: str,
    passages: Sequence[str],
    wordings: Iterable[Wording],
    encoder: Encoder,
    cached: Encoder | None = None,
    progress: Progress | None = None,
) -> tuple[Suggested, ...]:
    """The best wordings for each of these passages of a document, the passages in their order.

    `cached` keeps the vectors of the corpus's texts (CachedEncoder); what patients wrote goes through
    `encoder` alone. Raises StaffError for an id that is none.
    """
    asking, encoder = encoder, cached or encoder
    own = [v for v in corpus_views(corpus) if v.document in (document, ANY_DOCUMENT)]
    leading, gaps = ([v for v in own if (v.kind == ViewKind.GAP) is gap] for gap in (False, True))
    places = {name: at for at, name in enumerate(dict.fromkeys(v.passage for v in leading))}
    if missing := [passage for passage in passages if passage not in places]:
        raise StaffError(f"'{missing[0]}' is no passage of '{document}' that can be shown.")
    known = {v.text.casefold() for v in own}
    distinct = {w.text.casefold(): w for w in wordings}
    fresh = [wording for text, wording in distinct.items() if text not in known][:_LARGEST]
    if not fresh:
        return ()
    fresh.sort(key=lambda wording: wording.of_patient)
    ours, theirs = ([w.text for w in fresh if w.of_patient is of] for of in (False, True))
    vectors = np.vstack([by.encode(texts, progress) for by, texts in ((encoder, ours), (asking, theirs)) if texts])
    near = _nearest(vectors, sorted(leading, key=lambda view: places[view.passage]), encoder)
    gap = (vectors @ encoder.encode([v.text for v in gaps]).T).max(axis=1) if gaps else np.full(len(fresh), -1.0)
    best = near.argmax(axis=1)
    found: list[Suggested] = []
    for passage in passages:
        scores = near[:, places[passage]]
        rows = np.flatnonzero((best == places[passage]) & (scores >= _NEAR) & (scores > gap))
        said = [v.text for v in leading if v.passage == passage and v.kind == ViewKind.PHRASING]
        kept = _different(rows[np.argsort(-scores[rows], kind="stable")], vectors, encoder.encode(said) if said else ())
        found += [Suggested(passage, fresh[row], float(scores[row])) for row in kept]
    return tuple(found)


def _nearest(vectors: Vectors, views: Sequence[View], encoder: Encoder) -> Vectors:
    """The similarity of each vector to the nearest view of each passage; the views of a passage stand together.

    Shape (vectors, passages).
    """
    starts = [next(iter(group))[0] for _, group in groupby(enumerate(views), lambda pair: pair[1].passage)]
    likeness: Vectors = np.maximum.reduceat(vectors @ encoder.encode([v.text for v in views]).T, starts, axis=1)
    return likeness


def _different(rows: Iterable[np.intp], vectors: Vectors, said: Iterable[Vectors]) -> list[int]:
    """The first rows, up to so many, that neither what was said nor a row before them says already."""
    others, kept = list(said), list[int]()
    for row in rows:
        if len(kept) < _MOST and all(float(vectors[row] @ other) < _SAME for other in others):
            others.append(vectors[row])
            kept.append(int(row))
    return kept


def _renamed(question: str, other: Document, name: str) -> str:
    """A question about another medicine, asked of this one."""
    monograph = other.monograph
    names = sorted({monograph.title, monograph.generic_name, *monograph.aliases, monograph.id}, key=len, reverse=True)
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"(?i)(?<!\w)(?:{pattern})(?!\w)", name, question)
