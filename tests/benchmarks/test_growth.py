"""The made-up library is sound, and growth is told in exponents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.performance.growth import exponent, growth, questions, share_of_change
from benchmarks.performance.made_up import MadeUpEncoder, medicine, monograph, write_library, write_medicine
from retrieval.corpus import read_corpus
from retrieval.views import corpus_views
from tests.conftest import CORPUS


@pytest.mark.parametrize(
    ("times", "before", "after", "power"),
    [(10, 2.0, 20.0, 1.0), (10, 2.0, 2.0, 0.0), (10, 0.5, 50.0, 2.0), (4, 8.0, 4.0, -0.5), (10, 0.0, 5.0, None)],
)
def test_the_exponent_of_a_step(times: float, before: float, after: float, power: float | None) -> None:
    assert exponent(times, before, after) == power


def test_growth_is_told_for_each_step() -> None:
    rows = [{"monographs": 1, "a": 1.0}, {"monographs": 10, "a": 10.0}, {"monographs": 1000, "a": 100.0}]
    assert growth(rows, ["a"]) == [{"from": 1, "to": 10, "a": 1.0}, {"from": 10, "to": 1000, "a": 0.5}]


def test_a_change_costs_its_share_with_the_real_encoder_added() -> None:
    row = {"monographs": 100, "views": 4000, "build_s": 10.0, "changed_s": 1.0}
    assert share_of_change(row, {"processor_ms_a_passage": 25.0}) == {
        "monographs": 100, "full_build_s": 110, "one_changed_s": 2.0, "share": 0.0182
    }  # fmt: skip


def test_a_made_up_library_is_served_whole(tmp_path: Path) -> None:
    corpus = read_corpus(write_library(tmp_path / "corpus", CORPUS, 12))
    assert corpus.problems == ()
    assert sorted(corpus.documents) == sorted(medicine(n) for n in range(12))
    assert {len(document.passages.showable()) for document in corpus.documents.values()} == {16}
    asked = {name: (len(d.phrasings), len(d.gaps)) for name, d in corpus.documents.items() if d.phrasings or d.gaps}
    assert asked == {medicine(0): (4, 1), medicine(10): (4, 1)}
    assert all(any(name in question for name in corpus.documents) for question in questions(12)["named"])


def test_a_new_version_differs_in_one_passage(tmp_path: Path) -> None:
    folder = write_library(tmp_path / "corpus", CORPUS, 2)
    before = {view.text for view in corpus_views(read_corpus(folder))}
    write_medicine(folder, 1, version=2)
    new = [view.text for view in corpus_views(read_corpus(folder)) if view.text not in before]
    assert [text for text in new if "Version 2" not in text] == []
    assert len(new) == 2  # the passage and its last sentence


def test_names_and_brands_are_all_different() -> None:
    brands = {next(line for line in monograph(n).splitlines() if line.startswith("aliases")) for n in range(2000)}
    assert len(brands) == 2000
    assert len({medicine(n) for n in [*range(10_000), *range(500_000, 510_000)]}) == 20_000


def test_the_made_up_encoder_gives_the_same_unit_vectors_each_time() -> None:
    vectors = MadeUpEncoder().encode(["keep it cold", "", "keep it warm", "two drops a day"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert (vectors == MadeUpEncoder().encode(["keep it cold", "", "keep it warm", "two drops a day"])).all()
    assert vectors[0] @ vectors[2] > 0.5 > vectors[0] @ vectors[3]
