"""From matching views to ranked passages: pure functions over scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.lexical import LEXICAL_WEIGHT
from retrieval.passages import Passage
from retrieval.store import Matches
from retrieval.views import NOWHERE, View, ViewKind, ViewTable

__all__ = [
    "BEST",
    "DEPTH",
    "GAPS",
    "INTENT_TEXT_WEIGHT",
    "SAME",
    "TEXT_WEIGHT",
    "Ranked",
    "apart",
    "holds",
    "nearest_gaps",
    "overlap",
    "rank",
]

_Found = TypeVar("_Found")

DEPTH = 1024
"""How many views are looked at for one question."""

BEST = 3
"""Phrasings count by the mean of a passage's best three: one chance neighbour is not enough. Where a passage's own text
is nearer than one of them, or there are fewer, its text stands in: a phrasing can only help its passage."""

GAPS = 3
"""How many of the nearest gaps are told of."""

SAME = 0.9999
"""Cosine similarity of a text with itself, but for rounding."""

TEXT_WEIGHT = 0.2
"""Weight of the passage's own text beside its phrasings (docs/decisions/0005-ranking.md) …"""

INTENT_TEXT_WEIGHT = 0.8
"""… and where all of those are wordings of intents, which know less of this medicine (0027)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's score and the parts that made it."""

    passage: str
    score: float
    phrasing: float | None
    text: float
    lexical: float
    likely: float = 0.0
    """Of a message read after others how likely it is the best of the candidates (retrieval/follow_up.py); else 0."""


def rank(matches: Matches, table: ViewTable, lexical: Mapping[str, float]) -> list[Ranked]:
    """Score every passage that has a view among `matches`, best first; ties in order of id.

    `lexical` is the lexical evidence for passages, in [0, 1]; 0 for those it lacks.
    A text that is not among the matches cannot be nearer than the last of them, so the last score stands in for it.
    """
    leading = matches.ids[table.passages[matches.ids] != NOWHERE]
    found = np.unique(table.passages[leading])

    def best(of: NDArray[np.bool_], most: int) -> NDArray[np.float64]:
        return _best(np.searchsorted(found, table.passages[matches.ids[of]]), matches.scores[of], len(found), most)

    asked = table.are(ViewKind.PHRASING, matches.ids)
    phrasings = best(asked, BEST)
    texts = best(~asked & (table.passages[matches.ids] != NOWHERE), 1)[:, 0]
    texts[np.isnan(texts)] = matches.scores[-1] if len(matches) else 0.0
    names = [table.names[number] for number in found.tolist()]
    evidence = np.array([lexical.get(name, 0.0) for name in names])
    by_text = texts + LEXICAL_WEIGHT * evidence
    votes = np.concatenate([np.nan_to_num(phrasings, nan=-1.0), np.repeat(by_text[:, None], BEST, axis=1)], axis=1)
    by_phrasing = -np.sort(-votes, axis=1)[:, :BEST].mean(axis=1)
    attached = np.isin(found, table.passages[matches.ids[asked & ~table.worded[matches.ids]]])
    weights = np.where(attached, TEXT_WEIGHT, INTENT_TEXT_WEIGHT)
    scores = (by_phrasing + weights * by_text) / (1 + weights)
    # A question that staff attached word for word is its passage's, however few others are attached to it.
    scores = np.where(phrasings[:, 0] >= SAME, np.maximum(scores, 1.0), scores)
    columns = (scores, np.where(np.isnan(phrasings[:, 0]), np.nan, by_phrasing), texts, evidence)
    ranked = [
        Ranked(name, score, None if math.isnan(phrasing) else phrasing, text, words)
        for name, score, phrasing, text, words in zip(names, *(column.tolist() for column in columns), strict=True)
    ]
    return sorted(ranked, key=lambda r: (-r.score, r.passage))


def nearest_gaps(matches: Matches, table: ViewTable) -> tuple[tuple[View, float], ...]:
    """The gaps among the matches and how near each is, in the order of the matches; at most GAPS."""
    places = np.flatnonzero(table.are(ViewKind.GAP, matches.ids))[:GAPS]
    return tuple((table.views[matches.ids[place]], float(matches.scores[place])) for place in places)


def apart(found: Iterable[_Found], passage_of: Callable[[_Found], Passage], k: int) -> list[_Found]:
    """The first k, leaving out what shares text with an earlier one: a bullet after its list, or a table after its
    row, says the same thing twice."""
    kept: list[_Found] = []
    for candidate in found:
        if not any(overlap(passage_of(one), passage_of(candidate)) for one in kept):
            kept.append(candidate)
        if len(kept) == k:
            break
    return kept


def holds(outer: Passage, inner: Passage) -> bool:
    """Whether a passage is another, or a list or table that the other stands in."""
    return outer.document == inner.document and outer.start <= inner.start and inner.end <= outer.end


def overlap(one: Passage, other: Passage) -> bool:
    """Whether two passages share text."""
    return one.document == other.document and one.start < other.end and other.start < one.end


def _best(rows: NDArray[np.intp], scores: Vectors, count: int, most: int) -> NDArray[np.float64]:
    """The first scores of each of `count` rows, in the order given: shape (count, most), NaN where there are fewer."""
    order = np.argsort(rows, kind="stable")
    rows, scores = rows[order], scores[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = places < most
    found = np.full((count, most), np.nan)
    found[rows[kept], places[kept]] = scores[kept]
    return found
