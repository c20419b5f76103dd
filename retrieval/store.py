"""Vectors and their numbers: the VectorStore protocol and its default, FAISS.

A store knows ids and vectors, never texts: what is quoted comes from the verified monograph, so a
quote does not depend on the engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.errors import StoreError

__all__ = [
    "NONE",
    "FaissStore",
    "FileStore",
    "Match",
    "Matches",
    "VectorStore",
    "check_added",
    "check_queries",
    "inside",
    "one_thread",
    "ranked",
    "write_index",
]


class Match(NamedTuple):
    """A stored vector near a query."""

    id: int
    score: float
    """Cosine similarity in [-1, 1]; higher is better."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The stored vectors near a query by (-score, id): two arrays of shape (n,), since a question has a thousand."""

    ids: NDArray[np.int64]
    scores: Vectors

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Match]:
        return map(Match._make, zip(self.ids.tolist(), self.scores.tolist(), strict=True))

    def first(self, k: int) -> Matches:
        return Matches(self.ids[:k], self.scores[:k])

    def without(self, numbers: Collection[int]) -> Matches:
        """All but those with these ids, if there are any."""
        if not numbers:
            return self
        kept = ~np.isin(self.ids, list(numbers))
        return Matches(self.ids[kept], self.scores[kept])


NONE = Matches(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


class VectorStore(Protocol):
    """Exact or approximate nearest neighbours by cosine similarity, higher is better."""

    @property
    def dimension(self) -> int: ...

    def __len__(self) -> int:
        """How many vectors are stored."""

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store vectors, shape (len(ids), dimension), unit length.

        Raises StoreError for a wrong shape, a vector that is not finite and of unit length, or an id
        that is negative, repeated or already stored; then nothing is stored.
        """

    def search(self, queries: Vectors, k: int, within: range | None = None) -> list[Matches]:
        """For each query, shape (n, dimension), its k best matches by (-score, id); all, where there are fewer.

        Only ids of the range `within` are looked at, if it is given; its step is 1.

        Raises StoreError for a wrong shape, a query that is not finite, or k below 1.
        """

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The stored vectors, shape (len(ids), dimension). Raises StoreError for an unknown id."""


class FileStore(VectorStore, Protocol):
    """A store that is kept in the files of an index."""

    def save(self, path: Path) -> None:
        """Write the store to a file, and to files beside it whose names begin with its name.

        Raises OSError if they cannot be written.
        """

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a store. Raises StoreError if the file cannot be read as one."""


class FaissStore:
    """Exact search with FAISS's flat inner-product index.

    Guards against what FAISS 1.15.1 does in silence: it pads with id -1 beyond the number of vectors,
    answers a NaN query with -1, and returns ties in any order.
    """

    def __init__(self, dimension: int) -> None:
        import faiss

        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        numbers, vectors = check_added(self._ids(), ids, vectors, self.dimension)
        self._index.add_with_ids(vectors, numbers)

    def search(self, queries: Vectors, k: int, within: range | None = None) -> list[Matches]:
        import faiss

        queries = check_queries(queries, k, self.dimension)
        size, parameters = len(self), None
        if within is not None:
            size, make = int(inside(self._ids(), within).sum()), cast(Any, faiss.SearchParameters)
            parameters = make(sel=faiss.IDSelectorRange(within.start, within.stop))
        k = min(k, size)
        if k == 0:
            return [NONE] * len(queries)
        # A tie at the cut could hide the smaller id: widen until the cut falls between two scores.
        width = min(size, k + 1)
        while True:
            with one_thread():
                scores, ids = self._index.search(queries, width, params=parameters)
            if width == size or (scores[:, k - 1] > scores[:, -1]).all():
                break
            width = min(size, 2 * width)
        return [ranked(row_ids, row_scores).first(k) for row_ids, row_scores in zip(ids, scores, strict=True)]

    def vectors(self, ids: Sequence[int]) -> Vectors:
        numbers = np.asarray(ids, dtype=np.int64)
        try:
            return np.asarray(self._index.reconstruct_batch(numbers), dtype=np.float32)
        except RuntimeError:
            missing = numbers[~np.isin(numbers, self._ids())]
            raise StoreError(f"No vector has the id {missing[0]}.") from None

    def save(self, path: Path) -> None:
        write_index(self._index, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        import faiss

        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise StoreError(f"{path} is not a FAISS index.") from error
        if not isinstance(index, faiss.IndexIDMap2):
            raise StoreError(f"{path} is a FAISS index of another kind.")
        store = cls.__new__(cls)
        store._index = index
        return store

    def _ids(self) -> NDArray[np.int64]:
        import faiss

        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)


def write_index(index: Any, path: Path) -> None:
    """Write an index of FAISS. Raises OSError if it cannot be written.

    By a file of ours: FAISS's own only prints that the disk is full when it closes, and leaves the file cut.
    """
    import faiss

    writer = cast(Any, faiss).PyCallbackIOWriter
    with path.open("wb") as file:
        faiss.write_index(index, writer(file.write))


@contextmanager
def one_thread() -> Iterator[None]:
    """For one search. FAISS splits the few queries of a question among the cores, and waits for the slowest: on a busy
    machine that costs ten times what it saves. What this thread builds afterwards gets all cores again."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def check_added(
    stored: NDArray[np.int64], ids: Sequence[int], vectors: Vectors, dimension: int
) -> tuple[NDArray[np.int64], Vectors]:
    """What VectorStore.add was given, as arrays. Raises StoreError as it must."""
    numbers, vectors = np.asarray(ids, dtype=np.int64), _validated(vectors, dimension)
    if vectors.shape[0] != len(numbers):
        raise StoreError(f"{len(numbers)} ids for {vectors.shape[0]} vectors.")
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4):
        raise StoreError("Vectors must be of unit length.")
    if (numbers < 0).any() or len(np.unique(np.concatenate([stored, numbers]))) != len(stored) + len(numbers):
        raise StoreError("Ids must be unique and not negative.")
    return numbers, vectors


def check_queries(queries: Vectors, k: int, dimension: int) -> Vectors:
    """What VectorStore.search was given. Raises StoreError as it must."""
    queries = _validated(queries, dimension)
    if k < 1:
        raise StoreError(f"k is {k}, but must be at least 1.")
    return queries


def inside(ids: NDArray[np.int64], within: range) -> NDArray[np.bool_]:
    """Which of the ids are in a range."""
    return (ids >= within.start) & (ids < within.stop)


def _validated(vectors: Vectors, dimension: int) -> Vectors:
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise StoreError(f"Vectors have shape {vectors.shape}; the store needs (n, {dimension}).")
    if not np.isfinite(vectors).all():
        raise StoreError("Vectors must be finite.")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def ranked(ids: NDArray[np.int64], scores: Vectors) -> Matches:
    """Matches by (-score, id); FAISS's id -1 means none."""
    order = np.lexsort((ids, -scores))
    order = order[ids[order] >= 0]
    return Matches(ids[order], scores[order])
