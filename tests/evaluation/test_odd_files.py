"""Further files as the world has them: other encodings and line ends, archives, capitals, odd numbers and types.

Each gives the right figure, or one line that says which file, which line and what to do.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from evaluation.answers import read_answers
from evaluation.conversations import read_labels, read_questions
from evaluation.errors import DataError
from evaluation.everyday import read_messages
from evaluation.jsonl import read_lines, read_text
from evaluation.preflight import writable_files
from evaluation.results import read_results
from evaluation.run import Plan
from evaluation.side_by_side import run_systems
from evaluation.texts import text_lines
from evaluation.trec import read_qrels, read_run
from tests.evaluation.conftest import write_jsonl
from tests.evaluation.test_files import RUN, folders, no_encoder, opened, run_file

__all__ = ["run_file"]

FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "run")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("packed", [False, True])
def test_what_a_byte_order_mark_says_is_read(beir: Path, run_file: Path, encoding: str, packed: bool) -> None:
    plain = opened(beir).sha256, read_run(run_file)
    for name in FILES:
        path = run_file if name == "run" else beir / name
        mark = "" if encoding in ("utf-16", "utf-32") else "\ufeff"
        data = (mark + path.read_text("utf-8")).encode(encoding)
        path.write_bytes(gzip.compress(data) if packed else data)
    assert (opened(beir).sha256, read_run(run_file)) == plain


@pytest.mark.parametrize("name", FILES)
def test_lines_that_end_with_a_carriage_return_alone(beir: Path, run_file: Path, name: str) -> None:
    plain = opened(beir).sha256, read_run(run_file)
    path = run_file if name == "run" else beir / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    assert (opened(beir).sha256, read_run(run_file)) == plain


def test_the_line_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\ntwo\nthr\xe4e\n")
    with pytest.raises(DataError, match=r"f:3: the file is not UTF-8\. Save it as UTF-8\."):
        list(read_lines(path))
    with pytest.raises(DataError, match=r"f:3: the file is not UTF-8"):
        read_text(path)
    path.write_bytes("one\n".encode("utf-16-le"))
    with pytest.raises(DataError, match=r"f:1: there is a zero byte: this is no UTF-8 text"):
        list(read_lines(path))


def test_a_whole_text_is_read_without_marks_and_carriage_returns(tmp_path: Path) -> None:
    path = tmp_path / "f"
    for data in ("\ufeffa\r\nb\rc\n".encode(), "a\nb\nc\n".encode("utf-16"), gzip.compress(b"a\r\nb\r\nc\r\n")):
        path.write_bytes(data)
        assert read_text(path) == "a\nb\nc\n"


def test_a_leaflet_in_any_of_these_has_the_same_lines(tmp_path: Path) -> None:
    text = "---\nid: leaf\n---\n# Leaf\n\nTake it dry.\n"
    seen = []
    for data in (text.encode(), ("\ufeff" + text.replace("\n", "\r\n")).encode(), text.encode("utf-16")):
        (tmp_path / "leaf.md").write_bytes(data)
        seen.append([(line.number, line.start, line.text) for line in text_lines([tmp_path], "leaf")])
    assert seen == [[(1, 0, "# Leaf"), (3, 8, "Take it dry.")]] * 3


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, zstandard.compress])
def test_what_is_lost_behind_a_first_part_is_told(tmp_path: Path, pack: Any) -> None:
    path = tmp_path / "run"
    path.write_bytes(pack(RUN.encode()) + b"\0" * 8)
    assert read_run(path) == read_run_of(RUN, tmp_path)
    path.write_bytes(pack(RUN.encode()) + b"junk")
    with pytest.raises(DataError, match=r"run: the compressed file is damaged \(something else stands behind it\)"):
        read_run(path)


def read_run_of(text: str, folder: Path) -> Any:
    (folder / "plain").write_text(text, "utf-8")
    return read_run(folder / "plain")


def test_a_file_packed_twice_is_read(tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(gzip.compress(zstandard.compress(RUN.encode())))
    assert read_run(tmp_path / "run") == read_run_of(RUN, tmp_path)


def test_archives_are_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "run").write_text(RUN, "utf-8")
    tarred, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        tar.add(tmp_path / "run", "run")
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(tmp_path / "run", "run")
    for kind, data in (("tar", tarred.getvalue()), ("ZIP", zipped.getvalue())):
        (tmp_path / "packed").write_bytes(data)
        with pytest.raises(DataError, match=f"packed: this is a {kind} archive. Unpack it, and give the file in it."):
            read_run(tmp_path / "packed")


def test_other_packing_is_told_by_name(tmp_path: Path) -> None:
    for kind, head in (("LZ4", b"\x04\x22\x4d\x18"), ("compress", b"\x1f\x9d")):
        (tmp_path / "packed").write_bytes(head + RUN.encode())
        with pytest.raises(DataError, match=f"packed: this is packed by {kind}. Unpack it, and give the file in it."):
            read_run(tmp_path / "packed")


def test_zstandard_as_its_tools_write_it(tmp_path: Path) -> None:
    """Packed in parallel there are frames without data; `--long=31` looks back further than readers allow at first."""
    path, empty = tmp_path / "run", b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size"
    path.write_bytes(empty + zstandard.compress(RUN.encode()) + empty)
    assert read_run(path) == read_run_of(RUN, tmp_path)
    far = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
    stream = zstandard.ZstdCompressor(compression_params=far).compressobj()
    path.write_bytes(stream.compress(RUN.encode()) + stream.flush())
    assert read_run(path) == read_run_of(RUN, tmp_path)


def test_capitals_in_the_names_of_a_folder_change_nothing(beir: Path) -> None:
    plain = opened(beir).sha256
    (beir / "corpus.jsonl").rename(beir / "CORPUS.JSONL")
    queries = beir / "queries.jsonl"
    (beir / "queries.jsonl.GZ").write_bytes(gzip.compress(queries.read_bytes()))
    queries.unlink()
    assert opened(beir).sha256 == plain


@pytest.mark.parametrize("head", ['"query-id"\t"corpus-id"\t"score"', "Query ID\tDoc ID\tRelevance", "topic 0 doc rel"])
def test_further_heads_of_qrels(tmp_path: Path, head: str) -> None:
    (tmp_path / "q").write_text(f"{head}\nq1\td1\t1\n", "utf-8")
    assert [(j.query, j.grade) for j in read_qrels(tmp_path / "q")] == [("q1", 1)]


@pytest.mark.parametrize("grade", ["0.5", "nan", "inf", "-inf", "-1e400", "1,0", "", "0x1", "true", "1_0"])
def test_grades_that_are_none(tmp_path: Path, grade: str) -> None:
    (tmp_path / "q").write_text(f"q1\td1\t1\nq1\td2\t{grade}\n", "utf-8")
    with pytest.raises(DataError, match=r"q:2: not a judgement"):
        list(read_qrels(tmp_path / "q"))


@pytest.mark.parametrize("score", ["nan", "inf", "-inf", "1e400", "1e39", "-1e39", "1_0"])
def test_scores_that_are_none(tmp_path: Path, score: str) -> None:
    (tmp_path / "r").write_text(f"q1 Q0 d1 1 0.5 t\nq1 Q0 d2 1 {score} t\n", "utf-8")
    with pytest.raises(DataError, match=r"r:2: the score is .*\. Scores must be finite numbers"):
        read_run(tmp_path / "r")


@pytest.mark.parametrize(
    "line", ["q1 Q0 d1 1 0.9", "q1 d1 0.9", "q1 Q0 d1 1 0.9 my tag", "query_id Q0 doc rank score tag", "# run"]
)
def test_lines_of_a_run_that_have_other_columns(tmp_path: Path, line: str) -> None:
    (tmp_path / "r").write_text(f"{line}\n", "utf-8")
    with pytest.raises(DataError, match=r"r:1: not a line of a run"):
        read_run(tmp_path / "r")


@pytest.mark.parametrize("grade", ["0", "-1"])
def test_judgements_of_nothing_relevant_are_an_error_and_queries_of_that_kind_are_counted(
    beir: Path, run_file: Path, tmp_path: Path, grade: str
) -> None:
    qrels = beir / "qrels" / "test.tsv"
    rows = qrels.read_text("utf-8").replace("q1\td1\t1", f"q1\td1\t{grade}")
    qrels.write_text(rows, "utf-8")
    [summary] = run_systems(
        opened(beir), [f"trec:{run_file}"], Plan(("RR@10",)), tmp_path / "o", folders(tmp_path), no_encoder
    )
    assert summary["without_relevant"] == 1
    told = "Queries for which no document is judged relevant: 1; they measure 0."
    assert told in (tmp_path / "o" / "summary.md").read_text("utf-8")
    qrels.write_text(f"q1\td1\t{grade}\nq2\td2\t{grade}\n", "utf-8")
    with pytest.raises(DataError, match=r"test\.tsv: no document is judged relevant"):
        opened(beir)


def test_how_many_judged_queries_are_not_there(beir: Path) -> None:
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write("q8\td1\t1\nq9\td1\t1\n")
    with pytest.raises(DataError, match=r"test\.tsv:8: no query has the id 'q8'; of 6 judged queries 2 are not there"):
        opened(beir)


BEST: dict[str, Any] = {"id": "p1", "turn": 0, "decision": "answer"}


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"notices": "urgent"}, "'notices' is no list"),
        ({"notices": [1]}, "a notice is no text"),
        ({"citations": {}}, "'citations' is no list"),
        ({"citations": [None]}, "a citation has no text"),
        ({"citations": [{"text": None}]}, "a citation has no text"),
        ({"citations": [{"text": "abc", "document": 3}]}, "the document of a citation is 3"),
        ({"citations": [{"text": "abc", "score": "high"}]}, "the score of a citation is 'high'"),
        ({"citations": [{"text": "abc", "score": float("nan")}]}, "the score of a citation is nan"),
        ({"citations": [{"text": "abc", "start": 1.0, "end": 4.0}]}, "a citation stands at 1.0–4.0"),
        ({"citations": [{"text": "abc", "start": 5}]}, "a citation stands at 5–None"),
        ({"citations": [{"text": "abc", "start": -3, "end": 0}]}, "a citation stands at -3–0"),
        ({"latency_ms": "fast"}, "the latency_ms is 'fast'"),
        ({"latency_ms": float("inf")}, "the latency_ms is inf"),
        ({"latency_ms": -1}, "the latency_ms is -1"),
        ({"probability": float("nan")}, "the probability is nan"),
        ({"probability": True}, "the probability is True"),
        ({"turn": -1}, "'id' and 'turn' must be a name and a number. Turns count from 0"),
    ],
)
def test_answers_of_other_types_name_the_line(tmp_path: Path, more: dict[str, Any], problem: str) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", BEST, BEST | {"turn": 1} | more)
    with pytest.raises(DataError, match=rf"a\.jsonl:2: {problem}"):
        read_answers(path)


def test_answers_may_have_null_for_what_they_lack(tmp_path: Path) -> None:
    nothing = {"notices": None, "citations": None, "latency_ms": None, "probability": None}
    cited = [{"text": "abc", "document": None, "start": None, "end": None, "score": None}]
    read = read_answers(write_jsonl(tmp_path / "a.jsonl", BEST | nothing, BEST | {"turn": 1, "citations": cited}))
    assert read["p1", 0].citations == ()
    [citation] = read["p1", 1].citations
    assert (citation.document, citation.span, citation.score) == ("", None, None)


def test_a_file_without_a_conversation(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text("\n", "utf-8")
    for read in (read_labels, read_questions):
        with pytest.raises(DataError, match=r"l\.jsonl: there is no conversation"):
            read(tmp_path / "l.jsonl")


@pytest.mark.parametrize("line", ['{"measures": null}', '{"expected": null}', '{"found": {}}', '{"query": 1}'])
def test_a_folder_of_a_run_that_was_changed_by_hand(tmp_path: Path, line: str) -> None:
    query: dict[str, Any] = {"query": "q", "measures": {}, "ms": None, "confidence": None, "expected": [], "found": []}
    write_jsonl(tmp_path / "per_query.jsonl", query, query | json.loads(line))
    summary = {"name": "s", "dataset": "d", "risk_measure": "m", "fingerprint": {"data": {"sha256": ""}}}
    (tmp_path / "summary.json").write_text(json.dumps(summary), "utf-8")
    with pytest.raises(DataError, match=r"per_query\.jsonl:2: this is no query of a run"):
        read_results(tmp_path)


@pytest.mark.parametrize("key", ["unsure", "alarm_ok"])
def test_a_label_that_is_neither_true_nor_false(tmp_path: Path, key: str) -> None:
    turn = {"text": "?", "kind": "answerable", "gold": [1], "also": [], key: "no"}
    path = write_jsonl(tmp_path / "l.jsonl", {"id": "p1", "turns": [turn]})
    with pytest.raises(DataError, match=rf"l\.jsonl:1: '{key}' of turn 0 of 'p1' is neither true nor false"):
        read_labels(path)


def test_a_quote_that_is_not_closed_loses_no_message_in_silence(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text('text,category\nhello,a\n"I am,b\nlast,c\n', "utf-8")
    with pytest.raises(DataError, match=r"test\.csv:\d: the table cannot be read \(unexpected end of data\)"):
        read_messages(tmp_path)
    (tmp_path / "test.csv").write_text("text,category\nhello,a\n", "utf-16")
    (tmp_path / "more.JSON").write_text(json.dumps({"val": [["pay my bill", "pay"]]}), "utf-16")
    assert [m.text for m in read_messages(tmp_path)] == ["pay my bill", "hello"]


def test_a_folder_in_the_place_of_a_result_is_told_first(beir: Path, run_file: Path, tmp_path: Path) -> None:
    (tmp_path / "o" / "summary.json").mkdir(parents=True)
    with pytest.raises(DataError, match=r"summary\.json: this is a folder\. Give the name of a file\."):
        run_systems(opened(beir), [f"trec:{run_file}"], Plan(("RR@10",)), tmp_path / "o", folders(tmp_path), no_encoder)
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["summary.json"]
    assert writable_files(tmp_path / "p", "a", "b") == tmp_path / "p"
