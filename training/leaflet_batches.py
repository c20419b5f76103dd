"""Batches from one leaflet: questions against its own lines, which are each other's hard negatives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.leaflets import Leaflet, Question

__all__ = ["LeafletBatch", "LeafletSampler"]

_ANSWERED = 14
_NEAR_MISSES = 7
_EVERYDAY = 3
_VIEWS = 48
_RIGHT = 2
"""Views of the right passages that stand beside each question."""
_NEAR = 6
"""… and one so near to a right one in the leaflet: what stands together is about the same."""
_WHOLE = 2
"""A passage that shows more lines than this, and more than those that answer, is neither right nor wrong: a list."""


@dataclass(frozen=True, slots=True, eq=False)
class LeafletBatch:
    """The texts of one step."""

    answered: tuple[Question, ...]
    near_misses: tuple[Question, ...]
    """Questions that the leaflet does not answer."""
    everyday: tuple[str, ...]
    """Messages about something else."""
    views: tuple[str, ...]
    right: NDArray[np.bool_]
    """Which views answer; shape (answered, views)."""
    neutral: NDArray[np.bool_]
    """Which views are neither right nor wrong; the same shape."""


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    leaflet: Leaflet
    answered: tuple[list[int], list[int]]
    """Questions that stand alone, and those that lean on one before."""
    near_misses: tuple[list[int], list[int]]
    right: list[frozenset[int]]
    neutral: list[frozenset[int]]


class LeafletSampler:
    """Draws a batch from each leaflet in turn, in a new order each time; the same seed draws the same."""

    def __init__(self, leaflets: Sequence[Leaflet], everyday: Sequence[Sequence[str]], seed: int) -> None:
        """Of `everyday` each source is drawn from alike."""
        self._random = random.Random(seed)  # noqa: S311 - sampling, not secrecy
        self._prepared = [_prepare(leaflet) for leaflet in leaflets]
        self._everyday = [source for source in everyday if source]
        self._order: list[_Prepared] = []

    def draw(self) -> LeafletBatch:
        if not self._order:
            self._order = self._random.sample(self._prepared, len(self._prepared))
        of = self._order.pop()
        answered, misses = self._both(of.answered, _ANSWERED), self._both(of.near_misses, _NEAR_MISSES)
        views = self._views(of, answered)
        questions = of.leaflet.questions
        return LeafletBatch(
            tuple(questions[q] for q in answered),
            tuple(questions[q] for q in misses),
            tuple(self._random.choice(self._random.choice(self._everyday)) for _ in range(_EVERYDAY)),
            tuple(of.leaflet.views[view] for view in views),
            np.array([[view in of.right[q] for view in views] for q in answered]),
            np.array([[view in of.neutral[q] for view in views] for q in answered]),
        )

    def _views(self, of: _Prepared, answered: Sequence[int]) -> list[int]:
        drawn = []
        for right in (sorted(of.right[q]) for q in answered):
            at = self._random.choice(right) + self._random.randint(-_NEAR, _NEAR)
            drawn += [*self._some(right, _RIGHT), max(0, min(at, len(of.leaflet.views) - 1))]
        chosen = dict.fromkeys(drawn)
        rest = [view for view in range(len(of.leaflet.views)) if view not in chosen]
        return [*chosen, *self._some(rest, _VIEWS - len(chosen))]

    def _both(self, items: tuple[Sequence[int], Sequence[int]], count: int) -> list[int]:
        """Most of them lean on a question before, where there are so many."""
        leaning = self._some(items[1], count * 2 // 3)
        return [*self._some(items[0], count - len(leaning)), *leaning]

    def _some(self, items: Sequence[int], count: int) -> list[int]:
        return self._random.sample(items, max(0, min(count, len(items))))


def _prepare(leaflet: Leaflet) -> _Prepared:
    rows = [_right_and_neutral(leaflet, question) for question in leaflet.questions]
    answered = [number for number, (right, _) in enumerate(rows) if right]
    misses = [number for number, question in enumerate(leaflet.questions) if not question.gold]
    right, neutral = [right for right, _ in rows], [neutral for _, neutral in rows]
    return _Prepared(leaflet, _leaning(leaflet, answered), _leaning(leaflet, misses), right, neutral)


def _leaning(leaflet: Leaflet, numbers: Sequence[int]) -> tuple[list[int], list[int]]:
    before = [bool(leaflet.questions[number].before) for number in numbers]
    alone = [number for number, leans in zip(numbers, before, strict=True) if not leans]
    return alone, [number for number, leans in zip(numbers, before, strict=True) if leans]


def _right_and_neutral(leaflet: Leaflet, question: Question) -> tuple[frozenset[int], frozenset[int]]:
    """The views of passages that answer, and those that may."""
    right: set[int] = set()
    may: set[int] = set()
    for view, passage in enumerate(leaflet.owners.tolist()):
        covers = leaflet.covers[passage]
        if covers & question.gold:
            (right if len(covers) <= _WHOLE or covers <= question.gold else may).add(view)
        elif covers & question.also:
            may.add(view)
    # Where only a whole list holds the line, the list is what answers.
    return (frozenset(right), frozenset(may)) if right or not question.gold else (frozenset(may), frozenset())
