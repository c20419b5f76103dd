"""Within one monograph a library is searched as if there were no other, with the real encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder
from retrieval.index import build_index
from retrieval.results import Readings
from retrieval.retriever import Retriever
from retrieval.scope import nearest, passage_ranges, scope
from retrieval.store import FaissStore
from retrieval.views import ANY_DOCUMENT, ViewKind, view_ranges
from tests.library import write_library

DOCUMENTS = ("bentrine", "carvexol", "tresolimab")
QUESTIONS = ("where do I keep it", "how many minutes does the drip run", "red skin rash", "will it rain")


def retriever(folder: Path, encoder: Encoder, *only: str) -> Retriever:
    corpus = read_corpus(write_library(folder / "corpus", encoder, *only))
    return Retriever(corpus, build_index(folder / "index", corpus, encoder), encoder)


@pytest.fixture(scope="module")
def library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever(tmp_path_factory.mktemp("library"), encoder)


def test_the_views_of_a_document_stand_together_and_those_of_all_after_them(library: Retriever) -> None:
    views, ranges = library.index.views, view_ranges(library.index.views)
    assert tuple(ranges) == (*DOCUMENTS, ANY_DOCUMENT)
    assert [number for part in ranges.values() for number in part] == list(range(len(views)))
    for document, part in ranges.items():
        assert {views[n].document for n in part} == {document}
        assert {views[n].passage.partition(":")[0] for n in part if views[n].kind != ViewKind.GAP} <= {document}


def test_a_scope_is_the_documents_own_and_what_holds_for_all() -> None:
    ranges = {"a": range(3), "b": range(3, 5), ANY_DOCUMENT: range(5, 9)}
    assert scope(ranges, "b") == (range(3, 5), range(5, 9))
    assert scope(ranges, "c") == (range(5, 9),)
    assert scope(ranges) is None
    assert scope({"a": range(3), ANY_DOCUMENT: range(3, 9)}, "a") is None


def test_ranges_together_are_one_search() -> None:
    vectors = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    whole, part = FaissStore(8), FaissStore(8)
    whole.add(range(60), vectors)
    kept = [*range(10, 30), *range(50, 60)]
    part.add(kept, vectors[kept])
    for k in (3, 25, 100):
        found = nearest(whole, vectors[:4], k, (range(10, 30), range(50, 60)))
        for row, expected in zip(found, part.search(vectors[:4], k), strict=True):
            assert [match.id for match in row] == [match.id for match in expected]
            assert [match.score for match in row] == pytest.approx([match.score for match in expected], abs=1e-6)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_in_one_document_all_is_as_if_there_were_no_other(
    library: Retriever, encoder: Encoder, tmp_path: Path, document: str
) -> None:
    alone = retriever(tmp_path, encoder, document)
    for question in QUESTIONS:
        expected, found = alone.search(question, 5), library.search(question, 5, document=document)
        assert [hit.passage.id for hit in found.hits] == [hit.passage.id for hit in expected.hits]
        assert [hit.score for hit in found.hits] == pytest.approx([hit.score for hit in expected.hits], abs=1e-5)
        assert [hit.highlight for hit in found.hits] == [hit.highlight for hit in expected.hits]
        np.testing.assert_allclose(found.message, expected.message, atol=1e-4)
        np.testing.assert_allclose(found.passages, expected.passages, atol=1e-4)


@pytest.mark.parametrize("document", ["bentrine", ANY_DOCUMENT])
def test_passages_are_found_though_known_gaps_alone_are_near(
    library: Retriever, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    gap = next(view for view in library.index.views if view.kind == ViewKind.GAP and not view.document)
    expected = library.search(gap.text, 1, document=document)
    assert expected.gaps[0][0] == gap
    monkeypatch.setattr("retrieval.retriever.DEPTH", 1)
    found = library.search(gap.text, 1, document=document)
    assert found.gaps[0][0] == gap
    [hit] = found.hits
    numbers = [n for part in passage_ranges(view_ranges(library.index.views), library._table, document) for n in part]
    assert ViewKind.GAP not in {library.index.views[n].kind for n in numbers}
    [matches] = library.index.store.search(library.readings(gap.text).alone, len(library.index.views))
    nearest_one = next(match.id for match in matches if match.id in numbers)
    assert hit.passage.id == library.index.views[nearest_one].passage


def test_the_nearest_documents_are_those_of_the_nearest_passages(library: Retriever) -> None:
    assert library.nearest_documents(library.readings("drops into each ear at night"))[0] == "bentrine"
    assert set(library.nearest_documents(library.readings("will it rain tomorrow"))) == set(DOCUMENTS)


def test_a_phrasing_is_asked_anew_of_its_own_document(library: Retriever, encoder: Encoder, tmp_path: Path) -> None:
    def figures(of: Retriever) -> NDArray[np.float64]:
        rows = []
        for number, view in enumerate(of.index.views):
            if view.kind == ViewKind.PHRASING:
                readings = Readings((view.text,), of.index.store.vectors([number]))
                results = of.find(readings, 3, view.document, without=number)
                assert not any(seen.text == view.text for hit in results.hits for seen, _ in hit.evidence.views)
                rows.append(np.concatenate([results.message, results.passages.ravel()]))
        return np.array(rows)

    among, alone = figures(library), figures(retriever(tmp_path / "alone", encoder, "tresolimab"))
    np.testing.assert_allclose(among, alone, atol=1e-4)
