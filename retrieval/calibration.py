"""A first threshold for knowing when not to answer.

Each approved phrasing is asked as if it were new: left out of the index, how well does the corpus
know it? Questions that score below nearly all of these are strangers. Computed at build, so it fits
the corpus and the encoder at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from retrieval.encoder import Vectors
from retrieval.ranking import DEPTH, rank
from retrieval.store import VectorStore
from retrieval.views import View, ViewKind

__all__ = ["Calibration", "calibrate"]

FALSE_ABSTENTION = 0.02
"""Share of known questions that the threshold gives up."""

UNCALIBRATED = 0.3
"""Threshold for a corpus with fewer than 100 phrasings, where a 2% quantile would be noise."""

_ENOUGH = 100
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Calibration:
    abstain_below: float
    phrasings: int
    """How many phrasings the threshold was taken from; 0 if it is the default."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def calibrate(views: Sequence[View], vectors: Vectors, store: VectorStore) -> Calibration:
    """The FALSE_ABSTENTION quantile of the top scores of phrasings, each left out in its turn."""
    known = [number for number, view in enumerate(views) if view.kind == ViewKind.PHRASING]
    if len(known) < _ENOUGH:
        return Calibration(UNCALIBRATED, 0)
    sample = known[:: -(-len(known) // _SAMPLE)]
    found = store.search(vectors[sample], DEPTH)
    tops = [
        rank([m for m in matches if m.id != own], views)[0].score for own, matches in zip(sample, found, strict=True)
    ]
    return Calibration(float(np.quantile(tops, FALSE_ABSTENTION)), len(sample))
