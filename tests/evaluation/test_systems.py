"""Retrieval systems: ids and scores, against the formulas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evaluation.bm25 import Bm25
from evaluation.bm25f import Bm25f
from evaluation.cache import cached_vectors
from evaluation.catalogue import Files, Folders, open_dataset, open_system
from evaluation.datasets import Dataset, Query, TextDocument
from evaluation.dense import Dense
from evaluation.errors import DataError
from evaluation.hybrid import Hybrid
from evaluation.systems import Found
from evaluation.verbatim import Verbatim
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.index import Index
from retrieval.lexical import LEXICAL_WEIGHT, Lexical
from retrieval.retriever import Retriever
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder


class CountingEncoder(HashingEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.encoded += list(texts)
        return super().encode(texts, progress)


def dataset(*texts: str) -> Dataset:
    documents = {f"d{n}": TextDocument(f"d{n}", "", text) for n, text in enumerate(texts, 1)}
    return Dataset("made-up", documents, {"q": Query("q", "")}, {"q": {"d1": 1}})


def search(system: Bm25 | Dense | Hybrid | Verbatim, data: Dataset, text: str, k: int = 10) -> list[Found]:
    return list(system.index(data).search(Query("q", text), k))


def test_bm25_by_hand() -> None:
    """Lucene's BM25: idf ln(1 + (N - n + 0.5) / (n + 0.5)), tf f / (f + k1 (1 - b + b |d| / avg))."""
    data = dataset("the rash rashes", "a rash and nausea with headaches", "nausea")
    found = search(Bm25(), data, "Is nausea rash?")
    lengths, average = {"d1": 2, "d2": 3, "d3": 1}, 2.0
    counts = {"d1": {"rash": 2}, "d2": {"rash": 1, "nausea": 1}, "d3": {"nausea": 1}}
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    by_hand = {
        d: sum(idf * f / (f + 1.2 * (0.25 + 0.75 * lengths[d] / average)) for f in words.values())
        for d, words in counts.items()
    }
    assert [f.document for f in found] == sorted(by_hand, key=lambda d: -by_hand[d])
    assert [f.score for f in found] == pytest.approx([by_hand[f.document] for f in found], rel=1e-5)


@pytest.mark.parametrize("text", ["the", "!?", "unknown words"])
def test_bm25_finds_nothing_without_a_shared_word(text: str) -> None:
    assert search(Bm25(), dataset("a rash", "nausea"), text) == []


def test_dense_is_the_inner_product(tmp_path: Path) -> None:
    encoder, data = HashingEncoder(), dataset("a rash", "nausea and rash", "cold feet")
    scores = encoder.encode([d.words for d in data.documents.values()]) @ encoder.encode(["rash nausea"])[0]
    found = search(Dense(encoder, tmp_path), data, "rash nausea", k=2)
    best = np.argsort(-scores)[:2]
    assert [f.document for f in found] == [f"d{n + 1}" for n in best]
    assert [f.score for f in found] == pytest.approx([float(scores[n]) for n in best], rel=1e-6)


def test_hybrid_sums_reciprocal_ranks_and_ties_share_theirs(tmp_path: Path) -> None:
    """BM25 scores d1 and d2 alike: both have rank 1.5. Dense prefers d3, then the two, alike again."""
    data = dataset("rash one", "rash one", "rash")
    found = search(Hybrid((Bm25(), Dense(HashingEncoder(), tmp_path))), data, "rash")
    assert [(f.document, f.why) for f in found] == [
        ("d3", "bm25 1, dense 1"),
        ("d2", "bm25 2.5, dense 2.5"),
        ("d1", "bm25 2.5, dense 2.5"),
    ]
    assert [f.score for f in found] == pytest.approx([2 / 61, 2 / 62.5, 2 / 62.5], rel=1e-6)


