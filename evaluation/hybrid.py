"""Fusion of several systems by rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.datasets import Dataset, Query
from evaluation.systems import Found, Searcher, System
from evaluation.trec import trec_order
from retrieval.encoder import Progress

__all__ = ["Hybrid"]


@dataclass(frozen=True)
class Hybrid:
    """Reciprocal-rank fusion: sum of 1 / (k + rank) (Cormack et al., SIGIR 2009).

    Documents of equal score share the mean of their ranks: any order of them would be chance, and on
    short passages, where BM25 has many ties, chance moves nDCG@10 in the third digit.
    """

    parts: tuple[System, ...]
    k: int = 60
    depth: int = 100
    """How far down the parts are read, at least."""
    name: str = "hybrid"

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"k": self.k, "depth": self.depth, "parts": {part.name: part.parameters for part in self.parts}}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        return _HybridSearcher(self, {part.name: part.index(dataset, progress) for part in self.parts})


class _HybridSearcher:
    def __init__(self, system: Hybrid, parts: Mapping[str, Searcher]) -> None:
        self._system, self._parts = system, parts
        self.index_bytes = sum(part.index_bytes for part in parts.values())

    def search(self, query: Query, k: int) -> Sequence[Found]:
        from scipy.stats import rankdata  # here: it takes a second, and few commands need it

        scores: dict[str, float] = {}
        why: dict[str, list[str]] = {}
        for name, part in self._parts.items():
            found = part.search(query, max(k, self._system.depth))
            ordered = trec_order((f.document, f.score) for f in found)
            ranks = rankdata([-score for _, score in ordered], method="average")
            for (document, _), rank in zip(ordered, ranks, strict=True):
                scores[document] = scores.get(document, 0.0) + 1 / (self._system.k + float(rank))
                why.setdefault(document, []).append(f"{name} {rank:g}")
        best = trec_order(scores.items())[:k]
        return [Found(document, score, ", ".join(why[document])) for document, score in best]
