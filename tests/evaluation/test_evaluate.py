"""Every built-in set by one command: its page, and the one place of each committed figure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.asked import read_asked
from evaluation.builtin import BUILT_IN
from evaluation.commands import evaluating
from evaluation.commands.answering import write_answers
from evaluation.commands.product import Product
from evaluation.jsonl import read_objects
from evaluation.reproduce import OWN, write_index
from retrieval.encoder import DEFAULT_ENCODER
from retrieval.index import Index
from tests.conftest import CORPUS
from tests.evaluation.conftest import write_jsonl

STOOD = {
    "set": "leaflets", "system": "answers", "group": "all answerable", "measure": "answered", "turns": 4, "value": 0.5,
    "low": 0.07, "high": 0.93,
}  # fmt: skip
TURN = {"text": "how long will the drip take", "kind": "answerable", "gold": [31], "also": []}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index) -> list[str]:
    """The command over one conversation and one system, with a figure committed of a set whose folder is not given."""
    labels = write_jsonl(tmp_path / "labels.jsonl", {"id": "p1", "turns": [TURN]})
    monkeypatch.setattr(evaluating, "_sets", lambda *_: [(BUILT_IN, read_asked(BUILT_IN, labels=labels))])
    monkeypatch.setattr(evaluating, "OWN", replace(OWN, systems=("bm25",)))
    (tmp_path / "committed").mkdir()
    (tmp_path / "committed" / "figures.json").write_text(json.dumps([STOOD]), "utf-8")
    folders = {"out": "out", "committed": "committed", "cache": "cache"}
    flags = [part for name, folder in folders.items() for part in (f"--{name}", str(tmp_path / folder))]
    return ["evaluate", *flags, "--index", str(index.folder.parent)]


def test_what_is_committed_is_what_the_page_says(small: list[str], tmp_path: Path) -> None:
    committed = tmp_path / "committed"
    assert main([*small, "--commit"]) == 0
    names = {"figures.json", "answers.jsonl", f"{BUILT_IN}.json", "README.md"}
    assert {path.name for path in committed.iterdir()} == names
    rows = json.loads((committed / "figures.json").read_bytes())
    assert {(row["set"], row["system"]) for row in rows} == {
        (BUILT_IN, "answers"), (BUILT_IN, "bm25"), ("leaflets", "answers"),
    }  # fmt: skip
    assert rows[-1] == STOOD
    [summary] = json.loads((committed / f"{BUILT_IN}.json").read_bytes())
    [found] = [r for r in rows if (r["system"], r["measure"]) == ("bm25", "nDCG@10")]
    assert summary["measures"]["nDCG@10"]["mean"] == found["value"]
    page = (committed / "README.md").read_text("utf-8")
    assert "| patients | 1 | 1.000 (0.03–1.00) |" in page
    assert "| all answerable | 4 | 0.500 (0.07–0.93) |" in page
    write_index(committed)
    assert (committed / "README.md").read_text("utf-8") == page


def test_without_commit_nothing_committed_changes(small: list[str], tmp_path: Path) -> None:
    assert main(small) == 0
    assert [path.name for path in (tmp_path / "committed").iterdir()] == ["figures.json"]
    assert json.loads((tmp_path / "committed" / "figures.json").read_bytes()) == [STOOD]
    page = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "0 figures compared with the committed ones, 0 differ." in page
    assert f"## {BUILT_IN}: answers" in page


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("committed/figures.json", "[", "figures.json: these are no figures ("),
        (f"out/{BUILT_IN}.answers.jsonl/x", "", f"{BUILT_IN}.answers.jsonl: this is a folder."),
        ("out/figures.json/x", "", "figures.json: this is a folder."),
    ],
)
def test_what_would_fail_at_the_end_fails_before_anything_is_asked(
    small: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, problem: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, "utf-8")
    said: list[str] = []
    monkeypatch.setattr("evaluation.__main__.complain", lambda line: said.append(str(line)))
    assert main(small) == 2
    [line] = said
    assert problem in line
    assert not list((tmp_path / "out").glob("*.md"))


def test_in_several_processes_each_turn_has_the_same_answer(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = read_asked(BUILT_IN, labelled=False)
    some = replace(asked, questions=asked.questions[::9])
    product = Product(CORPUS, index.folder.parent, DEFAULT_ENCODER, 1)
    written, scores = {}, {}
    for many in (1, 1000):
        monkeypatch.setattr("evaluation.commands.answering._MANY", many)
        path = tmp_path / f"{many}.jsonl"
        assert write_answers(some, path, product) == sum(len(q.texts) for q in some.questions) > len(some.questions)
        records = [record for _, record in read_objects(path, "id")]
        scores[many] = [c.pop("score") for record in records for c in record["citations"]]
        written[many] = [
            [record[key] for key in ("id", "turn", "decision", "notices", "citations")] for record in records
        ]
    product.processes.shutdown()
    assert written[1] == written[1000]
    assert scores[1] == pytest.approx(scores[1000], abs=1e-5)
