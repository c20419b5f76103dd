"""What every VectorStore must do; each implementation runs the same suite against NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.encoder import Vectors
from retrieval.errors import StoreError
from retrieval.large import InvertedFileStore
from retrieval.milvus import MilvusStore
from retrieval.store import FaissStore, FileStore, Match, Matches, VectorStore

FILE_STORES: list[Callable[[int], FileStore]] = [FaissStore, InvertedFileStore]


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], VectorStore]]:
    """Makes stores in one Milvus Lite, each in a collection of its own."""
    path, numbers, made = str(tmp_path_factory.mktemp("milvus") / "lite.db"), count(), []

    def make(dimension: int) -> VectorStore:
        made.append(MilvusStore(dimension, path, f"number_{next(numbers)}"))
        return made[-1]

    yield make
    for store in made[-1:]:
        store.close()


@pytest.fixture(params=[*FILE_STORES, MilvusStore], ids=lambda store: store.__name__)
def empty(request: pytest.FixtureRequest) -> VectorStore:
    make = request.getfixturevalue("milvus") if request.param is MilvusStore else request.param
    store: VectorStore = make(4)
    return store


@pytest.fixture(params=FILE_STORES, ids=lambda store: store.__name__)
def empty_file(request: pytest.FixtureRequest) -> FileStore:
    store: FileStore = request.param(4)
    return store


def unit(rows: int, dimension: int = 4, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def listed(found: Sequence[Matches]) -> list[list[Match]]:
    return [list(row) for row in found]


def test_ids_and_scores_are_those_of_numpy(empty: VectorStore) -> None:
    vectors, ids = unit(200), [3 * n + 1 for n in range(200)]
    queries = unit(5, seed=1)
    empty.add(ids[:120], vectors[:120])
    empty.add(ids[120:], vectors[120:])
    found = empty.search(queries, 10)
    for row, query in zip(found, queries, strict=True):
        scores = vectors @ query
        expected = sorted(zip(-scores, ids, strict=True))[:10]
        assert [m.id for m in row] == [i for _, i in expected]
        np.testing.assert_allclose([m.score for m in row], [-s for s, _ in expected], atol=1e-6)
    assert len(empty) == 200
    assert empty.dimension == 4


@pytest.mark.parametrize("make", FILE_STORES)
def test_a_search_takes_one_thread_and_leaves_the_cores_to_what_comes_after(make: Callable[[int], FileStore]) -> None:
    class Watched:
        """An index that notes on how many threads it is asked."""

        def __init__(self, index: Any) -> None:
            self.index, self.taken = index, list[int]()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.index, name)

        def search(self, *arguments: Any, **options: Any) -> Any:
            self.taken.append(faiss.omp_get_max_threads())
            return self.index.search(*arguments, **options)

    store: Any = make(4)
    store.add([1, 2], unit(2))
    store.search(unit(1), 1)
    store._index = watched = Watched(store._index)
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(2)
    try:
        assert [match.id for match in store.search(unit(2)[1:], 1)[0]] == [2]
        assert (watched.taken, faiss.omp_get_max_threads()) == ([1], 2)
    finally:
        faiss.omp_set_num_threads(before)


def test_ties_come_in_order_of_id_even_at_the_cut(empty: VectorStore) -> None:
    vector = unit(1)
    empty.add([9, 2, 7, 4, 1], np.repeat(vector, 5, axis=0))
    assert [m.id for m in empty.search(vector, 3)[0]] == [1, 2, 4]


def test_only_a_range_of_ids_is_searched(empty: VectorStore) -> None:
    vectors, ids = unit(200), [3 * n + 1 for n in range(200)]
    queries = unit(5, seed=1)
    empty.add(ids, vectors)
    within = range(100, 250)
    inside = [row for row, number in enumerate(ids) if number in within]
    for k in (10, 500):
        for row, query in zip(empty.search(queries, k, within), queries, strict=True):
            expected = sorted((-float(vectors[n] @ query), ids[n]) for n in inside)[:k]
            assert [m.id for m in row] == [i for _, i in expected]
            np.testing.assert_allclose([m.score for m in row], [-s for s, _ in expected], atol=1e-6)
    assert listed(empty.search(queries, 3, range(1000, 2000))) == [[]] * 5


def test_ties_in_a_range_come_in_order_of_id_even_at_the_cut(empty: VectorStore) -> None:
    vector = unit(1)
    empty.add([9, 2, 7, 4, 1], np.repeat(vector, 5, axis=0))
    assert [m.id for m in empty.search(vector, 2, range(2, 9))[0]] == [2, 4]


def test_more_asked_than_there_is(empty: VectorStore) -> None:
    assert listed(empty.search(unit(2), 3)) == [[], []]
    empty.add([5], unit(1))
    (match,) = empty.search(unit(1), 100)[0]
    assert match.id == 5
    assert match.score == pytest.approx(1, abs=1e-6)


def test_vectors_come_back_as_they_were_stored(empty: VectorStore) -> None:
    vectors = unit(3)
    empty.add([10, 20, 30], vectors)
    np.testing.assert_array_equal(empty.vectors([30, 10]), vectors[[2, 0]])
    with pytest.raises(StoreError, match="No vector has the id 11"):
        empty.vectors([11])


@pytest.mark.parametrize(
    ("ids", "vectors", "message"),
    [
        ([1], unit(2), "1 ids for 2 vectors"),
        ([1], unit(1, 5), "shape"),
        ([1], unit(1)[0], "shape"),
        ([1], unit(1) * 2, "unit length"),
        ([1], unit(1) * np.float32("nan"), "finite"),
        ([-1], unit(1), "unique and not negative"),
        ([1, 1], unit(2), "unique and not negative"),
        ([7], unit(1), "unique and not negative"),
    ],
)
def test_what_cannot_be_stored_is_refused_whole(
    empty: VectorStore, ids: list[int], vectors: Vectors, message: str
) -> None:
    empty.add([7], unit(1))
    with pytest.raises(StoreError, match=message):
        empty.add(ids, vectors)
    assert len(empty) == 1


def test_what_cannot_be_searched_is_refused(empty: VectorStore) -> None:
    empty.add([1], unit(1))
    with pytest.raises(StoreError, match="finite"):
        empty.search(unit(1) * np.float32("nan"), 1)
    with pytest.raises(StoreError, match="shape"):
        empty.search(unit(1, 3), 1)
    with pytest.raises(StoreError, match="k is 0"):
        empty.search(unit(1), 0)


def test_saved_and_loaded_it_answers_the_same(empty_file: FileStore, tmp_path: Path) -> None:
    empty_file.add(range(50), unit(50))
    empty_file.save(tmp_path / "store")
    loaded = type(empty_file).load(tmp_path / "store")
    assert listed(loaded.search(unit(3, seed=2), 5)) == listed(empty_file.search(unit(3, seed=2), 5))
    ids = [match.id for match in loaded.search(unit(1, seed=2), 3)[0]]
    np.testing.assert_array_equal(loaded.vectors(ids), empty_file.vectors(ids))


def test_a_file_that_is_no_store_is_refused(empty_file: FileStore, tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"not an index")
    with pytest.raises(StoreError, match="is not a FAISS index"):
        type(empty_file).load(tmp_path / "store")


@pytest.mark.parametrize("kind", FILE_STORES)
@settings(deadline=None)
@given(directions=st.lists(st.integers(0, 3), min_size=1, max_size=40), k=st.integers(1, 45))
def test_any_mix_of_ties_is_ranked_by_score_then_id(
    kind: Callable[[int], FileStore], directions: list[int], k: int
) -> None:
    store = kind(4)
    vectors = np.eye(4, dtype=np.float32)[directions]
    store.add(range(len(directions)), vectors)
    query = np.array([[0.8, 0.6, 0, 0]], dtype=np.float32)
    expected = sorted((-float(v @ query[0]), n) for n, v in enumerate(vectors))[:k]
    assert [(m.id, pytest.approx(m.score)) for m in store.search(query, k)[0]] == [(n, -s) for s, n in expected]


def test_milvus_keeps_what_it_was_given_and_knows_its_dimension(tmp_path: Path) -> None:
    uri = str(tmp_path / "lite.db")
    store = MilvusStore(4, uri, "kept")
    store.add(range(50), unit(50))
    found = listed(store.search(unit(3, seed=2), 5))
    again = MilvusStore(4, uri, "kept")
    assert listed(again.search(unit(3, seed=2), 5)) == found
    with pytest.raises(StoreError, match="The collection 'kept' has vectors of 4, not 5"):
        MilvusStore(5, uri, "kept")
    again.close()
