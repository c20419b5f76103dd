"""Calibration by hand: bins, errors, areas and costs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.answers import read_answers
from evaluation.calibration import Costs, calibrated, calibration_markdown
from evaluation.conversations import LabelledTurn
from evaluation.errors import DataError
from evaluation.plots import write_calibration_plots
from evaluation.scoring import Score, score_answers
from evaluation.spans import Line

LINE = Line("m", 1, 0, 24, "The drip takes one hour.")
ROWS = [
    # kind, decision, probability, shows the gold line
    ("answerable", "answer", 0.95, True),
    ("answerable", "answer", 0.95, False),
    ("answerable", "related", 0.65, True),
    ("unanswerable", "answer", 0.25, False),
    ("answerable", "abstain", None, False),
    ("urgent", "answer", 0.99, False),
    ("urgent", "urgent", None, False),
]


def scored(folder: Path, rows: list[tuple[str, str, float | None, bool]]) -> Score:
    labels, lines = [], []
    for at, (kind, decision, probability, right) in enumerate(rows):
        gold = frozenset({1}) if kind == "answerable" else frozenset[int]()
        labels.append(LabelledTurn(f"x{at}", 0, "?", kind, gold, frozenset(), "", False, False, False, "m"))
        shown = [{"document": "m", "text": LINE.text if right else "Nothing of it."}]
        record = {"id": f"x{at}", "turn": 0, "decision": decision, "probability": probability}
        lines.append(json.dumps(record | {"citations": shown if decision in ("answer", "related") else []}) + "\n")
    path = folder / "answers.jsonl"
    path.write_text("".join(lines), "utf-8")
    return score_answers(labels, read_answers(path), (LINE,), folder, path)


def test_figures_by_hand(tmp_path: Path) -> None:
    measured = calibrated(scored(tmp_path, ROWS), tmp_path, Costs(missed=100, wrong=10, refused=1))
    assert [(b.low, b.high, b.answers, b.right) for b in measured.bins] == [
        (0.2, pytest.approx(0.3), 1, 0.0),
        (0.6, pytest.approx(0.7), 1, 1.0),
        (0.9, 1.0, 2, 0.5),
    ]
    assert measured.expected_error == pytest.approx((0.25 + 0.35 + 2 * 0.45) / 4)
    assert measured.brier == pytest.approx((0.05**2 + 0.95**2 + 0.35**2 + 0.25**2) / 4)
    assert measured.coverage.tolist() == [0.5, 0.75, 1.0]
    assert measured.risk.tolist() == pytest.approx([1 / 2, 1 / 3, 2 / 4])
    assert measured.area == pytest.approx(0.5 * 0.5 + 0.25 / 3 + 0.25 * 0.5)
    assert measured.best_area == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)
    # Five questions; one of two emergencies raised no alarm, whatever the threshold.
    assert measured.thresholds.tolist() == [0.25, 0.65, 0.95, np.inf]
    assert (measured.cost * 5).tolist() == pytest.approx([100 + 20 + 1, 100 + 10 + 1, 100 + 10 + 2, 100 + 4])
    assert measured.cost_as_decided * 5 == pytest.approx(100 + 20 + 2)
    assert (measured.answers, measured.turns) == (4, 5)
    text = calibration_markdown(measured)
    assert "| 0.9–1.0 | 2 | 0.950 | 0.500 (0.01–0.99) |" in text
    assert "A turn costs 24.400 as decided, 20.800 at best, never answered." in text
    record = json.loads(json.dumps(measured.as_json(), allow_nan=False))
    assert (record["thresholds"][-1], record["costs"]["wrong"]) == (None, 10)


def test_probabilities_that_are_as_they_say_have_no_error(tmp_path: Path) -> None:
    rows = [
        ("answerable", "answer", 1.0, True),
        ("answerable", "answer", 0.5, True),
        ("answerable", "answer", 0.5, False),
    ]
    measured = calibrated(scored(tmp_path, list(rows)), tmp_path)
    assert measured.expected_error == 0
    assert [path.name for path in write_calibration_plots(tmp_path, measured)] == [
        "reliability.png",
        "risk_coverage.png",
        "costs.png",
    ]
    assert "answered from a probability of 1.000 on" in calibration_markdown(measured)


def test_answers_without_a_probability(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no answer to a question has a probability\. Write \"probability\": 0 to 1"):
        calibrated(scored(tmp_path, [("answerable", "answer", None, True), ("urgent", "answer", 0.5, True)]), tmp_path)


@pytest.mark.parametrize("value", [-0.1, 1.1, "0.5", True, float("nan")])
def test_what_is_no_probability(tmp_path: Path, value: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "p1", "turn": 0, "decision": "abstain", "probability": value}), "utf-8")
    with pytest.raises(DataError, match=r"a\.jsonl:1: the probability is .*\. Write a number from 0 to 1"):
        read_answers(path)
