"""Tuning: a chunking answers a conversation only if it was chosen without that conversation's labels."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.peers.summarise import Labels, summarise_peer
from benchmarks.peers.tune import choose_chunkings, fold_of, merge_answers, share
from evaluation.answers import read_answers
from evaluation.conversations import LabelledTurn
from evaluation.scoring import Score, score_answers
from evaluation.spans import Line

LINES = (Line("m", 1, 0, 24, "The drip takes one hour."), Line("m", 2, 25, 47, "Do not drive that day."))
NAMES = [f"p{n:02d}" for n in range(10)]
LONG = "x" * 600


def turn(name: str, kind: str = "answerable") -> LabelledTurn:
    gold = frozenset({1}) if kind == "answerable" else frozenset[int]()
    return LabelledTurn(name, 0, "?", kind, gold, frozenset(), "", False, False, False)


LABELS = [*(turn(name) for name in NAMES), turn("x1", "unanswerable")]


def write(file: Path, right: set[str], before: str = "") -> Path:
    """Answers that show the gold line for the conversations named, after the text `before`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "id": label.id,
            "turn": 0,
            "decision": "answer",
            "citations": [{"document": "m", "text": before + LINES[0 if label.id in right else 1].text}],
        }
        for label in LABELS
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def scored(file: Path) -> Score:
    return score_answers(LABELS, read_answers(file), LINES, Path("labels"), file)


def test_folds_deal_the_sorted_conversations_out() -> None:
    assert fold_of(["c2", "x1", "c1", "p3", "p1", "p2", "c1"]) == {"c1": 0, "c2": 1, "p1": 2, "p2": 3, "p3": 4, "x1": 0}


def test_a_fold_is_answered_by_what_is_best_on_the_others(tmp_path: Path) -> None:
    folds = fold_of(NAMES)
    assert [name for name in NAMES if folds[name] == 0] == ["p00", "p05"]
    # 'first' is right on fold 0 alone and on one other; 'second' on three others.
    files = {
        "first": write(tmp_path / "first.jsonl", {"p00", "p05", "p01"}),
        "second": write(tmp_path / "second.jsonl", {"p02", "p03", "p04"}),
    }
    scores = {name: scored(file) for name, file in files.items()}
    assert share(scores["first"], "hit600") == share(scores["second"], "hit600") == 0.3
    # Fold 0 would do best with 'first', and must not have it for that.
    # Without fold 1: 2 of 8 against 3; without fold 2, 3 or 4: 3 against 2.
    assert choose_chunkings(scores, folds) == ["second", "second", "first", "first", "first"]
    merge_answers(files, choose_chunkings(scores, {**folds, "x1": 0}), {**folds, "x1": 0}, tmp_path / "tuned.jsonl")
    tuned = scored(tmp_path / "tuned.jsonl")
    assert [shown.citations[0].text == LINES[0].text for _, shown, _ in tuned.turns[:10]] == [False] * 10
    assert [t.id for t, _, _ in tuned.turns] == [*NAMES, "x1"]


def test_equal_shares_go_to_the_one_that_comes_first(tmp_path: Path) -> None:
    scores = {name: scored(write(tmp_path / f"{name}.jsonl", set(NAMES))) for name in ("default", "other")}
    assert choose_chunkings(scores, fold_of(NAMES)) == ["default"] * 5


def test_a_chunk_that_shows_more_before_the_answer_is_not_chosen(tmp_path: Path) -> None:
    scores = {
        "long": scored(write(tmp_path / "long.jsonl", set(NAMES), LONG)),
        "short": scored(write(tmp_path / "short.jsonl", set(NAMES[:6]))),
    }
    assert share(scores["long"], "hit1") == 1.0
    assert (share(scores["long"], "hit600"), share(scores["short"], "hit600")) == (0.0, 0.6)
    assert choose_chunkings(scores, fold_of(NAMES)) == ["short"] * 5


def test_a_peer_is_summarised_by_default_tuned_and_by_grid(tmp_path: Path) -> None:
    write(tmp_path / "default.jsonl", {"p00", "p01"})
    write(tmp_path / "grid" / "size-9.jsonl", set(NAMES))
    made = {
        "python": "3.11.7",
        "packages": {"fake": "1.0"},
        "model_sha256": "ab",
        "default": {"size": 5},
        "grid": {"size-9": {"size": 9}, "size-7": {"size": 7}},
    }
    (tmp_path / "made.json").write_text(json.dumps(made), "utf-8")
    peer = summarise_peer(tmp_path, Labels(Path("labels"), LABELS, LINES))
    assert peer["packages"] == {"fake": "1.0"}
    assert peer["default"]["chunking"] == {"size": 5}
    assert peer["default"]["kinds"]["answerable"]["hit600"] == 0.2
    assert peer["default"]["kinds"]["unanswerable"]["answered"] == 1.0
    assert peer["default"]["characters"] == 22
    assert peer["tuned"]["chunkings"] == [{"size": 9}] * 5
    assert peer["tuned"]["kinds"]["answerable"]["hit1"] == 1.0
    assert peer["tuned"]["intervals"]["hit1"] == [0.692, 1.0]
    assert peer["grid"] == [
        {"chunking": {"size": 5}, "characters": 22, "hit1": 0.2, "hit3": 0.2, "hit600": 0.2},
        {"chunking": {"size": 9}, "characters": 24, "hit1": 1.0, "hit3": 1.0, "hit600": 1.0},
    ]
