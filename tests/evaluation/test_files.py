"""Files as the world has them: compressed, with byte order marks, of other line ends, with ids of something else.

Each gives the right figure, or one line that says which file, which line and what to do.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from evaluation.catalogue import Files, Folders, open_dataset, open_system
from evaluation.compressed import open_plain, plain_name
from evaluation.datasets import Dataset
from evaluation.errors import DataError
from evaluation.jsonl import read_lines, read_objects
from evaluation.run import Plan, run_system
from evaluation.side_by_side import run_systems
from evaluation.systems import ExistingRun
from evaluation.trec import read_qrels, read_run, write_run
from retrieval.encoder import Encoder
from tests.conftest import CORPUS
from tests.evaluation.conftest import write_jsonl

PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}
RUN = "q1 Q0 d1 1 0.9 t\nq2 Q0 d2 1 0.9 t\nq3 Q0 d5 1 0.9 t\nq3 Q0 d4 2 0.8 t\nq4 Q0 d5 1 0.9 t\n"
RIGHT = {"RR@10": (1 + 1 + 0.5 + 1) / 4, "R@10": (1 + 1 + 0.5 + 1) / 4}
"""By hand: only q3 has something above what is relevant, and one of its two relevant documents."""


def folders(folder: Path) -> Folders:
    return Folders(CORPUS, folder, folder / "cache")


def no_encoder(name: str) -> Encoder:
    raise AssertionError(name)


def figures(dataset: Dataset, run: Path, out: Path) -> dict[str, float]:
    [summary] = run_systems(dataset, [f"trec:{run}"], Plan(tuple(RIGHT)), out, folders(out), no_encoder)
    return {name: measure["mean"] for name, measure in summary["measures"].items()}


def opened(beir: Path) -> Dataset:
    return open_dataset(str(beir), Files(), "test", folders(beir))


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    path = tmp_path / "other.run"
    path.write_text(RUN, "utf-8")
    return path


def test_the_figures_of_plain_files(beir: Path, run_file: Path, tmp_path: Path) -> None:
    assert figures(opened(beir), run_file, tmp_path / "out") == RIGHT


@pytest.mark.parametrize("suffix", PACKED)
def test_compressed_files_give_the_same(beir: Path, run_file: Path, tmp_path: Path, suffix: str) -> None:
    plain = opened(beir)
    for path in [*beir.rglob("*.jsonl"), *beir.rglob("*.tsv"), run_file]:
        path.with_name(path.name + suffix).write_bytes(PACKED[suffix](path.read_bytes()))
        path.unlink()
    packed = opened(beir)
    assert packed.sha256 == plain.sha256
    run = run_file.with_name(run_file.name + suffix)
    assert figures(packed, run, tmp_path / "out") == RIGHT
    assert open_system(f"trec:{run}", folders(beir), no_encoder).name == "other"


@pytest.mark.parametrize("suffix", PACKED)
def test_what_is_packed_is_told_by_its_bytes_and_several_parts_are_one_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "topics"
    path.write_bytes(PACKED[suffix](b"one\n") + PACKED[suffix](b"two\n"))
    assert list(read_lines(path)) == [(1, "one"), (2, "two")]
    assert plain_name(Path("a/queries.jsonl" + suffix)) == Path("a/queries.jsonl")


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize("kept", [8, -1])
def test_a_packed_file_that_ends_too_early_is_refused(tmp_path: Path, suffix: str, kept: int) -> None:
    path = tmp_path / "run"
    path.write_bytes(PACKED[suffix](RUN.encode() * 50)[:kept])
    with pytest.raises(DataError, match=r"run: the compressed file is damaged \(.+\)\. Copy or compress it anew\."):
        open_plain(path)


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "run"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("joined", [False, True])
def test_marks_and_line_ends_change_nothing(
    beir: Path, run_file: Path, tmp_path: Path, file: str, ends: str, joined: bool
) -> None:
    """A mark stands first in a file, and within one that was joined of two; blank lines and spaces stand anywhere."""
    path = run_file if file == "run" else beir / file
    lines = path.read_text("utf-8").splitlines()
    if joined:
        lines = [*lines[:2], "", "\ufeff" + lines[2], *lines[3:], "  "]
    path.write_bytes(("\ufeff" + ends.join(lines)).encode())
    assert figures(opened(beir), run_file, tmp_path / "out") == RIGHT


@pytest.mark.parametrize("between", ["\t", "  ", " \t "])
def test_columns_may_be_apart_by_any_white_space(beir: Path, run_file: Path, tmp_path: Path, between: str) -> None:
    run_file.write_text(RUN.replace(" ", between), "utf-8")
    qrels = beir / "qrels" / "test.tsv"
    qrels.write_text(
        "q1 0 d1 1 \nq2 0 d2 2\nq3 0 d3 1\nq3 0 d4 2.0\nq4 0 d5 +1\n".replace(" ", between),
        "utf-8",
    )
    assert figures(opened(beir), run_file, tmp_path / "out") == RIGHT


@pytest.mark.parametrize(
    "head",
    ["query-id\tcorpus-id\tscore", "query_id doc_id relevance", "qid\titer\tdocid\trel", "QUERY-ID CORPUS-ID SCORE"],
)
def test_heads_of_qrels(tmp_path: Path, head: str) -> None:
    path = tmp_path / "qrels"
    path.write_text(f"\ufeff{head}\nq1\td1\t2\n", "utf-8")
    assert [(j.query, j.document, j.grade, j.line) for j in read_qrels(path)] == [("q1", "d1", 2, 2)]


MEASURES = ("nDCG@10", "nDCG(dcg='exp-log2')@10", "R@10", "AP@10", "RR@10", "P@5", "Success@3", "Bpref", "infAP",
            "Rprec", "SetP", "IPrec@0.5", "Judged@10", "Compat(p=0.8)", "ERR@20", "NumRel")  # fmt: skip


def test_a_negative_grade_is_judged_and_not_relevant_by_every_measure(
    beir: Path, run_file: Path, tmp_path: Path
) -> None:
    """As trec_eval has it for gain. The engine below ir_measures dies of it: this process would not get so far."""
    qrels = beir / "qrels" / "test.tsv"
    written = qrels.read_text("utf-8")
    plan = Plan(MEASURES)
    means = []
    for grade in ("0", "-1", "-2", "-2147483649"):
        qrels.write_text(f"{written}q2\td1\t{grade}\nq4\td1\t{grade}\nq1\td4\t{grade}\n", "utf-8")
        dataset = opened(beir)
        assert dataset.negative == (0 if grade == "0" else 3)
        out = tmp_path / grade
        [summary] = run_systems(dataset, [f"trec:{run_file}"], plan, out, folders(out), no_encoder)
        means.append({name: measure["mean"] for name, measure in summary["measures"].items()})
        told = "Judgements with a negative grade: 3; they count as 0, not relevant." in (out / "summary.md").read_text()
        assert told == (grade != "0")
    assert means[1:] == means[:1] * 3
    assert means[0]["nDCG@10"] == pytest.approx(
        (1 + 1 + (2 / 1.5849625007211563) / (2 + 1 / 1.5849625007211563) + 1) / 4
    )
    assert means[0]["ERR@20"] == pytest.approx((1 / 16 + 3 / 16 + 3 / 16 / 2 + 1 / 16) / 4, abs=1e-5)


@pytest.mark.parametrize("grade", ["10001", "2000000000"])
def test_a_grade_too_high_to_count_to_is_refused(beir: Path, grade: str) -> None:
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write(f"q1\td2\t{grade}\n")
    with pytest.raises(DataError, match=rf"test\.tsv:8: the grade {grade} is too high"):
        opened(beir)


def test_how_many_ids_match_nothing_is_told_of_each_side(beir: Path, run_file: Path, tmp_path: Path) -> None:
    run_file.write_text(f"{RUN.split('q4')[0]}zz Q0 d1 1 1 t\nunjudged Q0 d1 1 1 t\nq1 Q0 zz 2 0.1 t\n", "utf-8")
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as qrels:
        qrels.write("q1\tgone\t1\n")
    run_systems(opened(beir), [f"trec:{run_file}"], Plan(("RR@10",)), tmp_path / "o", folders(tmp_path), no_encoder)
    assert (tmp_path / "o" / "summary.md").read_text("utf-8").split("\n\n", 2)[2] == (
        "Relevant documents that are not there: 1; they count as not found.\n\n"
        "Queries that nobody judged: 1; they are not asked.\n\n"
        "other: queries that the data set does not have: 1; they are not measured.\n\n"
        "other: documents that the data set does not have: 1; they count as not relevant.\n\n"
        "other: judged queries for which it has nothing: 1; they measure 0.\n"
    )
    summary = json.loads((tmp_path / "o" / "summary.json").read_bytes())
    assert (summary["unjudged_queries"], summary["missing_documents"]) == (1, 1)
    assert summary["unknown"] == {"queries": 1, "documents": 1, "without_results": 1}


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        ("Q1 Q0 d1 1 1 t\n", "the data set has none of its queries: 'Q1', say, is no id of a query there"),
        (
            "q1 Q0 D1 1 1 t\nq2 Q0 D2 1 1 t\n",
            "the data set has none of its documents: 'D1', say, is no id of a document",
        ),
    ],
)
@pytest.mark.parametrize("documents", [True, False])
def test_ids_that_all_match_nothing_are_an_error(
    beir: Path, tmp_path: Path, run: str, problem: str, documents: bool
) -> None:
    (tmp_path / "r").write_text(run, "utf-8")
    files = Files(None, beir / "queries.jsonl", beir / "qrels" / "test.tsv")
    dataset = opened(beir) if documents else open_dataset("trec", files, "test", folders(beir))
    system = ExistingRun(tmp_path / "r", read_run(tmp_path / "r"), "r")
    with pytest.raises(DataError, match=problem):
        run_system(dataset, system, Plan(("RR@10",)), tmp_path / "out")


@pytest.mark.parametrize(
    ("file", "line", "problem"),
    [
        ("queries.jsonl", r'{"_id": "q9", "text": "a \ud83d b"}', r"queries\.jsonl:6: half a character, \\ud83d, s"),
        ("queries.jsonl", r'{"_id": "q9", "text": "a", "metadata": {"before": "\udc00"}}', "6: half a character"),
        ("queries.jsonl", r'{"_id": "q9\ud83d", "text": "a"}', "6: half a character"),
        ("queries.jsonl", '{"_id": "q9", "text": null}', "6: the query 'q9' is empty"),
        ("queries.jsonl", '{"_id": "q9", "text": 9}', "6: the query 'q9' is a number"),
        ("queries.jsonl", '{"_id": "q\\u00009", "text": "x"}', "6: 'q\\\\x009' cannot be an id"),
        ("corpus.jsonl", '{"_id": "\\ufeffd", "text": "x"}', "6: '\\\\ufeffd' cannot be an id"),
        ("queries.jsonl", '{"_id": "q9"}', "6: the key 'text' is missing"),
        ("queries.jsonl", '{"_id": "q9", "text": "a", "metadata": {"before": 3}}', "6: 'before' is a number"),
        ("queries.jsonl", "[" * 100_000, "6: not JSON"),
        ("corpus.jsonl", r'{"_id": "d9", "text": "\uD83D"}', r"corpus\.jsonl:6: half a character, \\ud83d"),
        ("corpus.jsonl", r'{"_id": "d9", "title": "\udfff", "text": ""}', r"corpus\.jsonl:6: half a character"),
        ("corpus.jsonl", '{"_id": "d9", "text": null}', "6: the text of 'd9' is null. Write a text"),
        ("corpus.jsonl", '{"_id": "d9", "text": ["a"]}', "6: the text of 'd9' is a list"),
        ("corpus.jsonl", '{"_id": "d9", "text": 5}', "6: the text of 'd9' is a number"),
        ("corpus.jsonl", '{"_id": "d9", "title": true, "text": "a"}', "6: the title of 'd9' is true"),
        ("corpus.jsonl", '{"_id": "d9"}', "6: the key 'text' is missing"),
        ("corpus.jsonl", '{"_id": null, "text": "a"}', "6: None cannot be an id"),
    ],
)  # fmt: skip
def test_texts_that_are_none(beir: Path, file: str, line: str, problem: str) -> None:
    with (beir / file).open("a", encoding="utf-8") as added:
        added.write(line + "\n")
    with pytest.raises(DataError, match=problem):
        opened(beir)


def test_texts_that_look_odd_and_are_none_the_less(beir: Path) -> None:
    """A character beyond the first plane in two halves, a title that is null, metadata that is null or no object."""
    write_jsonl(beir / "corpus.jsonl", {"_id": "d1", "title": None, "text": "\U0001f600"}, {"_id": "d2", "text": ""})
    assert r"\ud83d\ude00" in (beir / "corpus.jsonl").read_text("utf-8")
    odd: tuple[object, ...] = (0, None, {}, [], {"before": None})
    write_jsonl(
        beir / "queries.jsonl",
        *({"_id": f"q{n}", "text": "a", "metadata": m} for n, m in enumerate(odd)),
    )
    dataset = opened(beir)
    assert [d.words for d in dataset.documents.values()] == ["\U0001f600", ""]
    assert [query.before for query in dataset.queries.values()] == ["", "", "", ""]


def test_queries_may_have_any_name(beir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "questions.txt"
    copy.write_bytes((beir / "queries.jsonl").read_bytes())
    assert open_dataset(str(beir), Files(queries=copy), "test", folders(beir)).queries == opened(beir).queries


@pytest.mark.parametrize("tag", ["a b", "dense:my models/x", "\u00a0", ""])
def test_a_run_can_be_read_whatever_its_system_is_called(tmp_path: Path, tag: str) -> None:
    write_run(tmp_path / "run", {"q": [("d", 1.0)]}, tag)
    assert read_run(tmp_path / "run") == {"q": [("d", 1.0)]}


def test_half_a_character_is_found_in_any_file_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"a": "fine"}\n{"turns": [{"text": "\\ud83d\\ud83d\\ude00"}]}\n', "utf-8")
    with pytest.raises(DataError, match=r"labels\.jsonl:2: half a character, \\ud83d, stands alone"):
        list(read_objects(path))
