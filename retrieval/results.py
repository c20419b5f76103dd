"""What a search is made with and what it gives: readings of a question, hits with their evidence, results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.blocks import Span
from retrieval.encoder import Vectors
from retrieval.passages import Passage
from retrieval.spelling import Repair
from retrieval.views import View

__all__ = ["Evidence", "Hit", "Readings", "Results"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a passage was found, for staff: the parts of its score and the views that matched best."""

    phrasing: float | None
    text: float
    lexical: float
    views: tuple[tuple[View, float], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage for a question. `score` is a cosine similarity, higher is better."""

    passage: Passage
    score: float
    highlight: Span
    """The sentence of the passage nearest to the question."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Readings:
    """A question as it is searched with: read alone, and, where there is something before it, in its light too."""

    texts: tuple[str, ...]
    """As readings_of gives them."""
    vectors: Vectors
    """Shape (len(texts), dimension)."""
    repairs: tuple[Repair, ...] = ()
    """The misspelt words of the question, which `texts` have mended, and the names that they explain."""

    @property
    def alone(self) -> Vectors:
        """Shape (1, dimension)."""
        return self.vectors[:1]

    @property
    def together(self) -> Vectors:
        """Half the question alone, half the mean of its other readings, of unit length again; shape (1, dimension)."""
        if len(self.texts) == 1:
            return self.vectors
        mean = self.vectors[:1] + self.vectors[1:].mean(axis=0, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """The hits for a question, best first, and what speaks for and against answering."""

    hits: tuple[Hit, ...]
    message: NDArray[np.float64]
    """The figures of the message (figures.MESSAGE, but the last, which is the decision's own)."""
    passages: NDArray[np.float64]
    """The figures of the first hits (figures.PASSAGE); shape (at most 3, len(PASSAGE))."""
    gaps: tuple[tuple[View, float], ...] = ()
    """The known gaps nearest to the question alone, and how near."""
    in_context: bool = False
    """Whether another passage is first than for the question alone."""
