"""Runs: what is written, what is measured, what is not done again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import pytrec_eval

from evaluation.bm25 import Bm25
from evaluation.catalogue import Files, Folders, open_dataset
from evaluation.datasets import Dataset, Query
from evaluation.dense import Dense
from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from evaluation.measures import check_measures, condensed, measure
from evaluation.run import Plan, run_system
from evaluation.systems import ExistingRun, Found, Searcher
from evaluation.trec import read_run
from retrieval.encoder import Progress
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder

PLAN = Plan(("nDCG@10", "RR@10", "R@10", "AP@10"))


class Counting(Bm25):
    """BM25 that remembers what it was asked, and breaks off after some queries."""

    asked: list[str] = []  # noqa: RUF012 - shared on purpose: a frozen system makes a new searcher each time
    limit = 99

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        inner = super().index(dataset, progress)

        class Asked:
            index_bytes = inner.index_bytes

            def search(self, query: Query, k: int) -> Sequence[Found]:
                if len(Counting.asked) >= Counting.limit:
                    raise KeyboardInterrupt
                Counting.asked.append(query.id)
                return inner.search(query, k)

        return Asked()


@pytest.fixture
def data(beir: Path) -> Dataset:
    return open_dataset(str(beir), Files(), "test", Folders(CORPUS, beir, beir))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    monkeypatch.setattr(Counting, "asked", [])
    monkeypatch.setattr(Counting, "limit", 99)
    return Counting()


def test_a_run_by_hand(data: Dataset, tmp_path: Path) -> None:
    """BM25 finds each right document first: 'do' is no stop word, 'forgot' stands nowhere."""
    summary = run_system(data, Bm25(), PLAN, tmp_path, None)
    run = read_run(tmp_path / "run.trec")
    assert {q: [d for d, _ in found] for q, found in run.items()} == {
        "q1": ["d1", "d5"],
        "q2": ["d2", "d4"],
        "q3": ["d4", "d3"],
        "q4": ["d5"],
    }
    assert {name: m["mean"] for name, m in summary["measures"].items()} == dict.fromkeys(PLAN.measures, 1.0)
    assert summary == json.loads((tmp_path / "summary.json").read_bytes())
    assert summary["queries"] == 4
    assert summary["fingerprint"]["data"]["sha256"] == data.sha256
    assert summary["fingerprint"]["system"] == {
        "name": "bm25", "method": "lucene", "k1": 1.2, "b": 0.75, "stemmer": "snowball english", "stop_words": "lucene",
    }  # fmt: skip
    assert set(summary["latency_ms"]) == {"p50", "p95", "p99"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "per_query.jsonl",
        "run.trec",
        "summary.json",
        "summary.md",
    ]
    assert "| bm25 | 1.000 (1.000–1.000) |" in (tmp_path / "summary.md").read_text("utf-8")


def test_the_record_of_a_query(data: Dataset, tmp_path: Path) -> None:
    run_system(data, Dense(HashingEncoder(), tmp_path / "cache"), replace(PLAN, depth=2), tmp_path / "out", None)
    [record] = [r for _, r in read_objects(tmp_path / "out" / "per_query.jsonl") if r["query"] == "q3"]
    assert record["text"] == "nausea"
    assert record["expected"][0]["text"] in {d.words for d in data.documents.values()}
    found = [(f["document"], f["score"]) for f in record["found"]]
    assert found == read_run(tmp_path / "out" / "run.trec")["q3"]
    assert record["confidence"] == found[0][1]
    ranks = {document: at for at, (document, _) in enumerate(found, 1)}
    assert [(e["id"], e["rank"]) for e in record["expected"]] == sorted(
        [("d3", ranks.get("d3")), ("d4", ranks.get("d4"))], key=lambda e: e[1] or 99
    )


def test_figures_equal_pytrec_evals_on_the_written_run(data: Dataset, tmp_path: Path) -> None:
    summary = run_system(data, Dense(HashingEncoder(), tmp_path / "cache"), PLAN, tmp_path / "out", None)
    written: dict[str, dict[str, float]] = {}
    for line in (tmp_path / "out" / "run.trec").read_text("utf-8").splitlines():
        query, _, document, _, score, _ = line.split()
        written.setdefault(query, {})[document] = float(score)
    names = {"nDCG@10": "ndcg_cut_10", "R@10": "recall_10", "AP@10": "map_cut_10", "RR@10": "recip_rank"}
    evaluator = pytrec_eval.RelevanceEvaluator(data.qrels, {"ndcg_cut.10", "recall.10", "map_cut.10", "recip_rank"})
    theirs = evaluator.evaluate(written)
    for ours, name in names.items():
        assert summary["measures"][ours]["mean"] == sum(v[name] for v in theirs.values()) / len(theirs)


def test_graded_judgements_count_in_ndcg() -> None:
    qrels = {"q": {"a": 1, "b": 2}}
    best, worse = (
        measure(["nDCG@10"], qrels, {"q": [("b", 1.0), ("a", 0.5)]}),
        measure(["nDCG@10"], qrels, {"q": [("a", 1.0), ("b", 0.5)]}),
    )
    log3 = 1.5849625007211563
    assert best["q"]["nDCG@10"] == 1.0
    assert worse["q"]["nDCG@10"] == pytest.approx((1 + 2 / log3) / (2 + 1 / log3))


def test_a_query_without_results_measures_0() -> None:
    values = measure(["nDCG@10", "RR@10"], {"q1": {"a": 1}, "q2": {"b": 1}}, {"q1": [("a", 1.0)], "q2": []})
    assert values == {"q1": {"nDCG@10": 1.0, "RR@10": 1.0}, "q2": {"nDCG@10": 0.0, "RR@10": 0.0}}


def test_judged_only_leaves_unjudged_documents_out(data: Dataset, tmp_path: Path) -> None:
    run = {"q1": [("d5", 0.9), ("d1", 0.5)], "q3": [("d1", 0.9), ("d5", 0.8), ("d4", 0.7)]}
    assert condensed(run, data.qrels) == {"q1": [("d1", 0.5)], "q3": [("d5", 0.8), ("d4", 0.7)]}
    system = ExistingRun(tmp_path / "r", run, "r")
    (tmp_path / "r").write_text("", "utf-8")
    plain = run_system(data, system, PLAN, tmp_path / "plain", None)
    judged = run_system(data, system, replace(PLAN, judged_only=True), tmp_path / "judged", None)
    assert plain["measures"]["RR@10"]["mean"] == pytest.approx((1 / 2 + 1 / 3) / 4)
    assert judged["measures"]["RR@10"]["mean"] == pytest.approx((1 + 1 / 2) / 4)
    # The run itself keeps all that was found.
    assert [d for d, _ in read_run(tmp_path / "judged" / "run.trec")["q1"]] == ["d5", "d1"]


def test_a_finished_run_is_not_done_again(data: Dataset, counting: Counting, tmp_path: Path) -> None:
    first = run_system(data, counting, PLAN, tmp_path, None)
    assert run_system(data, counting, PLAN, tmp_path, None) == first
    assert Counting.asked == ["q1", "q2", "q3", "q4"]
    run_system(data, counting, replace(PLAN, depth=1), tmp_path, None)
    assert len(Counting.asked) == 8


@pytest.mark.parametrize("torn", ["", '{"query": "q3", "ms"'])
def test_a_stopped_run_goes_on_where_it_stopped(
    data: Dataset, counting: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: str
) -> None:
    whole = run_system(data, Bm25(), PLAN, tmp_path / "whole", None)
    monkeypatch.setattr(Counting, "limit", 2)
    with pytest.raises(KeyboardInterrupt):
        run_system(data, counting, PLAN, tmp_path / "out", None)
    with (tmp_path / "out" / "searched.jsonl").open("a", encoding="utf-8") as file:
        file.write(torn)
    monkeypatch.setattr(Counting, "limit", 99)
    resumed = run_system(data, counting, PLAN, tmp_path / "out", None)
    assert Counting.asked == ["q1", "q2", "q3", "q4"]
    assert resumed["measures"] == whole["measures"]
    assert (tmp_path / "out" / "run.trec").read_bytes() == (tmp_path / "whole" / "run.trec").read_bytes()


def test_a_stopped_run_of_other_data_is_started_anew(
    data: Dataset, counting: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Counting, "limit", 2)
    with pytest.raises(KeyboardInterrupt):
        run_system(data, counting, PLAN, tmp_path, None)
    monkeypatch.setattr(Counting, "limit", 99)
    run_system(data, counting, replace(PLAN, depth=7), tmp_path, None)
    assert Counting.asked == ["q1", "q2", "q1", "q2", "q3", "q4"]


def test_queries_for_which_nothing_is_found_are_told(beir: Path, data: Dataset, tmp_path: Path) -> None:
    queries = (beir / "queries.jsonl").read_text("utf-8").replace("nausea", "the of")
    (beir / "queries.jsonl").write_text(queries, "utf-8")
    without = open_dataset(str(beir), Files(), "test", Folders(CORPUS, beir, beir))
    assert run_system(data, Bm25(), PLAN, tmp_path / "all", None)["unknown"] == {"without_results": 0}
    assert run_system(without, Bm25(), PLAN, tmp_path / "some", None)["unknown"] == {"without_results": 1}
    told = (tmp_path / "some" / "summary.md").read_text("utf-8")
    assert "bm25: judged queries for which it has nothing: 1; they measure 0." in told


def test_an_unknown_measure_is_named() -> None:
    check_measures(["nDCG@10", "RR(rel=2)@10", "Success@1"])
    with pytest.raises(DataError, match="no measure is called 'nDGC@10'"):
        check_measures(["AP@10", "nDGC@10"])
