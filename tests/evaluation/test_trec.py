"""TREC topics, qrels and runs: what is read, what is refused, how ties stand."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from evaluation.datasets import Judgement, Query
from evaluation.errors import DataError
from evaluation.measures import measure
from evaluation.trec import read_qrels, read_run, read_topics, trec_order, write_run


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_topics_in_blocks_and_in_rows(tmp_path: Path) -> None:
    first = "<top>\n<num> Number: 301\n<title> Topic: heart\n failure\n<desc> more\n</top>"
    blocks = f"{first}\n\n<top>\n<num>302\n<title>flu</top>"
    expected = {"301": Query("301", "heart failure"), "302": Query("302", "flu")}
    assert read_topics(write(tmp_path, "topics", blocks)) == expected
    assert read_topics(write(tmp_path, "rows", "301\theart failure\n302\tflu\n")) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1\tone\n1\ttwo\n", ":2: the topic '1' stands twice"),
        ("1\tone\n\n2\t \n", ":3: the topic '2' is empty"),
        ("one\n", ":1: not a topic: 'one'"),
        ("\n\n<top>\n<num> 1\n</top>\n", ":3: a topic has no <num> or no <title>"),
        ("\n<top><num> 1\n<title>\n</top>\n", ":2: the topic '1' is empty"),
        ("", ": there is no topic"),
    ],
)
def test_bad_topics(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DataError, match=f"topics{problem}"):
        read_topics(write(tmp_path, "topics", text))


def test_qrels_of_both_kinds(tmp_path: Path) -> None:
    trec = write(tmp_path, "trec", "q1 0 d1 2\nq1 0 d2 0\n")
    beir = write(tmp_path, "beir", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n")
    assert list(read_qrels(trec)) == [Judgement("q1", "d1", 2, 1), Judgement("q1", "d2", 0, 2)]
    assert list(read_qrels(beir)) == [Judgement("q1", "d1", 2, 2), Judgement("q1", "d2", 0, 3)]


@pytest.mark.parametrize("line", ["q1 0 d1", "q1 0 d1 high", "q1\td1\t1.5", "q1", "a b c d e"])
def test_bad_qrels(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"qrels:2: not a judgement"):
        list(read_qrels(write(tmp_path, "qrels", f"q0 0 d0 1\n{line}\n")))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("q1 Q0 d2 2 nan t", "the score is nan"),
        ("q1 Q0 d2 2 inf t", "the score is inf"),
        ("q1 Q0 d2 2 0.5", "not a line of a run"),
        ("q1 Q0 d2 2 half t", "not a line of a run"),
        ("q1 Q0 d1 2 0.5 t", "'d1' stands twice for 'q1'"),
    ],
)
def test_bad_runs(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(DataError, match=rf"run:2: {problem}"):
        read_run(write(tmp_path, "run", f"q1 Q0 d1 1 0.9 t\n{line}\n"))


def test_an_empty_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the run is empty"):
        read_run(write(tmp_path, "run", "\n"))


def test_ties_stand_in_descending_order_of_id_whatever_the_rank_says(tmp_path: Path) -> None:
    path = write(tmp_path, "run", "q Q0 a 1 0.5 t\nq Q0 c 9 0.5 t\nq Q0 b 2 0.5 t\nq Q0 z 3 0.7 t\n")
    assert [document for document, _ in read_run(path)["q"]] == ["z", "c", "b", "a"]


scored = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(0, 4).map(lambda n: n / 3), min_size=1)


@given(scored, st.data())
def test_the_order_is_trec_evals(documents: dict[str, float], data: st.DataObject) -> None:
    """Every measure of the ordered run equals pytrec_eval's on the scores themselves."""
    grades = {document: data.draw(st.integers(0, 2)) for document in sorted(documents)}
    evaluator = pytrec_eval.RelevanceEvaluator({"q": grades}, {"ndcg_cut.3", "map_cut.3", "recall.3", "recip_rank"})
    theirs = evaluator.evaluate({"q": documents})["q"]
    ours = measure(["nDCG@3", "AP@3", "R@3", "RR"], {"q": grades}, {"q": trec_order(documents.items())})["q"]
    names = ("ndcg_cut_3", "map_cut_3", "recall_3", "recip_rank")
    assert list(ours.values()) == [theirs[name] for name in names]


@given(scored)
def test_a_run_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, documents: dict[str, float]) -> None:
    path = tmp_path_factory.mktemp("run") / "run.trec"
    run = {"q": trec_order(documents.items())}
    write_run(path, run, "tag")
    assert read_run(path) == run
