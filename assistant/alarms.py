"""What the monograph itself says to do in an emergency, for a place beside the alarm."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from retrieval.results import Hit, Readings
from retrieval.retriever import Retriever

__all__ = ["instructions_beside"]

_MOST = 2
"""At most so many of the monograph's instructions stand beside an alarm: it must be read in seconds."""

_SCORE_FROM = 0.3
"""… and only if its score is at least this."""


def instructions_beside(
    retriever: Retriever, approved: AbstractSet[str], readings: Readings, documents: Iterable[str]
) -> list[Hit]:
    """The passages nearest to a message, best first, of those that staff have approved for it (ids `approved`)."""
    every = len(retriever.index.views)
    hits = (hit for document in documents for hit in retriever.find(readings, every, document).hits)
    fit = [hit for hit in hits if hit.passage.id in approved and hit.score >= _SCORE_FROM]
    return sorted(fit, key=lambda hit: -hit.score)[:_MOST]
