"""Dense retrieval: one vector a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.cache import cached_vectors
from evaluation.datasets import Dataset, Query
from evaluation.systems import Found, Searcher, need_documents
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.store import FaissStore

__all__ = ["Dense"]


@dataclass(frozen=True)
class Dense:
    """Exact search by the cosine of one vector for each document."""

    encoder: Encoder
    cache: Path
    """Folder of embeddings."""
    name: str = "dense"

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"encoder": self.encoder.name, "encoder_sha256": self.encoder.fingerprint}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        documents = need_documents(dataset)
        return _DenseSearcher(
            self.encoder, list(documents), cached_vectors(self.cache, self.encoder, list(documents.values()), progress)
        )


class _DenseSearcher:
    def __init__(self, encoder: Encoder, ids: list[str], vectors: Vectors) -> None:
        self._encoder, self._ids = encoder, ids
        self._store = FaissStore(encoder.dimension)
        self._store.add(range(len(ids)), vectors)
        self.index_bytes = int(vectors.nbytes)

    def search(self, query: Query, k: int) -> Sequence[Found]:
        [matches] = self._store.search(self._encoder.encode([query.words]), k)
        return [Found(self._ids[match.id], match.score) for match in matches]
