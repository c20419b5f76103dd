"""What changed between two files of answers, turn by turn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.answers import read_answers
from evaluation.changes import changes, changes_json, changes_markdown, figures
from evaluation.conversations import LabelledTurn
from evaluation.errors import DataError
from evaluation.scoring import Score, score_answers
from evaluation.spans import Line
from evaluation.statistics import mcnemar

LINE = Line("m", 1, 0, 24, "The drip takes one hour.")
WRONG = "Nothing of it."
KINDS = ["answerable"] * 4 + ["unanswerable", "urgent", "not_urgent_trap"]
PATHS = Path("before"), Path("after")
Given = tuple[str, list[str]]
RIGHT_ONE: Given = ("answer", [LINE.text])
WRONG_ONE: Given = ("answer", [WRONG])
SECOND: Given = ("answer", [WRONG, LINE.text])
REFUSED: Given = ("abstain", [])
ALARM: Given = ("urgent", [])
BEFORE = [RIGHT_ONE, WRONG_ONE, RIGHT_ONE, SECOND, WRONG_ONE, REFUSED, REFUSED]
AFTER = [RIGHT_ONE, RIGHT_ONE, REFUSED, WRONG_ONE, REFUSED, ALARM, ALARM]


def scored(path: Path, answers: list[tuple[str, list[str]]]) -> Score:
    labels, lines = [], []
    for at, (kind, (decision, texts)) in enumerate(zip(KINDS, answers, strict=True)):
        gold = frozenset({1}) if kind == "answerable" else frozenset[int]()
        labels.append(LabelledTurn(f"x{at}", 0, f"q{at} <b>", kind, gold, frozenset(), "", False, False, False, "m"))
        record: dict[str, Any] = {"id": f"x{at}", "turn": 0, "decision": decision}
        lines.append(json.dumps(record | {"citations": [{"document": "m", "text": t} for t in texts]}) + "\n")
    path.write_text("".join(lines), "utf-8")
    return score_answers(labels, read_answers(path), (LINE,), path, path)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Score, Score]:
    return scored(tmp_path / "before", BEFORE), scored(tmp_path / "after", AFTER)


def test_the_turns_that_changed(pair: tuple[Score, Score]) -> None:
    found = {change.query: (change.verdict, change.before, change.after) for change in changes(*pair, PATHS)}
    assert found == {
        "x1/0": ("better", f"answer: {WRONG}", f"answer: {LINE.text}"),
        "x2/0": ("worse", f"answer: {LINE.text}", "abstain"),
        "x3/0": ("worse", f"answer: {WRONG}", f"answer: {WRONG}"),
        "x4/0": ("better", f"answer: {WRONG}", "abstain"),
        "x5/0": ("better", "abstain", "urgent"),
        "x6/0": ("worse", "abstain", "urgent"),
    }
    assert [change.verdict for change in changes(*pair, PATHS)] == ["worse"] * 3 + ["better"] * 3
    [third] = [change for change in changes(*pair, PATHS) if change.query == "x3/0"]
    assert third.measures == {
        "hit3": (1.0, 0.0), "hit600": (1.0, 0.0), "shown": (2.0, 1.0), "right": (0.5, 0.0), "fit": (0.5, 0.0),
        "served": (1.0, 0.0),
    }  # fmt: skip


def test_the_figures_and_mcnemars_test(pair: tuple[Score, Score]) -> None:
    found = {(f.kind, f.measure): f for f in figures(*pair, PATHS)}
    hit1 = found["answerable", "hit1"]
    assert (hit1.turns, hit1.before, hit1.after, hit1.more, hit1.less, hit1.p) == (4, 0.5, 0.5, 1, 1, 1.0)
    assert (found["urgent", "alarm"].more, found["not_urgent_trap", "alarm"].more) == (1, 1)
    assert ("all", "alarm") not in found
    assert (found["all", "served"].turns, found["all", "served"].before, found["all", "served"].after) == (
        6,
        4 / 6,
        4 / 6,
    )
    assert found["answerable", "right"].turns == 3  # plain answers in both


def test_mcnemar_is_the_binomial_of_those_that_changed() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 0) == pytest.approx(2 / 32)
    assert mcnemar(1, 8) == pytest.approx(2 * (1 + 9) / 2**9)
    assert mcnemar(8, 1) == mcnemar(1, 8)


def test_the_page_to_read(pair: tuple[Score, Score]) -> None:
    text = changes_markdown(figures(*pair, PATHS), changes(*pair, PATHS), 7)
    assert text.startswith("7 turns in both files; 6 changed: 3 better, 3 worse, 0 both, 0 other.\n")
    assert "| answerable hit1 | 4 | 0.500 | 0.500 | +0.000 |" in text
    assert "## Worse: 3\n\n- **x2/0** (answerable) q2 \\<b>\n  - answered 1 → 0, hit1 1 → 0" in text
    record = json.loads(json.dumps(changes_json(figures(*pair, PATHS), changes(*pair, PATHS))))
    assert {change["query"] for change in record["changes"]} == {f"x{n}/0" for n in range(1, 7)}


def test_the_same_answers_have_no_changes(pair: tuple[Score, Score]) -> None:
    assert changes(pair[0], pair[0], PATHS) == []
    assert {f.p for f in figures(pair[0], pair[0], PATHS)} == {1.0}


def test_other_conversations_cannot_be_compared(pair: tuple[Score, Score]) -> None:
    nothing = Score((), (), ())
    with pytest.raises(DataError, match=r"after: no turn is answered here and in before\."):
        changes(pair[0], nothing, PATHS)
