"""The command line, run as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from retrieval.index import Index
from tests.conftest import ROOT
from tests.evaluation.conftest import write_jsonl


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evaluation", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_answers_are_written_and_scored(index: Index, tmp_path: Path) -> None:
    labels = write_jsonl(
        tmp_path / "labels.jsonl",
        {
            "id": "p1",
            "turns": [{"text": "how long will the drip take", "kind": "answerable", "gold": [31], "also": []}],
        },
    )
    answers = tmp_path / "answers.jsonl"
    done = run("answers", "--conversations", labels, "--out", answers, "--index", index.folder.parent)
    assert (done.returncode, done.stdout) == (0, f"1 answers in {answers}\n"), done.stderr
    scored = run("score", "--labels", labels, "--answers", answers, "--json", "--out", tmp_path / "scored")
    assert scored.returncode == 0, scored.stderr
    figures = {
        "n": 1,
        "answered": 1.0,
        "hedged": 0.0,
        "alarm": 0.0,
        "n_gold": 1,
        "hit1": 1.0,
        "hit3": 1.0,
        "hit600": 1.0,
    }
    assert json.loads(scored.stdout)["patients"] == figures
    failures = run("failures", tmp_path / "scored")
    assert failures.stdout == "# Worst 0 of 1 queries: answers on labels\n\n"


def test_missing_answers_are_told_by_the_exit_status(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("", "utf-8")
    done = run("score", "--answers", tmp_path / "none.jsonl")
    assert done.returncode == 1
    assert "Turns without an answer: 317." in done.stdout


def test_an_ablation_by_one_command(beir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("run", "--dataset", beir, "--system", "bm25", "dense", "--out", out, "--cache", tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert "small: 5 documents, 4 queries" in done.stdout
    assert "| nDCG@10 | dense − bm25 |" in done.stdout
    assert {path.name for path in out.iterdir()} == {
        "bm25", "dense", "compare.json", "compare.md",
        "measures.png", "differences.png", "risk_coverage.png", "latency.png",
    }  # fmt: skip
    again = run("run", "--dataset", beir, "--system", f"trec:{out / 'dense' / 'run.trec'}", "--out", tmp_path / "again")
    first, second = (json.loads((path / "summary.json").read_bytes()) for path in (out / "dense", tmp_path / "again"))
    assert again.returncode == 0, again.stderr
    assert second["measures"] == first["measures"]
    page = tmp_path / "failures.html"
    done = run("failures", out / "bm25", "--measure", "nDCG@10", "--out", page)
    assert (done.returncode, page.read_text("utf-8").startswith("<!doctype html>")) == (0, True)


def test_what_cannot_be_done_is_told_in_one_line(beir: Path, tmp_path: Path) -> None:
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as qrels:
        qrels.write("q1 d1\n")
    done = run("run", "--dataset", beir, "--system", "bm25", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{beir / 'qrels' / 'test.tsv'}:8: not a judgement: 'q1 d1'. "
        "Write 'query 0 document grade', or 'query<tab>document<tab>grade'.\n"
    )
