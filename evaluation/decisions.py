"""How well the product knows when not to answer, and when to raise an alarm: two curves over its own banks.

The first is of questions which the encoder never learned from, each left out of the index; the decision did learn
from them, so it is a best case (`python -m training decision` prints what each source gets from the others). The
triage's scores are cross-validated (assistant/triage/report.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from assistant.triage.classifier import open_classifier
from assistant.triage.examples import CLASSES, read_bank
from assistant.triage.guards import ALARMS
from assistant.triage.rules import read_rules
from assistant.triage.thresholds import read_thresholds
from assistant.triage.validation import said, validate
from retrieval.decision import WorkingPoint
from retrieval.encoder import Encoder
from retrieval.questions import held_out
from retrieval.results import Readings
from retrieval.retriever import Retriever
from retrieval.views import ViewKind

__all__ = ["Curve", "alarm_curve", "answer_curve", "write_decisions"]

_DPI = 120


@dataclass(frozen=True, slots=True)
class Curve:
    """Scores of messages, and which of them are what is looked for; both of shape (n,)."""

    scores: NDArray[np.float64]
    positive: NDArray[np.bool_]

    def at(self, thresholds: Sequence[float] | NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Share of the positives, and share of all others, with a score of each threshold or more."""
        shares = [
            np.array([(self.scores[mask] >= threshold).mean() for threshold in thresholds])
            for mask in (self.positive, ~self.positive)
        ]
        return shares[0], shares[1]


def answer_curve(retriever: Retriever) -> Curve:
    """How likely the first passage answers phrasings and gaps that the encoder never learned from, each left out of the
    index; positive are those that are answered."""
    index, scores, positive = retriever.index, [], []
    for number, view in enumerate(index.views):
        if view.kind in (ViewKind.PHRASING, ViewKind.GAP) and view.document and held_out(view.text):
            vector = index.store.vectors([number])
            results = retriever.find(Readings((view.text,), vector), 1, view.document, without=number)
            judged = index.decision.judge(vector, results.message, results.passages)
            scores.append(judged.passages[0] if judged.passages else 0.0)
            positive.append(view.kind == ViewKind.PHRASING)
    return Curve(np.array(scores), np.array(positive))


def alarm_curve(folder: Path, ordinary: Sequence[str], encoder: Encoder) -> tuple[Curve, Curve]:
    """The triage's learned scores, against look-alikes and against ordinary questions; and what the gate makes of
    the first, rules and all, as scores of 0 and 1. A rule counts where it fires on another alarm too."""
    rules, bank = read_rules(folder), read_bank(folder, ordinary)
    validated = validate(rules, bank, encoder, open_classifier())
    alarms = [CLASSES.index(label) for label in ALARMS]
    ruled = np.array(
        [
            bool({match.label for match in f.matches if match.held_by is None and match.term in terms} & set(ALARMS))
            or any(n.held_by is None and n.reading.label in ALARMS for n in f.measured)
            for terms, f in zip(validated.unseen, validated.findings, strict=True)
        ]
    )
    learned = np.isin(said(validated.scores, read_thresholds(folder)), alarms)
    alarm = np.isin(bank.classes, alarms)
    return Curve(validated.scores.likely[:, alarms].sum(axis=1), alarm), Curve(
        ((ruled & ~validated.scores.doubted(validated.findings)) | learned).astype(np.float64), alarm
    )


def write_decisions(folder: Path, answers: Curve, point: WorkingPoint, learned: Curve, gate: Curve) -> list[Path]:
    """Write risk_coverage_answers.png and precision_recall_alarms.png; returns both."""
    figures = {
        "risk_coverage_answers": _risk_coverage(answers, point),
        "precision_recall_alarms": _precision_recall(learned, gate),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{name}.png" for name in figures]
    for path, figure in zip(written, figures.values(), strict=True):
        figure.savefig(path, dpi=_DPI)
    return written


def _risk_coverage(curve: Curve, point: WorkingPoint) -> Figure:
    """Of all questions, how many are answered; of those, how many have no answer."""
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    order = np.argsort(-curve.scores)
    answered = np.arange(1, len(order) + 1)
    risk = np.cumsum(~curve.positive[order]) / answered
    axes.plot(answered / len(order), risk)
    count = int((curve.scores >= point.answer).sum())
    axes.plot(count / len(order), risk[count - 1], "o", label=f"answered: probability from {point.answer:.2f}")
    axes.axhline((~curve.positive).mean(), color="grey", linewidth=0.6, linestyle=":", label="everything answered")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 0.6)
    axes.set_xlabel("coverage: share of questions answered, most likely first")
    axes.set_ylabel("risk: share of those answered that have no answer")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _precision_recall(learned: Curve, gate: Curve) -> Figure:
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    order = np.argsort(-learned.scores)
    found = np.cumsum(learned.positive[order])
    axes.plot(found / learned.positive.sum(), found / np.arange(1, len(order) + 1), label="learned part alone")
    alarms = gate.scores > 0
    recall, precision = alarms[gate.positive].mean(), gate.positive[alarms].mean()
    axes.plot(recall, precision, "o", label=f"rules and learned part: {recall:.3f}, {precision:.3f}")
    axes.set_xlim(0.5, 1)
    axes.set_ylim(0.5, 1)
    axes.set_xlabel("recall: share of emergencies and crises that raise an alarm")
    axes.set_ylabel("precision: share of alarms that are one")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
