"""From matching views to ranked passages: pure functions over scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.lexical import LEXICAL_WEIGHT
from retrieval.passages import Passage
from retrieval.store import Matches
from retrieval.views import NOWHERE, View, ViewKind, ViewTable

__all__ = ["BEST", "DEPTH", "GAPS", "TEXT_WEIGHT", "Ranked", "holds", "margin", "nearest_gaps", "rank", "without_parts"]

DEPTH = 1024
"""How many views are looked at for one question."""

BEST = 3
"""Phrasings count by the mean of a passage's best three: one chance neighbour is not enough."""

GAPS = 3
"""How many of the nearest gaps are told of."""

_VOTES = 5
_NEIGHBOURS = 60
_WIDTH = 0.05
_LEAST = 1e-9

TEXT_WEIGHT = 0.2
"""Weight of the passage's own text beside its phrasings (docs/decisions/0005-ranking.md)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's score and the parts that made it."""

    passage: str
    score: float
    phrasing: float | None
    text: float
    lexical: float


def rank(matches: Matches, table: ViewTable, lexical: Mapping[str, float]) -> list[Ranked]:
    """Score every passage that has a view among `matches`, best first; ties in order of id.

    `lexical` is the lexical evidence for passages, in [0, 1]; 0 for those it lacks.
    A view that is not among the matches cannot be nearer than the last of them, so the last score
    stands in for it.
    """
    leading = matches.ids[table.passages[matches.ids] != NOWHERE]
    found = np.unique(table.passages[leading])

    def best(kind: ViewKind, most: int) -> NDArray[np.float64]:
        of = table.are(kind, matches.ids)
        return _best(np.searchsorted(found, table.passages[matches.ids[of]]), matches.scores[of], len(found), most)

    phrasings, texts = best(ViewKind.PHRASING, BEST), best(ViewKind.TEXT, 1)[:, 0]
    asked = ~np.isnan(phrasings[:, 0])
    floor = matches.scores[-1] if len(matches) else 0.0
    phrasings[np.isnan(phrasings)] = texts[np.isnan(texts)] = floor
    names = [table.names[number] for number in found.tolist()]
    evidence = np.array([lexical.get(name, 0.0) for name in names])
    by_text, by_phrasing = texts + LEXICAL_WEIGHT * evidence, phrasings.sum(axis=1) / BEST
    scores = np.where(asked, (by_phrasing + TEXT_WEIGHT * by_text) / (1 + TEXT_WEIGHT), by_text)
    columns = (scores, np.where(asked, by_phrasing, np.nan), texts, evidence)
    ranked = [
        Ranked(name, score, None if math.isnan(phrasing) else phrasing, text, words)
        for name, score, phrasing, text, words in zip(names, *(column.tolist() for column in columns), strict=True)
    ]
    return sorted(ranked, key=lambda r: (-r.score, r.passage))


def margin(matches: Matches, table: ViewTable) -> float | None:
    """How much nearer a question is to answered questions than to known gaps; above 0 if nearer.

    Two votes, added. One is the mean of the best five phrasings less that of the best five gaps. The
    other is the log odds of a soft vote of the nearest sixty, where a neighbour with similarity s has
    the weight exp(s / 0.05): as in Neighbourhood Components Analysis (Goldberger et al., NIPS 2004),
    scaled back to the size of a similarity. None if there is no question of one kind among the matches.
    """
    known, gaps = (
        matches.scores[table.are(kind, matches.ids)].astype(np.float64) for kind in (ViewKind.PHRASING, ViewKind.GAP)
    )
    if not len(known) or not len(gaps):
        return None
    nearest = np.sort(np.concatenate([known[:_NEIGHBOURS], gaps[:_NEIGHBOURS]]))[::-1][:_NEIGHBOURS]
    weights = [np.exp((of[of >= nearest[-1]] - nearest[0]) / _WIDTH).sum() + _LEAST for of in (known, gaps)]
    return float(known[:_VOTES].mean() - gaps[:_VOTES].mean() + _WIDTH * math.log(weights[0] / weights[1]))


def nearest_gaps(matches: Matches, table: ViewTable) -> tuple[tuple[View, float], ...]:
    """The gaps among the matches and how near each is, in the order of the matches; at most GAPS."""
    places = np.flatnonzero(table.are(ViewKind.GAP, matches.ids))[:GAPS]
    return tuple((table.views[matches.ids[place]], float(matches.scores[place])) for place in places)


def without_parts(ranked: Iterable[Ranked], passages: Mapping[str, Passage], k: int) -> list[Ranked]:
    """The first k, leaving out what an earlier one already shows: a bullet after its whole list."""
    kept: list[Ranked] = []
    for candidate in ranked:
        inner = passages[candidate.passage]
        if not any(holds(passages[r.passage], inner) for r in kept):
            kept.append(candidate)
        if len(kept) == k:
            break
    return kept


def holds(outer: Passage, inner: Passage) -> bool:
    """Whether a passage is another, or a list or table that the other stands in."""
    return outer.document == inner.document and outer.start <= inner.start and inner.end <= outer.end


def _best(rows: NDArray[np.intp], scores: Vectors, count: int, most: int) -> NDArray[np.float64]:
    """The first scores of each of `count` rows, in the order given: shape (count, most), NaN where there are fewer."""
    order = np.argsort(rows, kind="stable")
    rows, scores = rows[order], scores[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = places < most
    found = np.full((count, most), np.nan)
    found[rows[kept], places[kept]] = scores[kept]
    return found
