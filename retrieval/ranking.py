"""From matching views to ranked passages: pure functions over scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.passages import Passage
from retrieval.store import Match
from retrieval.views import View, ViewKind

__all__ = ["BEST", "DEPTH", "TEXT_WEIGHT", "Ranked", "blend", "margin", "rank", "without_parts"]

DEPTH = 1024
"""How many views are looked at for one question."""

BEST = 3
"""Questions count by the mean of the best three: one chance neighbour is not enough."""

TEXT_WEIGHT = 0.2
"""Weight of the passage's own text beside its phrasings (docs/decisions/0005-ranking.md)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's score and the parts that made it. `matches` are its views, best first."""

    passage: str
    score: float
    phrasing: float | None
    text: float
    matches: tuple[Match, ...]


def rank(matches: Sequence[Match], views: Sequence[View]) -> list[Ranked]:
    """Score every passage that has a view among `matches`, best first; ties in order of id.

    A view that is not among the matches cannot be nearer than the last of them, so the last score
    stands in for it.
    """
    if not matches:
        return []
    floor = min(match.score for match in matches)
    by_passage: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if views[match.id].kind != ViewKind.GAP:
            by_passage[views[match.id].passage].append(match)
    ranked = [_score(passage, found, views, floor) for passage, found in by_passage.items()]
    return sorted(ranked, key=lambda r: (-r.score, r.passage))


def margin(matches: Sequence[Match], views: Sequence[View]) -> float | None:
    """How much nearer a question is to answered questions than to known gaps, in [-2, 2].

    The mean of the best three phrasings less the mean of the best three gaps; None if the corpus has
    none of one kind among the matches.
    """
    means = []
    for kind in (ViewKind.PHRASING, ViewKind.GAP):
        scores = sorted((m.score for m in matches if views[m.id].kind == kind), reverse=True)[:BEST]
        if not scores:
            return None
        means.append(sum(scores) / len(scores))
    return means[0] - means[1]


def blend(alone: Sequence[Ranked], in_context: Sequence[Ranked]) -> list[Ranked]:
    """The mean of two rankings of one question: as asked, and read after the question before it.

    A follow-up ("and how long does that take?") is known by the second, a new topic by the first. A
    passage that only one of them holds gets the other's last score; if one of them holds none, neither
    does the whole. The parts kept are the question's own.
    """
    if not alone or not in_context:
        return []
    own, other = ({r.passage: r for r in ranking} for ranking in (alone, in_context))
    floors = [min(r.score for r in ranking) for ranking in (alone, in_context)]
    blended = []
    for passage, kept in (other | own).items():
        scores = [
            held[passage].score if passage in held else floor for held, floor in zip((own, other), floors, strict=True)
        ]
        blended.append(replace(kept, score=sum(scores) / 2))
    return sorted(blended, key=lambda r: (-r.score, r.passage))


def without_parts(ranked: Iterable[Ranked], passages: Mapping[str, Passage], k: int) -> list[Ranked]:
    """The first k, leaving out what an earlier one already shows: a bullet after its whole list."""
    kept: list[Ranked] = []
    for candidate in ranked:
        inner = passages[candidate.passage]
        if not any(_holds(passages[r.passage], inner) for r in kept):
            kept.append(candidate)
        if len(kept) == k:
            break
    return kept


def _holds(outer: Passage, inner: Passage) -> bool:
    return outer.document == inner.document and outer.start <= inner.start and inner.end <= outer.end


def _score(passage: str, matches: Sequence[Match], views: Sequence[View], floor: float) -> Ranked:
    def scores(kind: ViewKind) -> list[float]:
        return sorted((m.score for m in matches if views[m.id].kind == kind), reverse=True)

    text = max(scores(ViewKind.TEXT), default=floor)
    best = scores(ViewKind.PHRASING)[:BEST]
    ordered = tuple(sorted(matches, key=lambda m: (-m.score, m.id)))
    if not best:
        return Ranked(passage, text, None, text, ordered)
    phrasing = sum(best + [floor] * (BEST - len(best))) / BEST
    score = (phrasing + TEXT_WEIGHT * text) / (1 + TEXT_WEIGHT)
    return Ranked(passage, score, phrasing, text, ordered)
