"""The nearest approved phrasing and nothing else: how much of the product is its bank of questions?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.cache import cached_vectors
from evaluation.datasets import Dataset, Query
from evaluation.errors import DataError
from evaluation.systems import Found, Searcher
from evaluation.trec import trec_order
from retrieval.encoder import Encoder, Progress
from retrieval.store import FaissStore

__all__ = ["Nearest"]

_PER_DOCUMENT = 30
"""Phrasings looked at for each document asked for: a passage has many, and its best one counts."""


@dataclass(frozen=True)
class Nearest:
    """A passage has the cosine of its phrasing that is nearest to the question; passages without one are not found."""

    encoder: Encoder
    cache: Path
    """Folder of embeddings."""
    name: str = "nearest"

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"encoder": self.encoder.name, "encoder_sha256": self.encoder.fingerprint}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        """Raises DataError if the data set is not of the product's corpus, or that has no phrasings."""
        documents = dataset.corpus.documents.values() if dataset.corpus else ()
        phrasings = [phrasing for document in documents for phrasing in document.phrasings]
        if not phrasings:
            remedy = "Measure it on the built-in data set."
            raise DataError(Path(dataset.name), None, "there are no approved phrasings to be near to.", remedy)
        vectors = cached_vectors(self.cache, self.encoder, [p.question for p in phrasings], progress)
        store = FaissStore(self.encoder.dimension)
        store.add(range(len(phrasings)), vectors)
        return _Searcher(self.encoder, store, [p.passage for p in phrasings], [p.question for p in phrasings])


class _Searcher:
    def __init__(self, encoder: Encoder, store: FaissStore, passages: list[str], questions: list[str]) -> None:
        self._encoder, self._store, self._passages, self._questions = encoder, store, passages, questions
        self.index_bytes = len(passages) * encoder.dimension * 4

    def search(self, query: Query, k: int) -> Sequence[Found]:
        [matches] = self._store.search(self._encoder.encode([query.words]), min(len(self._passages), k * _PER_DOCUMENT))
        best: dict[str, tuple[float, str]] = {}
        for match in matches:
            best.setdefault(self._passages[match.id], (match.score, self._questions[match.id]))
        ordered = trec_order((passage, score) for passage, (score, _) in best.items())[:k]
        return [Found(passage, score, f"“{best[passage][1][:120]}”") for passage, score in ordered]
