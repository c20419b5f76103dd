"""From matching views to ranked passages: pure functions over scores."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from retrieval.lexical import LEXICAL_WEIGHT
from retrieval.passages import Passage
from retrieval.store import Match
from retrieval.views import View, ViewKind

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
    """A passage's score and the parts that made it. `matches` are its views, best first."""

    passage: str
    score: float
    phrasing: float | None
    text: float
    lexical: float
    matches: tuple[Match, ...]


def rank(matches: Sequence[Match], views: Sequence[View], lexical: Mapping[str, float]) -> list[Ranked]:
    """Score every passage that has a view among `matches`, best first; ties in order of id.

    `matches` are in the order of VectorStore.search, best first.
    `lexical` is the lexical evidence for passages, in [0, 1]; 0 for those it lacks.
    A view that is not among the matches cannot be nearer than the last of them, so the last score
    stands in for it.
    """
    if not matches:
        return []
    floor = matches[-1].score
    by_passage: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if (view := views[match.id]).kind != ViewKind.GAP:
            by_passage[view.passage].append(match)
    ranked = [_score(passage, found, views, floor, lexical.get(passage, 0.0)) for passage, found in by_passage.items()]
    return sorted(ranked, key=lambda r: (-r.score, r.passage))


def margin(matches: Sequence[Match], views: Sequence[View]) -> float | None:
    """How much nearer a question is to answered questions than to known gaps; above 0 if nearer.

    Two votes, added. One is the mean of the best five phrasings less that of the best five gaps. The
    other is the log odds of a soft vote of the nearest sixty, where a neighbour with similarity s has
    the weight exp(s / 0.05): as in Neighbourhood Components Analysis (Goldberger et al., NIPS 2004),
    scaled back to the size of a similarity. None if there is no question of one kind among the matches,
    which are in the order of VectorStore.search.
    """
    kinds = [views[match.id].kind for match in matches]
    known = [match.score for match, kind in zip(matches, kinds, strict=True) if kind == ViewKind.PHRASING]
    gaps = [match.score for match, kind in zip(matches, kinds, strict=True) if kind == ViewKind.GAP]
    if not known or not gaps:
        return None
    means = [sum(best[:_VOTES]) / len(best[:_VOTES]) for best in (known, gaps)]
    nearest = sorted(known[:_NEIGHBOURS] + gaps[:_NEIGHBOURS], reverse=True)[:_NEIGHBOURS]
    near = [list(takewhile(lambda score: score >= nearest[-1], of)) for of in (known, gaps)]
    weights = [sum(math.exp((score - nearest[0]) / _WIDTH) for score in of) for of in near]
    return means[0] - means[1] + _WIDTH * math.log((weights[0] + _LEAST) / (weights[1] + _LEAST))


def nearest_gaps(matches: Sequence[Match], views: Sequence[View]) -> tuple[tuple[View, float], ...]:
    """The gaps among the matches and how near each is, in the order of the matches; at most GAPS."""
    found = ((views[match.id], match.score) for match in matches)
    return tuple(islice((pair for pair in found if pair[0].kind == ViewKind.GAP), GAPS))


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


def _score(passage: str, matches: Sequence[Match], views: Sequence[View], floor: float, lexical: float) -> Ranked:
    def scores(kind: ViewKind, most: int) -> list[float]:
        return list(islice((m.score for m in matches if views[m.id].kind == kind), most))

    text = next(iter(scores(ViewKind.TEXT, 1)), floor)
    best = scores(ViewKind.PHRASING, BEST)
    if not best:
        return Ranked(passage, text + LEXICAL_WEIGHT * lexical, None, text, lexical, tuple(matches))
    phrasing = sum(best + [floor] * (BEST - len(best))) / BEST
    score = (phrasing + TEXT_WEIGHT * (text + LEXICAL_WEIGHT * lexical)) / (1 + TEXT_WEIGHT)
    return Ranked(passage, score, phrasing, text, lexical, tuple(matches))
