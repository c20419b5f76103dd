"""Thresholds for knowing when not to answer, taken from the corpus itself at build.

Approved phrasings are asked as if they were new, each left out of the index in its turn: how near does
its monograph come to a question that it does answer? Where there are enough, only those are asked that the
encoder never learned from (questions.held_out): of the others it knows more than of a patient's. Low
quantiles of what they get become the thresholds, so they fit the corpus and the encoder at hand and need
no labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from retrieval.encoder import Vectors
from retrieval.questions import held_out
from retrieval.ranking import DEPTH, margin, rank
from retrieval.scope import nearest, scope
from retrieval.store import VectorStore
from retrieval.views import View, ViewKind, view_ranges, view_table

__all__ = ["ENOUGH", "HEDGED", "REFUSED", "STRANGERS", "UNCALIBRATED", "Calibration", "calibrate", "left_out"]

STRANGERS = 0.003
"""Share of known questions whose best score lies below `abstain_below`."""

HEDGED = 0.09
"""Share of known questions whose margin over the gaps lies below `answer_margin`."""

REFUSED = 0.01
"""Share of known questions whose margin over the gaps lies below `abstain_margin`."""

ENOUGH = 100
"""Phrasings that thresholds can be taken from."""

_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Calibration:
    """Below `abstain_below` or `abstain_margin` a question is not answered; below `answer_margin` it
    may not be. `phrasings` says how many questions the thresholds were taken from: with fewer than
    100 a quantile would be noise, and fixed values stand in for it."""

    abstain_below: float
    abstain_margin: float
    answer_margin: float
    phrasings: int


UNCALIBRATED = Calibration(0.3, 0.0, 0.0, 0)
"""What stands in where there are fewer than ENOUGH phrasings."""


def calibrate(views: Sequence[View], vectors: Vectors, store: VectorStore) -> Calibration:
    """The thresholds of a corpus whose views have these vectors."""
    known = [number for number, view in enumerate(views) if view.kind == ViewKind.PHRASING]
    if len(known) < ENOUGH:
        return UNCALIBRATED
    unseen = [number for number in known if held_out(views[number].text)]
    known = unseen if len(unseen) >= ENOUGH else known
    sample = known[:: -(-len(known) // _SAMPLE)]
    tops, margins = left_out(views, vectors, store, sample)
    over_gaps = [m for m in margins if m is not None]
    abstain_margin, answer_margin = np.quantile(over_gaps, [REFUSED, HEDGED]) if over_gaps else (0.0, 0.0)
    return Calibration(float(np.quantile(tops, STRANGERS)), float(abstain_margin), float(answer_margin), len(sample))


def left_out(
    views: Sequence[View], vectors: Vectors, store: VectorStore, numbers: Sequence[int]
) -> tuple[list[float], list[float | None]]:
    """The best score and the margin of each of the questions with these numbers, asked as if it were new."""
    tops: list[float] = []
    margins: list[float | None] = []
    ranges, table = view_ranges(views), view_table(views)
    for document, group in groupby(numbers, lambda number: views[number].document):
        asked = list(group)
        for own, matches in zip(asked, nearest(store, vectors[asked], DEPTH, scope(ranges, document)), strict=True):
            others = matches.without(own)
            ranked = rank(others, table, {})
            tops.append(ranked[0].score if ranked else -1.0)
            margins.append(margin(others, table))
    return tops, margins
