"""BM25F and the nearest phrasing, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.bm25f import Bm25f
from evaluation.datasets import Dataset, Query, TextDocument
from evaluation.errors import DataError
from evaluation.nearest import Nearest
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.views import ViewKind
from tests.hashing import HashingEncoder

DOCUMENTS = {
    "a": TextDocument("a", "Nausea", "Take food."),
    "b": TextDocument("b", "Rash", "Nausea passes."),
    "c": TextDocument("c", "Rash", "Skin itches."),
}


def test_bm25f_by_hand() -> None:
    """Each title has one word and each text two, so every length is the mean: a field's count is its weight."""
    found = Bm25f().index(Dataset("d", DOCUMENTS, {}, {})).search(Query("q", "is nausea normal"), 9)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert [f.document for f in found] == ["a", "b"]
    assert [f.score for f in found] == pytest.approx([idf * 2 / 3.2, idf * 1 / 2.2], rel=1e-6)


def test_bm25f_counts_a_word_of_both_fields_once_saturated() -> None:
    documents = {**DOCUMENTS, "a": replace(DOCUMENTS["a"], text="Nausea food.")}
    found = Bm25f(title=3).index(Dataset("d", documents, {}, {})).search(Query("q", "nausea nausea"), 1)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert [(f.document, f.score) for f in found] == [("a", pytest.approx(2 * idf * 4 / 5.2, rel=1e-6))]


def test_the_nearest_phrasing_is_the_phrasings_own_passage(
    corpus: Corpus, index: Index, encoder: Encoder, tmp_path: Path
) -> None:
    view = next(view for view in index.views if view.kind == ViewKind.PHRASING)
    dataset = Dataset("istiratumab", {}, {}, {}, corpus=corpus)
    # The bank's own vectors: embedding nine thousand phrasings anew would take minutes.
    few = replace(corpus.documents["istiratumab"], phrasings=corpus.documents["istiratumab"].phrasings[:40])
    dataset = replace(dataset, corpus=replace(corpus, documents={"istiratumab": few}))
    assert view.text == few.phrasings[0].question
    found = Nearest(encoder, tmp_path).index(dataset).search(Query("q", view.text), 3)
    assert (found[0].document, found[0].why) == (view.passage, f"“{view.text[:120]}”")
    assert found[0].score == pytest.approx(1, abs=1e-5)
    assert len({f.document for f in found}) == len(found)


def test_without_phrasings_nothing_is_near(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no approved phrasings to be near to"):
        Nearest(HashingEncoder(), tmp_path).index(Dataset("d", DOCUMENTS, {}, {}))
