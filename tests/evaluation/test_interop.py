"""Results and labelled sets for other tools: TREC files, one JSON, folders of datasets, retrievers of other benches."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from evaluation.answers import Shown
from evaluation.beir import read_files
from evaluation.bm25 import Bm25
from evaluation.card import write_datasets_folder
from evaluation.conversations import LabelledTurn
from evaluation.datasets import Dataset, Judgement, Query, TextDocument, judged
from evaluation.errors import DataError
from evaluation.interop import BeirRetriever, MtebRetriever
from evaluation.jsonl import read_objects
from evaluation.published import answer_rows, difference_markdown, run_rows
from evaluation.run import Plan, run_system
from evaluation.scoring import Grade, Score
from evaluation.trec import read_run
from tests.evaluation.conftest import DOCUMENTS, QRELS, QUERIES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dataset() -> Dataset:
    documents = {i: TextDocument(i, t, x) for i, t, x in DOCUMENTS}
    queries = {i: Query(i, x) for i, x in QUERIES}
    return judged("small", documents, queries, [Judgement(q, d, g, 1) for q, d, g in QRELS], Path("qrels"))


def test_the_retriever_of_beir_finds_what_the_bench_finds(dataset: Dataset, tmp_path: Path) -> None:
    run_system(dataset, Bm25(), Plan(("nDCG@10",), depth=3), tmp_path)
    ours = {query: dict(found) for query, found in read_run(tmp_path / "run.trec").items()}
    corpus = {d.id: {"title": d.title, "text": d.text} for d in dataset.documents.values()}
    queries = {q.id: q.text for q in dataset.queries.values()}
    assert BeirRetriever(Bm25()).search(corpus, queries, 3, "cos_sim", ignored=True) == ours
    mteb = MtebRetriever(Bm25())
    mteb.index([{"id": i, **d} for i, d in corpus.items()], task_metadata=None, num_proc=None)
    rows = [{"id": i, "text": text} for i, text in queries.items()]
    assert mteb.search(rows, top_k=3, hf_split="test", encode_kwargs={}) == ours


def test_what_those_retrievers_cannot_do() -> None:
    with pytest.raises(ValueError, match=r"index\(\) must come before search\(\)"):
        MtebRetriever(Bm25()).search([], top_k=1)
    retriever = MtebRetriever(Bm25())
    retriever.index([{"id": "d", "text": "itch"}])
    with pytest.raises(ValueError, match="does not rerank"):
        retriever.search([], top_k=1, top_ranked={"q": ["d"]})
    with pytest.raises(DataError, match="there are no documents to search"):
        BeirRetriever(Bm25()).search({}, {"q": "x"}, 1)


def turn(name: str, kind: str) -> LabelledTurn:
    return LabelledTurn(name, 0, "?", kind, frozenset({1, 2}), frozenset(), "", False, False, False, "m")


def test_one_json_has_every_figure(dataset: Dataset, tmp_path: Path) -> None:
    summary = run_system(dataset, Bm25(), Plan(("nDCG@10",)), tmp_path)
    [row] = run_rows("small", [summary])
    assert row == {
        "set": "small", "system": "bm25", "group": "all", "measure": "nDCG@10", "turns": 4, "value": 1.0, "low": 1.0,
        "high": 1.0,
    }  # fmt: skip


def graded(hit: bool) -> Score:
    grade = Grade(True, False, False, hit, True, True, (2, int(hit), 2))
    return Score(((turn("p1", "answerable"), Shown(1, "answer", frozenset(), (), None), grade),), (), ())


def test_figures_that_are_not_as_committed() -> None:
    committed, fresh = list(answer_rows("s", graded(True))), list(answer_rows("s", graded(False)))
    [first] = [row for row in committed if (row["group"], row["measure"]) == ("patients", "first")]
    assert (first["turns"], first["value"], first["low"], first["high"]) == (1, 1.0, pytest.approx(0.025), 1.0)
    text = difference_markdown(committed, fresh)
    assert text.startswith("30 figures compared with the committed ones, 9 differ.\n")
    assert "| s answers patients | hit1 | 1.000 | 0.000 | -1.000 |" in text
    assert difference_markdown(committed, committed) == "30 figures compared with the committed ones, 0 differ.\n"
    assert difference_markdown([], fresh).endswith("30 are new, 0 were not made this time.\n")


def test_a_notebook_reads_it_as_the_documentation_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of docs/benchmarks.md is run as it stands there."""
    [code] = re.findall(r"```python\n(import pandas.*?)```", (ROOT / "docs" / "benchmarks.md").read_text("utf-8"), re.S)
    folder = tmp_path / "runs" / "evaluate"
    folder.mkdir(parents=True)
    rows = [{**row, "set": "istiratumab"} for row in answer_rows("s", graded(True))]
    (folder / "figures.json").write_text(json.dumps(rows), "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs/benchmarks.md", "exec"), {})  # noqa: S102 - our own documentation
    assert re.search(r"patients\s.*1\.0", capsys.readouterr().out)


def test_a_folder_of_datasets_with_its_card(dataset: Dataset, tmp_path: Path) -> None:
    labels = [turn("p1", "answerable"), turn("p2", "urgent")]
    asked = Dataset("small", dataset.documents, {"p1/0": Query("p1/0", "?")}, {"p1/0": {"d1": 1}})
    about = tmp_path / "about.md"
    about.write_text("Written by hand.\n", "utf-8")
    write_datasets_folder(tmp_path / "out", asked, labels, about, "apache-2.0")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    head = yaml.safe_load(card.split("---\n")[1])
    assert head["license"] == "apache-2.0"
    for config in head["configs"]:
        [file] = config["data_files"]
        rows = [row for _, row in read_objects(tmp_path / "out" / file["path"])]
        assert rows
        # One table: every row has the same columns, of the same types.
        assert len({tuple((key, type(value)) for key, value in row.items()) for row in rows}) == 1
    assert "2 turns, 1 of them judged queries, 5 passages" in card
    assert "| urgent | 1 |" in card
    assert card.endswith("## Where it comes from\n\nWritten by hand.\n")


def test_a_beir_export_of_other_documents_is_read_back(dataset: Dataset, tmp_path: Path) -> None:
    from evaluation.beir import write_beir

    records = ({"_id": q.id, "text": q.text} for q in dataset.queries.values())
    write_beir(tmp_path, dataset.documents.values(), records, dataset.qrels)
    read = read_files("small", tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl", tmp_path / "qrels" / "test.tsv")
    assert read.sha256 == dataset.sha256
