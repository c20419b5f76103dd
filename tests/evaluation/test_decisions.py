from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.decisions import Curve, answer_curve, write_decisions
from retrieval.decision import WorkingPoint
from retrieval.questions import held_out
from retrieval.retriever import Retriever
from retrieval.views import ViewKind

CURVE = Curve(np.array([0.9, 0.6, 0.4, 0.2]), np.array([True, True, False, True]))


def test_shares_at_a_threshold() -> None:
    positives, others = CURVE.at([0.5, 0.3, 0.0])
    assert positives.tolist() == pytest.approx([2 / 3, 2 / 3, 1])
    assert others.tolist() == [0, 1, 1]


def test_the_answers_are_to_questions_the_encoder_never_learned(retriever: Retriever) -> None:
    curve = answer_curve(retriever)
    kinds = [view.kind for view in retriever.index.views if view.document and held_out(view.text)]
    assert int(curve.positive.sum()) == kinds.count(ViewKind.PHRASING)
    assert len(curve.positive) == kinds.count(ViewKind.PHRASING) + kinds.count(ViewKind.GAP)
    answered, let_through = curve.at([retriever.index.decision.point.answer])
    assert let_through[0] < 0.2 < 0.5 < answered[0]


def test_plots_are_written(tmp_path: Path) -> None:
    point = WorkingPoint(answer=0.5, related=0.3, unsure=0.4, behind=0.2, medical=0.8)
    written = write_decisions(tmp_path, CURVE, point, CURVE, Curve(CURVE.scores.round(), CURVE.positive))
    assert [path.name for path in written] == ["risk_coverage_answers.png", "precision_recall_alarms.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
