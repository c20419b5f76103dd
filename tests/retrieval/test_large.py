"""The store for many vectors, at a size at which it has many lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import large as module
from retrieval.encoder import Vectors
from retrieval.errors import StoreError
from retrieval.large import InvertedFileStore, fitting_store, load_store
from retrieval.store import FaissStore


def clustered(rows: int, seed: int = 0) -> Vectors:
    """Points about fifty centres, as texts about fifty subjects."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(50, 32))
    points = centres[random.integers(50, size=rows)] + 0.5 * random.normal(size=(rows, 32))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return clustered(20_000)


@pytest.fixture(scope="module")
def store(vectors: Vectors) -> InvertedFileStore:
    made = InvertedFileStore(32)
    made.add(range(len(vectors)), vectors)
    return made


def test_it_probes_few_lists_and_finds_what_exact_search_finds(store: InvertedFileStore, vectors: Vectors) -> None:
    tuned = store.tune()
    assert tuned is not None
    assert tuned["lists"] == 141
    assert tuned["probes"] <= 141 // 4
    assert tuned["recall_at_10"] >= 0.99
    queries = clustered(100, seed=1)
    nearest = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    found = store.search(queries, 10)
    recall = np.mean(
        [len(set(row) & {m.id for m in matches}) / 10 for row, matches in zip(nearest, found, strict=True)]
    )
    assert recall >= 0.98
    for query, matches in zip(queries, found, strict=True):
        np.testing.assert_allclose([m.score for m in matches], vectors[[m.id for m in matches]] @ query, atol=1e-6)


def test_of_vectors_that_are_equally_near_any_will_do() -> None:
    store = InvertedFileStore(32)
    store.add(range(20_000), np.repeat(clustered(500), 40, axis=0))
    tuned = store.tune()
    assert tuned is not None
    assert tuned["recall_at_10"] == 1
    assert tuned["probes"] == 1


def test_more_asked_than_the_probed_lists_hold_comes_from_all_lists(store: InvertedFileStore, vectors: Vectors) -> None:
    (found,) = store.search(vectors[:1], 15_000)
    assert len({match.id for match in found}) == 15_000


def test_saved_it_is_mapped_with_its_tuning_and_each_file_is_needed(store: InvertedFileStore, tmp_path: Path) -> None:
    store.tune()
    path, queries = tmp_path / "views.faiss", clustered(20, seed=2)
    store.save(path)
    loaded = load_store(path, "inverted-file")
    assert isinstance(loaded, InvertedFileStore)
    assert isinstance(loaded._rows, np.memmap)
    for one, other in zip(loaded.search(queries, 10), store.search(queries, 10), strict=True):
        assert list(one) == list(other)
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {"views.faiss", "views.faiss.ids.npy", "views.faiss.vectors.npy"}
    for name in names:
        sound = (tmp_path / name).read_bytes()
        (tmp_path / name).unlink()
        with pytest.raises(StoreError, match="views.faiss is not a FAISS index with its vectors beside it"):
            load_store(path, "inverted-file")
        (tmp_path / name).write_bytes(sound)


def test_the_size_decides_and_what_misses_the_recall_is_searched_exactly(
    vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact, description = fitting_store(vectors[:2000])
    assert (type(exact), description) == (FaissStore, {"kind": "exact"})
    monkeypatch.setattr(module, "EXACT_UP_TO", 1999)
    large, description = fitting_store(vectors[:2000])
    assert type(large) is InvertedFileStore
    assert description.keys() == {"kind", "lists", "probes", "recall_at_10"}
    # No lists help where every direction is as likely as any other.
    random = np.random.default_rng(0).normal(size=(2000, 256)).astype(np.float32)
    exact, description = fitting_store(random / np.linalg.norm(random, axis=1, keepdims=True))
    assert (type(exact), description) == (FaissStore, {"kind": "exact"})
