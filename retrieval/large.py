"""A store for many vectors: an inverted file with 8-bit codes finds candidates, their exact vectors rank them.

Both are mapped into memory, not read: a search touches the lists it probes and the vectors it ranks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.errors import StoreError
from retrieval.store import (
    NONE,
    FaissStore,
    FileStore,
    Matches,
    check_added,
    check_queries,
    inside,
    one_thread,
    ranked,
    write_index,
)

__all__ = ["EXACT_UP_TO", "RECALL", "InvertedFileStore", "fitting_store", "load_store"]

EXACT_UP_TO = 100_000
"""Vectors that are searched one by one: up to here that takes no longer than encoding the question."""

RECALL = 0.99
"""Of the ten nearest by exact search, the part that must be found (recall@10)."""

_SPARE = 64
_STEP = 8192
_TRAINED_ON = 50
"""Vectors for each list that k-means sees; FAISS asks for 39 or more."""

_ASKED, _NEAREST, _SEED = 200, 10, 0
_EQUAL = 1e-6
"""Scores of the same vector differ by so much between two ways to compute them."""


class InvertedFileStore:
    """FAISS's IVF with scalar quantisation (Jégou et al., TPAMI 2011), and an exact score for what it finds.

    Scores are exact; a neighbour can be missed. How many lists are probed is set by `tune`. Ties that come in the
    hundreds can be cut anywhere. Within a range of ids, which is a small part, the vectors are searched one by one.
    """

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._order: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._rows: Vectors = np.empty((0, dimension), dtype=np.float32)
        self._index: Any = None

    @property
    def dimension(self) -> int:
        return self._dimension

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        numbers, vectors = check_added(self._ids, ids, vectors, self._dimension)
        self._ids = np.concatenate([self._ids, numbers])
        self._order = np.argsort(self._ids)
        # The first time nothing is copied: a million vectors are 1.5 GB.
        self._rows = np.concatenate([self._rows, vectors]) if len(self._rows) else vectors
        self._index = None

    def search(self, queries: Vectors, k: int, within: range | None = None) -> list[Matches]:
        queries = check_queries(queries, k, self._dimension)
        if within is not None:
            rows = np.flatnonzero(inside(self._ids, within))
            return [self._exact(query, rows).first(k) for query in queries]
        if not len(self):
            return [NONE] * len(queries)
        index, k = self._built(), min(k, len(self))
        width = min(len(self), k + max(k, _SPARE))
        with one_thread():
            _, found = index.search(queries, width)
        return [
            self._exact(query, self._enough(query, rows, k, width)).first(k)
            for query, rows in zip(queries, found, strict=True)
        ]

    def vectors(self, ids: Sequence[int]) -> Vectors:
        places = np.searchsorted(self._ids, ids, sorter=self._order)
        for number, place in zip(ids, places, strict=True):
            if place == len(self._ids) or self._ids[self._order[place]] != number:
                raise StoreError(f"No vector has the id {number}.")
        return np.asarray(self._rows[self._order[places]], dtype=np.float32)

    def tune(self, recall: float = RECALL) -> dict[str, Any] | None:
        """Probe as few lists as give this recall@10 on a sample of the stored vectors, each asked without itself.

        What is found counts by its score: where monographs share sentences many are equally near, and any will do.

        Returns what the manifest says of it; None if more than a quarter of the lists would be needed.
        """
        index = self._built()
        asked = np.random.default_rng(_SEED).choice(len(self), min(_ASKED, len(self)), replace=False)
        queries = np.asarray(self._rows[asked])
        least = _last_scores(self._rows, queries, _NEAREST + 1)
        while index.nprobe <= max(1, index.nlist // 4):
            found = self.search(queries, _NEAREST + 1)
            parts = [
                min(1.0, float((row.without([int(self._ids[own])]).scores >= last - _EQUAL).sum()) / _NEAREST)
                for own, last, row in zip(asked, least, found, strict=True)
            ]
            if (reached := float(np.mean(parts))) >= recall:
                return {"lists": index.nlist, "probes": index.nprobe, "recall_at_10": round(reached, 4)}
            index.nprobe *= 2
        return None

    def save(self, path: Path) -> None:
        write_index(self._built(), path)
        _write_array(self._ids, _beside(path, "ids"))
        _write_array(self._rows, _beside(path, "vectors"))

    @classmethod
    def load(cls, path: Path) -> Self:
        import faiss

        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            ids = np.load(_beside(path, "ids"))
            rows = np.load(_beside(path, "vectors"), mmap_mode="r")
        except (RuntimeError, OSError, ValueError) as error:
            raise StoreError(f"{path} is not a FAISS index with its vectors beside it.") from error
        if index.ntotal != len(ids) or rows.shape != (len(ids), index.d):
            raise StoreError(f"{path} has {index.ntotal} vectors, but {len(ids)} ids and {rows.shape} beside it.")
        store = cls(index.d)
        store._ids, store._order, store._rows, store._index = ids, np.argsort(ids), rows, index
        return store

    def _built(self) -> Any:
        if self._index is None:
            self._index = _inverted_file(self._rows)
        return self._index

    def _enough(self, query: Vectors, rows: NDArray[np.int64], k: int, width: int) -> NDArray[np.int64]:
        """The candidates; those of all lists if the lists probed hold fewer than k."""
        import faiss

        if (rows >= 0).sum() < k:
            everywhere: Any = faiss.SearchParametersIVF()
            everywhere.nprobe = self._index.nlist
            with one_thread():
                rows = self._index.search(query[None], width, params=everywhere)[1][0]
        return rows[rows >= 0]

    def _exact(self, query: Vectors, rows: NDArray[np.int64]) -> Matches:
        return ranked(self._ids[rows], np.asarray(self._rows[rows]) @ query)


def fitting_store(vectors: Vectors) -> tuple[FileStore, dict[str, Any]]:
    """A store of these vectors, numbered from 0, and what the manifest says of it.

    Exact while that is fast; beyond, an inverted file, unless it cannot reach RECALL.
    """
    if len(vectors) > EXACT_UP_TO:
        large = InvertedFileStore(vectors.shape[1])
        large.add(range(len(vectors)), vectors)
        if tuned := large.tune():
            return large, {"kind": "inverted-file", **tuned}
    exact = FaissStore(vectors.shape[1])
    exact.add(range(len(vectors)), vectors)
    return exact, {"kind": "exact"}


def load_store(path: Path, kind: str) -> FileStore:
    """Load a store of the kind that the manifest names. Raises StoreError."""
    return (InvertedFileStore if kind == "inverted-file" else FaissStore).load(path)


def _inverted_file(rows: Vectors) -> Any:
    import faiss

    lists = max(1, round(math.sqrt(len(rows)))) if len(rows) > 1000 else 1
    index = faiss.index_factory(rows.shape[1], f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(_SEED).choice(len(rows), min(len(rows), lists * _TRAINED_ON), replace=False)
    index.train(np.ascontiguousarray(rows[np.sort(sample)]))
    index.add(rows)
    return index


def _last_scores(rows: Vectors, queries: Vectors, k: int) -> Vectors:
    """The score of the k-th nearest row to each query, shape (n,)."""
    best = np.empty((0, len(queries)), dtype=np.float32)
    for at in range(0, len(rows), _STEP):  # in a quarter of the time that faiss.knn takes for so many queries
        scores = np.concatenate([best, rows[at : at + _STEP] @ queries.T])
        best = np.partition(scores, max(0, len(scores) - k), axis=0)[-k:]
    return np.asarray(best.min(axis=0), dtype=np.float32)


def _write_array(array: NDArray[Any], path: Path) -> None:
    """Write as np.save does, but through our own file: given a name, NumPy does not see that the disk is full."""
    with path.open("wb") as file:
        np.save(cast(Any, SimpleNamespace(write=file.write)), array)


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}.npy")
