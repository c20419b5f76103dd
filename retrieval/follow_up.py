"""The order of what is found for a message that leans on others: what each reading of it makes of a passage, weighed
by a small network (docs/decisions/0006-follow-ups.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.passages import Passage
from retrieval.ranking import Ranked, apart

__all__ = ["CANDIDATES", "HIDDEN", "READINGS", "Order", "candidates", "in_order", "ordered", "reading_figures"]

READINGS = ("alone", "after the question", "after the words shown", "together")
"""The readings of a message that leans on others; the last one finds the candidates."""

CANDIDATES = 12
"""How many of the best passages are put in order; the others follow as they were."""

HIDDEN = 8


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A network of one hidden layer (rectified linear). What it gives the candidates makes each one's probability to be
    first, as in ListNet (Cao et al., ICML 2007); it learned to put one first that answers."""

    inner: NDArray[np.float64]
    """Shape (len(READINGS) + 1, HIDDEN): weights of the figures, then what is added."""
    outer: NDArray[np.float64]
    """Shape (HIDDEN,)."""

    def likely(self, figures: NDArray[np.float64]) -> NDArray[np.float64]:
        """For figures of shape (candidates, len(READINGS)) how likely each is the best answer, of sum 1."""
        scores = np.maximum(figures @ self.inner[:-1] + self.inner[-1], 0.0) @ self.outer
        weights = np.exp(scores - scores.max(initial=-np.inf))
        return np.asarray(weights / weights.sum())


def ordered(
    rankings: Sequence[list[Ranked]], order: Order | None, passage_of: Callable[[Ranked], Passage]
) -> list[Ranked]:
    """The ranking of the last reading; of a message with all of READINGS in the order that was learned, if any was."""
    if len(rankings) != len(READINGS) or not rankings[-1] or order is None:
        return rankings[-1]
    best, figures = candidates(rankings, passage_of)
    return in_order(rankings[-1], best, order.likely(figures).tolist())


def candidates(
    rankings: Sequence[Sequence[Ranked]], passage_of: Callable[[Ranked], Passage]
) -> tuple[list[Ranked], NDArray[np.float64]]:
    """The best passages of a message that leans on others, and what each reading makes of them."""
    best = apart(rankings[-1], passage_of, CANDIDATES)
    return best, reading_figures(rankings, [one.passage for one in best])


def reading_figures(rankings: Sequence[Sequence[Ranked]], passages: Sequence[str]) -> NDArray[np.float64]:
    """By how much less each reading gives a passage than its own best one: shape (len(passages), len(READINGS)).

    What a reading did not find has the least that it gave.
    """
    return np.stack([_behind(one, passages) for one in rankings], axis=1)


def in_order(ranking: Sequence[Ranked], candidates: Sequence[Ranked], likely: Sequence[float]) -> list[Ranked]:
    """A ranking with its candidates first, the likeliest before; ties as they were. Each says how likely it is."""
    known = [replace(one, likely=share) for one, share in zip(candidates, likely, strict=True)]
    taken = {one.passage for one in candidates}
    return [*sorted(known, key=lambda one: -one.likely), *(one for one in ranking if one.passage not in taken)]


def _behind(ranking: Sequence[Ranked], passages: Sequence[str]) -> NDArray[np.float64]:
    scores = {one.passage: one.score for one in ranking}
    least = ranking[-1].score if ranking else 0.0
    best = ranking[0].score if ranking else 0.0
    return np.array([scores.get(passage, least) - best for passage in passages])
