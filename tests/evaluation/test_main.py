"""The command line, as its users call it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from retrieval.index import Index
from tests import command_line
from tests.evaluation.conftest import write_jsonl

run = partial(command_line.run, "evaluation")


def test_answers_are_written_and_scored(index: Index, tmp_path: Path) -> None:
    labels = write_jsonl(
        tmp_path / "labels.jsonl",
        {
            "id": "p1",
            "turns": [{"text": "how long will the drip take", "kind": "answerable", "gold": [31], "also": []}],
        },
    )
    answers = tmp_path / "answers.jsonl"
    asked = ("answers", "--conversations", labels, "--out", answers, "--index", index.folder.parent)
    done = command_line.spawn("evaluation", *asked)
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
    measured = json.loads(scored.stdout)["patients"]
    assert {name: measured[name] for name in figures} == figures
    assert (measured["first"], list(measured)[-4:]) == (1.0, ["shown", "first", "right", "fit"])
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


DATA = Path(__file__).parent / "data"


def test_two_files_of_answers_are_compared_turn_by_turn(tmp_path: Path) -> None:
    done = run("compare", DATA / "chunks.jsonl", DATA / "answers.jsonl", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    changed = json.loads((tmp_path / "out" / "changes.json").read_bytes())
    [hit3] = [f for f in changed["figures"] if (f["kind"], f["measure"]) == ("all", "hit3")]
    assert (hit3["less"], hit3["p"] < 1e-9) == (0, True)
    worse = [c["query"] for c in changed["changes"] if c["verdict"] == "worse"]
    assert f"## Worse: {len(worse)}\n" in (tmp_path / "out" / "changes.md").read_text("utf-8")
    alone = run("compare", DATA / "chunks.jsonl", tmp_path / "out", "--out", tmp_path / "out")
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "files of answers are compared two by two. Give two files of answers" in alone.stderr


def test_probabilities_are_calibrated_at_stated_costs(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (DATA / "answers.jsonl").read_text("utf-8").splitlines()]
    given = write_jsonl(tmp_path / "a.jsonl", *({**row, "probability": 0.75} for row in rows))
    done = run("calibrate", "--answers", given, "--costs", "wrong=4", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    measured = json.loads((tmp_path / "out" / "calibration.json").read_bytes())
    assert measured["costs"] == {"missed": 100.0, "wrong": 4.0, "refused": 1.0}
    [one] = measured["bins"]
    assert measured["expected_error"] == abs(one["right"] - 0.75)
    for bad in ("wrong", "wrong=x", "other=1", "wrong=-1", "wrong=inf"):
        done = run("calibrate", "--answers", given, "--costs", bad, "--out", tmp_path / "out")
        assert (done.returncode, done.stderr.startswith(f"--costs: '{bad}' is no cost. ")) == (2, True)
    without = run("calibrate", "--answers", DATA / "answers.jsonl", "--out", tmp_path / "out")
    assert without.stderr.startswith(f"{DATA / 'answers.jsonl'}: no answer to a question has a probability.")


def test_everyday_requests_are_asked_and_scored(index: Index, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "messages.tsv").write_text("split\tintent\ttext\nval\tbook\tbook a table for two\n", "utf-8")
    given = ("--dataset", "everyday", "--data", tmp_path / "data")
    out = ("--out", tmp_path / "out", "--index", index.folder.parent)
    done = run("run", *given, "--system", "verbatim", *out)
    assert done.returncode == 0, done.stderr
    assert "| everyday | 1 | 0.000 (0.00–0.97) |" in done.stdout
    scored = run("score", *given, "--answers", tmp_path / "out" / "answers.jsonl", "--json")
    assert json.loads(scored.stdout)["everyday"] == {"n": 1, "answered": 0.0, "hedged": 0.0, "alarm": 0.0}
    other = run("run", *given, "--system", "bm25", *out)
    assert other.stderr.startswith("--system: everyday requests are answered, not searched for.")
