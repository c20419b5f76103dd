from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.errors import DataError
from retrieval.corpus import Corpus
from retrieval.questions import held_out
from training.examples import Pair, question_classes, read_answers, read_names, read_summaries


def test_classes_leave_out_what_is_held_out(corpus: Corpus) -> None:
    classes = question_classes(corpus)
    document = corpus.documents["istiratumab"]
    learned = {question for questions in classes.passages.values() for question in questions}
    asked = {phrasing.question for phrasing in document.phrasings}
    assert learned < asked
    assert not any(held_out(question) for question in learned)
    assert {question for question in asked if not held_out(question)} == learned
    assert set(classes.texts) == {passage.id for passage in document.passages.showable()}
    assert min(len(questions) for questions in [*classes.passages.values(), *classes.gaps.values()]) >= 2


def test_one_in_eight_is_held_out() -> None:
    share = sum(held_out(f"question {n}") for n in range(8000)) / 8000
    assert 0.11 < share < 0.14
    assert held_out("question 1") == held_out("question 1")


def test_pairs_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"question": "q", "answer": "a", "focus": "Gout", "summary": "s"}) + "\n", "utf-8")
    assert read_answers(path) == (Pair("q", "a", "gout"),)
    assert read_summaries(path) == (Pair("q", "s", "1"),)


def test_names_of_medicines(corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "medicines.jsonl"
    path.write_text('{"name": "aspirin", "kind": "common"}\n{"name": "timolol", "kind": "common"}\n', "utf-8")
    classes = question_classes(corpus, read_names(path))
    assert classes.names == ("istiratumab", "mm-141")
    assert classes.others == ("aspirin", "timolol")


@pytest.mark.parametrize("answer", ["", " ", 3, None])
def test_a_pair_without_words_is_named(tmp_path: Path, answer: object) -> None:
    path = tmp_path / "pairs.jsonl"
    good = {"question": "q", "answer": "a", "focus": "gout"}
    path.write_text(json.dumps(good) + "\n" + json.dumps(good | {"answer": answer}) + "\n", "utf-8")
    with pytest.raises(DataError, match=r"pairs.jsonl:2.*answer"):
        read_answers(path)
