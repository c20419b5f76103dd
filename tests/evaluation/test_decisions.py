from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.decisions import Curve, margin_curve, write_decisions
from retrieval.calibration import HEDGED, REFUSED
from retrieval.index import Index
from retrieval.questions import held_out
from retrieval.views import ViewKind

CURVE = Curve(np.array([0.9, 0.6, 0.4, 0.2]), np.array([True, True, False, True]))


def test_shares_at_a_threshold() -> None:
    positives, others = CURVE.at([0.5, 0.3, 0.0])
    assert positives.tolist() == pytest.approx([2 / 3, 2 / 3, 1])
    assert others.tolist() == [0, 1, 1]


def test_the_margins_are_of_questions_the_encoder_never_learned(index: Index) -> None:
    curve = margin_curve(index)
    kinds = [view.kind for view in index.views if held_out(view.text)]
    assert int(curve.positive.sum()) == kinds.count(ViewKind.PHRASING) == index.calibration.phrasings
    assert len(curve.positive) == kinds.count(ViewKind.PHRASING) + kinds.count(ViewKind.GAP)
    answered, let_through = curve.at([index.calibration.answer_margin, index.calibration.abstain_margin])
    # The thresholds are quantiles of these very margins.
    assert answered.tolist() == pytest.approx([1 - HEDGED, 1 - REFUSED], abs=0.002)
    assert 0 < let_through[0] < 0.2 < let_through[1] < 0.7


def test_plots_are_written(index: Index, tmp_path: Path) -> None:
    written = write_decisions(tmp_path, CURVE, index.calibration, CURVE, Curve(CURVE.scores.round(), CURVE.positive))
    assert [path.name for path in written] == ["risk_coverage_answers.png", "precision_recall_alarms.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