def test_verbatim_is_the_products_retriever(
    retriever: Retriever, index: Index, encoder: Encoder, tmp_path: Path
) -> None:
    data = open_dataset("istiratumab", Files(), "test", Folders(CORPUS, tmp_path, tmp_path))
    searcher = Verbatim(encoder, tmp_path, index.folder.parent).index(data)
    for query in list(data.queries.values())[:8]:
        hits = retriever.search(query.text, 20, query.before).hits
        found = searcher.search(query, 20)
        assert [(f.document, f.score) for f in found] == [(h.passage.id, h.score) for h in hits]
    view, score = hits[0].evidence.views[0]
    assert found[0].why.endswith(f"best view: {view.kind} {score:.3f} “{view.text}”")


def test_verbatim_on_other_documents_ranks_their_texts(tmp_path: Path) -> None:
    data = dataset("a rash", "nausea and rash", "", "cold feet")
    verbatim = search(Verbatim(HashingEncoder(), tmp_path, tmp_path), data, "rash nausea", k=4)
    dense = search(Dense(HashingEncoder(), tmp_path), data, "rash nausea", k=4)
    words = Lexical([(d.id, d.words) for d in data.documents.values()]).scores("rash nausea", 4)
    expected = {f.document: f.score + LEXICAL_WEIGHT * words.get(f.document, 0) for f in dense}
    assert words["d2"] > words["d1"] > 0
    assert {f.document: f.score for f in verbatim} == pytest.approx(expected, abs=1e-6)
    assert [f.document for f in verbatim] == sorted(expected, key=lambda d: -expected[d])


def test_embeddings_are_kept_by_content_and_model(tmp_path: Path) -> None:
    encoder, texts = CountingEncoder(), [f"text {n}" for n in range(1030)]
    first = cached_vectors(tmp_path, encoder, texts)
    assert np.array_equal(first, HashingEncoder().encode(texts))
    assert np.array_equal(cached_vectors(tmp_path, encoder, texts), first)
    assert encoder.encoded == texts
    # A change of the last part encodes that part alone; another model encodes all.
    cached_vectors(tmp_path, encoder, [*texts[:-1], "new"])
    assert encoder.encoded[1030:] == [*texts[1024:-1], "new"]
    other = CountingEncoder()
    other.fingerprint = "1" * 64
    cached_vectors(tmp_path, other, texts)
    assert other.encoded == texts


def test_a_damaged_file_of_embeddings_is_made_anew(tmp_path: Path) -> None:
    texts = ["one", "two"]
    expected = cached_vectors(tmp_path, HashingEncoder(), texts)
    [path] = tmp_path.iterdir()
    for damage in (b"", path.read_bytes()[:-8], b"not an array"):
        path.write_bytes(damage)
        assert np.array_equal(cached_vectors(tmp_path, HashingEncoder(), texts), expected)


def test_systems_by_name(tmp_path: Path) -> None:
    folders = Folders(CORPUS, tmp_path, tmp_path)
    asked: list[str] = []

    def load(name: str) -> Encoder:
        asked.append(name)
        return HashingEncoder()

    names = ["bm25", "bm25f", "nearest:n", "dense", "dense:a/b:c", "hybrid", "hybrid:m", "verbatim", "verbatim:m"]
    assert [open_system(name, folders, load).name for name in names] == names
    assert asked == ["n", "plain", "a/b:c", "plain", "m", "default", "m"]
    for name in ("bm26", "bm25:x", "trec:", ""):
        with pytest.raises(DataError, match="there is no such system. Use one of: bm25, bm25f"):
            open_system(name, folders, load)


def test_documents_without_a_word_cannot_be_searched_by_words() -> None:
    for system in (Bm25(), Bm25f()):
        with pytest.raises(DataError, match=f"{system.name}: no document has a word to search for"):
            system.index(dataset("", "x", "the of"))


def test_no_documents_cannot_be_searched(tmp_path: Path) -> None:
    dense, verbatim = Dense(HashingEncoder(), tmp_path), Verbatim(HashingEncoder(), tmp_path, tmp_path)
    for system in (Bm25(), Bm25f(), dense, verbatim):
        with pytest.raises(DataError, match=r"made-up: there are no documents to search\. Give --documents\."):
            system.index(dataset())
        with pytest.raises(DataError, match="made-up: none of the 2 documents has a title or a text"):
            system.index(dataset("", " "))
