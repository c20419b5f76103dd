"""Span and answer measures.

data/NAME.score.json is what the reference scorer printed for data/NAME.jsonl with --json: `answers` are
answers of this product, `chunks` those of a made-up system that cuts lines anywhere, gives no offsets,
takes every decision and leaves turns out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.answers import Shown, ShownCitation, read_answers, without_offsets
from evaluation.catalogue import CONVERSATIONS, LINES
from evaluation.conversations import LabelledTurn, read_labels
from evaluation.errors import DataError
from evaluation.report import score_markdown, write_score
from evaluation.scoring import Grade, Score, grade, score_answers
from evaluation.spans import Line, read_source_lines

DATA = Path(__file__).parent / "data"
TEXTS = ["The infusion is given slowly over sixty minutes.", "A nurse watches you for one hour afterwards, always."]
SOURCE_LINES = (Line("m", 1, 0, 48, TEXTS[0]), Line("m", 2, 49, 101, TEXTS[1]))


def score(answers: Path) -> Score:
    labels, lines = read_labels(CONVERSATIONS), read_source_lines(LINES)
    return score_answers(labels, read_answers(answers), lines, CONVERSATIONS, answers)


def turn(kind: str = "answerable", gold: tuple[int, ...] = (2,), **labels: Any) -> LabelledTurn:
    given = {"id": "p1", "turn": 0, "text": "?", "also": frozenset(), "before": "", "follow_up": False}
    return LabelledTurn(
        **{**given, "kind": kind, "gold": frozenset(gold), "unsure": False, "alarm_ok": False, **labels}
    )


def shown(*spans: tuple[int, int], decision: str = "answer", notices: tuple[str, ...] = ("disclaimer",)) -> Shown:
    source = f"{TEXTS[0]}\n{TEXTS[1]}"
    cited = tuple(ShownCitation("m", source[a:b].ljust(b - a), (a, b), 0.5) for a, b in spans)
    return Shown(1, decision, frozenset(notices), cited, None)


@pytest.mark.parametrize("name", ["answers", "chunks"])
def test_figures_equal_the_reference_scorer(name: str) -> None:
    reference = (DATA / f"{name}.score.json").read_text("utf-8")
    assert json.dumps(score(DATA / f"{name}.jsonl").as_json(), indent=1) + "\n" == reference


def test_offsets_can_be_passed_over() -> None:
    half = {("p1", 0): shown((5, 30))}
    assert grade(turn(gold=(1,)), half["p1", 0], SOURCE_LINES).hit1 is True
    bare = without_offsets(half)["p1", 0]
    assert [(c.text, c.span) for c in bare.citations] == [(TEXTS[0][5:30], None)]
    # Half the line by count, but it starts at no tenth character: the reference scorer does not find it.
    longer = ShownCitation("m", "x" + TEXTS[0][5:30] + "x" * 30, None, 0.5)
    assert grade(turn(gold=(1,)), Shown(1, "answer", frozenset(), (longer,), None), SOURCE_LINES).hit1 is False


def test_offsets_and_text_agree_on_the_products_answers(tmp_path: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    records = [json.loads(line) for line in (DATA / "answers.jsonl").read_text("utf-8").splitlines()]
    for record in records:
        record["citations"] = [{"document": "istiratumab", "text": c["text"]} for c in record["citations"]]
    bare.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    assert score(bare).as_json() == score(DATA / "answers.jsonl").as_json()


@pytest.mark.parametrize(
    ("labelled", "answer", "expected"),
    [
        (turn(), shown((49, 101)), Grade(True, False, False, True, True, True)),
        (turn(), shown((0, 48), (49, 101)), Grade(True, False, False, False, True, True)),
        (turn(), shown((0, 48), (0, 9), (9, 19), (49, 101)), Grade(True, False, False, False, False, True)),
        (turn(), shown(), Grade(False, False, False, False, False, False)),
        (turn(), shown((49, 101), decision="related"), Grade(False, True, False, True, True, True)),
        (turn(gold=()), shown((0, 48)), Grade(True, False, False, None, None, None)),
        (turn(), shown((49, 101), decision="urgent"), Grade(True, False, True, True, True, True)),
        (turn(gold=()), shown(decision="crisis"), Grade(False, False, True, None, None, None)),
        (turn(gold=()), shown(decision="abstain", notices=("urgent",)), Grade(False, False, True, None, None, None)),
        (turn(gold=(), alarm_ok=True), shown(decision="urgent"), Grade(False, False, False, None, None, None)),
    ],
)
def test_one_turn_is_graded(labelled: LabelledTurn, answer: Shown, expected: Grade) -> None:
    assert grade(labelled, answer, SOURCE_LINES) == expected


def test_hit600_ends_after_600_characters() -> None:
    """The line needs 26 of its 52 characters: 573 + 1 + 26 = 600."""

    def answer(before: int) -> Shown:
        first = ShownCitation("m", "x" * before, (2000, 2000 + before), None)
        return Shown(1, "answer", frozenset(), (first, *shown((49, 101)).citations), None)

    assert grade(turn(), answer(573), SOURCE_LINES).hit600 is True
    assert grade(turn(), answer(574), SOURCE_LINES).hit600 is False


def test_offsets_of_another_version_are_refused(tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    record = json.loads((DATA / "answers.jsonl").read_text("utf-8").split("\n")[0])
    record["citations"][0]["start"] += 1
    record["citations"][0]["end"] += 1
    answers.write_text(json.dumps(record) + "\n", "utf-8")
    with pytest.raises(
        DataError, match=r"answers\.jsonl:1: the citation at \d+–\d+ is not what 'istiratumab' has there"
    ):
        score(answers)


def test_a_label_must_name_a_line() -> None:
    with pytest.raises(DataError, match=r"labels: turn 0 of 'p1' names line 7, which is none"):
        score_answers([turn(gold=(7,))], {}, SOURCE_LINES, Path("labels"), Path("answers"))


def test_the_report_has_intervals_and_the_folder_has_every_turn(tmp_path: Path) -> None:
    scored = score_answers([turn()], {("p1", 0): shown((49, 101))}, SOURCE_LINES, tmp_path, tmp_path)
    assert scored.intervals()["patients"]["hit1"] == (pytest.approx(0.025), 1.0)
    assert "| patients | 1 | 1.000 (0.03–1.00) | 0.000 (0.00–0.97) |" in score_markdown(scored)
    labels = tmp_path / "labels.jsonl"
    labels.write_text("", "utf-8")
    write_score(tmp_path / "out", scored, labels, labels)
    [row] = map(json.loads, (tmp_path / "out" / "per_query.jsonl").read_text("utf-8").splitlines())
    assert row["measures"] == {
        "answered": 1.0, "hedged": 0.0, "alarm": 0.0, "hit1": 1.0, "hit3": 1.0, "hit600": 1.0,
        "shown": 1.0, "first": 1.0, "right": 1.0, "fit": 1.0, "served": 1.0,
    }  # fmt: skip
    assert row["expected"] == [{"id": "line 2", "text": TEXTS[1]}]
    assert row["confidence"] == 0.5


@pytest.mark.parametrize(
    ("kind", "gold", "decision", "right"),
    [
        ("answerable", (2,), "answer", 1.0),
        ("answerable", (2,), "related", 0.0),
        ("unanswerable", (), "answer", 0.0),
        ("unanswerable", (), "abstain", 1.0),
        ("urgent", (), "answer", None),
        ("adversarial", (), "answer", None),
    ],
)
def test_served_is_answered_or_rightly_not(
    kind: str, gold: tuple[int, ...], decision: str, right: float | None
) -> None:
    answers = {("p1", 0): shown((49, 101), decision=decision)}
    [record] = score_answers([turn(kind, gold)], answers, SOURCE_LINES, Path("l"), Path("a")).records()
    assert record["measures"].get("served") == right
