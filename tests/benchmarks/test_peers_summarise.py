"""The table of all systems, from the files that they wrote."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.peers.summarise import main

GOLD = "The drip takes one hour."
OTHER = "Do not drive that day."


def answer(text: str) -> str:
    return (
        json.dumps({"id": "p1", "turn": 0, "decision": "answer", "citations": [{"document": "m", "text": text}]}) + "\n"
    )


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A peer's answers and run, another system's answers, labels and judgements."""
    label = {"id": "p1", "turns": [{"text": "?", "kind": "answerable", "gold": [1], "also": []}]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(label) + "\n", "utf-8")
    line = {"document": "m", "line": 1, "start": 0, "end": len(GOLD), "text": GOLD}
    (tmp_path / "lines.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    (tmp_path / "ours.jsonl").write_text(answer(GOLD), "utf-8")
    peer = tmp_path / "answers" / "fake"
    (peer / "beir").mkdir(parents=True)
    (peer / "default.jsonl").write_text(answer(OTHER), "utf-8")
    made = {"python": "3.11.7", "packages": {"fake": "1.0"}, "model_sha256": "ab", "default": {"size": 5}, "grid": {}}
    (peer / "made.json").write_text(json.dumps(made), "utf-8")
    (peer / "beir" / "tiny-whole.trec").write_text("q1 Q0 d2 1 0.9 fake\nq1 Q0 d1 2 0.8 fake\n", "utf-8")
    (tmp_path / "tiny" / "qrels").mkdir(parents=True)
    queries = '{"_id": "q1", "text": "a"}\n{"_id": "q2", "text": "b"}\n'
    (tmp_path / "tiny" / "queries.jsonl").write_text(queries, "utf-8")
    (tmp_path / "tiny" / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td1\t1\n", "utf-8")
    return tmp_path


def summarise(folder: Path) -> int:
    labels = ["--conversations", folder / "labels.jsonl", "--lines", folder / "lines.jsonl"]
    also = ["--also", f"ours={folder / 'ours.jsonl'}", "--beir", folder / "tiny"]
    return main([str(a) for a in ["--answers", folder / "answers", *labels, *also, "--out", folder / "out"]])


def test_all_systems_stand_in_one_table(given: Path) -> None:
    assert summarise(given) == 0
    summary = json.loads((given / "out" / "summary.json").read_text("utf-8"))
    assert summary["conversations"]["turns"] == 1
    assert summary["others"]["ours"]["kinds"]["answerable"]["hit1"] == 1.0
    assert summary["peers"]["fake"]["default"]["kinds"]["answerable"]["hit1"] == 0.0
    assert "tuned" not in summary["peers"]["fake"]
    # q1: the relevant document is second, 1 / log2(3) = .6309; q2 has no answer and counts as 0.
    assert summary["public"] == {"tiny": {"fake": {"whole": {"nDCG@10": 0.3155, "RR@10": 0.25, "R@10": 0.5}}}}
    table = (given / "out" / "summary.md").read_text("utf-8")
    assert "| ours | 1.000 (0.03–1.00) | 1.000 (0.03–1.00) | 1.000 (0.03–1.00) | 24 |" in table
    assert "| fake, default | 0.000 (0.00–0.97) | 0.000 (0.00–0.97) | 0.000 (0.00–0.97) | 22 |" in table
    assert "| tiny | fake | whole | 0.3155 | 0.2500 | 0.5000 |" in table
    assert "| fake | 3.11.7 | fake 1.0 |" in table
    assert "fold 1" not in table


def test_what_is_not_measured_this_time_stays(given: Path) -> None:
    """A system can be measured anew without the peers, whose environments take gigabytes and hours."""
    assert summarise(given) == 0
    before = json.loads((given / "out" / "summary.json").read_bytes())
    (given / "ours.jsonl").write_text(answer(OTHER), "utf-8")
    shutil.rmtree(given / "answers")
    labels = ["--conversations", given / "labels.jsonl", "--lines", given / "lines.jsonl"]
    also = ["--also", f"ours={given / 'ours.jsonl'}", "--out", given / "out"]
    assert main([str(a) for a in ["--answers", given / "answers", *labels, *also]]) == 0
    after = json.loads((given / "out" / "summary.json").read_bytes())
    assert after["others"]["ours"]["kinds"]["answerable"]["hit1"] == 0.0
    assert {**after, "others": {}} == {**before, "others": {}}
    label = (given / "labels.jsonl").read_text("utf-8").replace('"?"', '"what?"')
    (given / "labels.jsonl").write_text(label, "utf-8")
    assert main([str(a) for a in ["--answers", given / "answers", *labels, *also]]) == 0
    assert json.loads((given / "out" / "summary.json").read_bytes())["peers"] == {}


def test_a_turn_without_an_answer_is_an_error(given: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = given / "answers" / "fake" / "default.jsonl"
    file.write_text(answer(OTHER).replace("p1", "p2"), "utf-8")
    assert summarise(given) == 2
    assert capsys.readouterr().err == f"{file}: 1 labelled turns have no answer. Answer them all.\n"
    assert not (given / "out").exists()


def test_labelled_leaflets_stand_in_a_table_of_their_own(given: Path) -> None:
    """Each question is of its own leaflet; search systems, the product and peers are in one table."""
    folder = given / "data"
    folder.mkdir()
    turns = [{"text": "?", "kind": "answerable", "gold": [1], "also": []}]
    label = {"id": "p1", "document": "leaf", "turns": turns}
    (folder / "leaflets.jsonl").write_text(json.dumps(label) + "\n", "utf-8")
    (folder / "leaf.md").write_text(f"---\nid: leaf\n---\n{GOLD}\n", "utf-8")
    peer = given / "answers" / "leaflets" / "fake"
    peer.mkdir(parents=True)
    (peer / "default.jsonl").write_text(answer(OTHER).replace('"m"', '"leaf"'), "utf-8")
    (peer / "made.json").write_text("{}", "utf-8")
    (given / "bm25.jsonl").write_text(answer(GOLD).replace('"m"', '"leaf"'), "utf-8")
    (given / "out").mkdir()
    (given / "out" / "summary.json").write_text("{", "utf-8")  # damaged: as if there were none
    more = ["--leaflets", folder, "--also-leaflets", f"bm25={given / 'bm25.jsonl'}"]
    assert main([str(a) for a in ["--answers", given / "answers", *more, "--out", given / "out"]]) == 0
    leaflets = json.loads((given / "out" / "summary.json").read_bytes())["leaflets"]
    assert {name: system["kinds"]["answerable"]["hit1"] for name, system in leaflets["systems"].items()} == {
        "bm25": 1.0,
        "fake": 0.0,
    }
    table = (given / "out" / "summary.md").read_text("utf-8")
    assert "# Labelled leaflets, each question asked of its own leaflet alone" in table
    assert "| bm25 | 1.000 (0.03–1.00) | 1.000 (0.03–1.00) | 1.000 (0.03–1.00) | 24 |" in table
