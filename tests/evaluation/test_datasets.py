"""Data sets: what is read, what is refused, and the built-in one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.beir import read_files
from evaluation.builtin import passage_documents
from evaluation.catalogue import Files, Folders, open_dataset
from evaluation.datasets import Dataset, Query, TextDocument
from evaluation.errors import DataError
from retrieval.corpus import Corpus
from tests.conftest import CORPUS, ROOT
from tests.evaluation.conftest import write_jsonl


def read(folder: Path) -> Dataset:
    return open_dataset(str(folder), Files(), "test", Folders(CORPUS, folder, folder))


def test_a_beir_folder(beir: Path) -> None:
    dataset = read(beir)
    assert dataset.name == "small"
    assert dataset.documents["d1"].words == "Storage Keep the vials in the refrigerator and away from light."
    assert dataset.documents["d4"].words == "Nausea often passes when the tablet is taken with food."
    assert list(dataset.queries) == ["q1", "q2", "q3", "q4"]  # nothing is judged for the fifth
    assert dataset.qrels["q3"] == {"d3": 1, "d4": 2, "d5": 0}
    assert dataset.missing == 0


def test_the_hash_of_a_data_set_follows_its_content(beir: Path, tmp_path: Path) -> None:
    first = read(beir).sha256
    assert read(beir.rename(tmp_path / "other")).sha256 == first
    qrels = tmp_path / "other" / "qrels" / "test.tsv"
    qrels.write_text(qrels.read_text("utf-8").replace("q1\td1\t1", "q1\td1\t2"), "utf-8")
    assert read(tmp_path / "other").sha256 != first


@pytest.mark.parametrize(
    ("file", "line", "problem"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "x"}', r"corpus\.jsonl:6: the id 'd1' is also on line 1"),
        ("corpus.jsonl", '{"_id": "d 9", "text": "x"}', r"corpus\.jsonl:6: 'd 9' cannot be an id"),
        ("corpus.jsonl", '{"_id": 9, "text": "x"}', r"corpus\.jsonl:6: 9 cannot be an id\..* in quotes"),
        ("corpus.jsonl", '{"_id": "d9"}', r"corpus\.jsonl:6: the key 'text' is missing"),
        ("queries.jsonl", '{"_id": "q1", "text": "x"}', r"queries\.jsonl:6: the id 'q1' is also on line 1"),
        ("queries.jsonl", '{"_id": "q9", "text": " "}', r"queries\.jsonl:6: the query 'q9' is empty"),
        ("qrels/test.tsv", "q1\td1\t1", r"test\.tsv:8: q1 and d1 are also judged on line 2"),
        ("qrels/test.tsv", "q9\td1\t1", r"test\.tsv:8: no query has the id 'q9'"),
        ("qrels/test.tsv", "q1\td1\tyes", r"test\.tsv:8: not a judgement"),
    ],
)
def test_bad_files_name_file_and_line(beir: Path, file: str, line: str, problem: str) -> None:
    with (beir / file).open("a", encoding="utf-8") as opened:
        opened.write(line + "\n")
    with pytest.raises(DataError, match=problem):
        read(beir)


def test_a_file_without_a_query_is_named(beir: Path) -> None:
    (beir / "queries.jsonl").write_text("\n", "utf-8")
    with pytest.raises(DataError, match=r"queries\.jsonl: there is no query\."):
        read(beir)


def test_a_missing_document_counts_as_not_found(beir: Path) -> None:
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as opened:
        opened.write("q1\tgone\t1\n")
    dataset = read(beir)
    assert (dataset.missing, dataset.qrels["q1"]) == (1, {"d1": 1, "gone": 1})


def test_judgements_of_other_documents_are_refused(beir: Path) -> None:
    write_jsonl(beir / "corpus.jsonl", {"_id": "x", "text": "x"})
    with pytest.raises(DataError, match=r"test\.tsv: none of the relevant documents is there"):
        read(beir)


def test_files_of_a_folder_can_be_replaced(beir: Path, tmp_path: Path) -> None:
    topics = tmp_path / "topics.tsv"
    topics.write_text("q1\tvials\nq2\tforgot\nq3\tsick\nq4\tcar\n", "utf-8")
    dataset = open_dataset(str(beir), Files(queries=topics), "test", Folders(CORPUS, beir, beir))
    assert dataset.queries["q3"] == Query("q3", "sick")


def test_trec_files_alone_need_no_documents(beir: Path) -> None:
    files = Files(queries=beir / "queries.jsonl", qrels=beir / "qrels" / "test.tsv")
    dataset = open_dataset("trec", files, "test", Folders(CORPUS, beir, beir))
    assert (len(dataset.documents), len(dataset.queries), dataset.missing) == (0, 4, 0)
    with pytest.raises(DataError, match=r"trec: files are missing\. Give --queries and --qrels\."):
        open_dataset("trec", Files(), "test", Folders(CORPUS, beir, beir))


def test_an_unknown_data_set(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such data set"):
        read(tmp_path / "none")


def test_the_built_in_data_set(corpus: Corpus) -> None:
    dataset = open_dataset("istiratumab", Files(), "test", Folders(CORPUS, CORPUS, CORPUS))
    texts = {text.id: text for text in passage_documents(corpus.documents["istiratumab"])}
    assert dataset.documents == texts
    assert dataset.queries["c001/1"].before == dataset.queries["c001/0"].text
    [bullet] = [p for p in corpus.documents["istiratumab"].passages.showable() if p.text.startswith("- Fatigue")]
    assert texts[bullet.id] == TextDocument(
        bullet.id,
        "Safety Profile and Side Effects: Common Side Effects (>10%)",
        "- Fatigue: A general sense of tiredness or weakness.",
    )
    # Showing the bullet answers, and so does the list that holds it.
    relevant = [grades for grades in dataset.qrels.values() if bullet.id in grades]
    assert relevant
    assert all(bullet.parent in grades for grades in relevant)


def test_the_export_is_read_back_as_the_same_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evaluation", "export-beir", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    built_in = open_dataset("istiratumab", Files(), "test", Folders(CORPUS, CORPUS, CORPUS))
    assert done.stdout.startswith(f"{len(built_in.documents)} documents, {len(built_in.queries)} judged queries in ")
    exported = read(tmp_path / "out")
    assert exported.documents == built_in.documents
    assert exported.queries == built_in.queries
    assert exported.qrels == built_in.qrels
    assert exported.sha256 == built_in.sha256


def test_ir_datasets(tmp_path: Path) -> None:
    import ir_datasets

    for name, text in {"docs": "d1\theart\nd2\tlung\n", "queries": "q1\thearts\n", "qrels": "q1 0 d1 1\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    made = ir_datasets.create_dataset(
        docs_tsv=str(tmp_path / "docs"), queries_tsv=str(tmp_path / "queries"), qrels_trec=str(tmp_path / "qrels")
    )
    ir_datasets.registry.register("made-up", made)
    dataset = open_dataset("irds:made-up", Files(), "test", Folders(CORPUS, tmp_path, tmp_path))
    assert dataset.documents == {"d1": TextDocument("d1", "", "heart"), "d2": TextDocument("d2", "", "lung")}
    assert (dataset.queries, dataset.qrels) == ({"q1": Query("q1", "hearts")}, {"q1": {"d1": 1}})
    with pytest.raises(DataError, match="irds:unknown: the data set cannot be read"):
        open_dataset("irds:unknown", Files(), "test", Folders(CORPUS, tmp_path, tmp_path))


def test_read_files_keeps_the_message_before(tmp_path: Path, beir: Path) -> None:
    queries = write_jsonl(tmp_path / "q.jsonl", {"_id": "q1", "text": "and then?", "metadata": {"before": "first"}})
    qrels = tmp_path / "q.tsv"
    qrels.write_text("q1\td1\t1\n", "utf-8")
    assert read_files("x", beir / "corpus.jsonl", queries, qrels).queries == {"q1": Query("q1", "and then?", "first")}
