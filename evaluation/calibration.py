"""Is a probability what it says? Reliability, calibration error, risk and coverage, and what a threshold costs.

Measured of any file of answers that has `probability`: the system's own estimate that what it shows answers the
question. An answer is right if one of its first three passages covers a gold line (docs/measures.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.intervals import clopper_pearson
from evaluation.report import table
from evaluation.scoring import Score
from evaluation.statistics import Values

__all__ = ["Bin", "Calibration", "Costs", "calibrated", "calibration_markdown", "risk_coverage_area"]

_BINS = 10
_NO_QUESTION = frozenset({"urgent", "adversarial"})
_ALARMED = frozenset({"urgent", "crisis"})


@dataclass(frozen=True, slots=True)
class Costs:
    """What each fault costs, in any unit: an emergency without an alarm, a wrong answer, a refusal of a question that
    the document answers."""

    missed: float = 100.0
    wrong: float = 10.0
    refused: float = 1.0


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose probability is from `low` to `high`: their mean probability, the share that is right, and its
    95% Clopper-Pearson interval."""

    low: float
    high: float
    answers: int
    probability: float
    right: float
    right_low: float
    right_high: float


@dataclass(frozen=True)
class Calibration:
    """What is measured of one file of answers."""

    bins: tuple[Bin, ...]
    expected_error: float
    """Mean distance of probability and share of right ones over the bins, by answers (Naeini et al., AAAI 2015)."""
    brier: float
    """Mean square of probability less 1 or 0 (Brier 1950)."""
    area: float
    """Area under risk over coverage, the most probable first (AURC): 0 if all are right."""
    best_area: float
    """The area if the right ones were all more probable than the wrong ones: no order has less."""
    coverage: Values
    risk: Values
    thresholds: Values
    cost: Values
    """Mean cost of a turn where passages are shown as an answer from this probability on."""
    costs: Costs
    cost_as_decided: float
    """Mean cost of a turn by the decisions in the file."""
    answers: int
    turns: int

    def as_json(self) -> dict[str, Any]:
        """Numbers and lists of them, for summary files; the threshold that answers nothing is null."""
        arrays: dict[str, list[float | None]] = {
            name: getattr(self, name).tolist() for name in ("coverage", "risk", "thresholds", "cost")
        }
        arrays["thresholds"][-1] = None  # JSON has no infinity
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "bins": [asdict(b) for b in self.bins],
            "costs": asdict(self.costs),
            **arrays,
        }


_PLAIN = ("answers", "turns", "expected_error", "brier", "area", "best_area", "cost_as_decided")


@dataclass(frozen=True, slots=True)
class _Turns:
    """Questions as arrays of shape (n,): with a passage and a probability, right if shown, answered by the document."""

    probability: Values
    shown: NDArray[np.bool_]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    answered: NDArray[np.bool_]


def calibrated(score: Score, path: Path, costs: Costs | None = None) -> Calibration:
    """Measure the probabilities of scored answers. `path` is their file, for errors.

    Turns that are no questions (emergencies, attacks) have no part but in the cost of missed emergencies. Raises
    DataError if no question that was shown a passage has a probability.
    """
    costs = costs or Costs()
    turns = _turns(score)
    probability, right = turns.probability[turns.shown], turns.right[turns.shown]
    if not len(probability):
        remedy = 'Write "probability": 0 to 1 beside the decision, on answers that show a passage.'
        raise DataError(path, None, "no answer to a question has a probability.", remedy)
    bins = tuple(_bins(probability, right))
    coverage, risk = _curve(probability, right)
    perfect = _curve(right.astype(np.float64), right, ties=False)
    thresholds, cost = _cost_curve(turns, score, costs)
    return Calibration(
        bins=bins,
        expected_error=sum(b.answers * abs(b.right - b.probability) for b in bins) / len(probability),
        brier=float(np.mean((probability - right) ** 2)),
        area=risk_coverage_area(coverage, risk),
        best_area=risk_coverage_area(*perfect),
        coverage=coverage,
        risk=risk,
        thresholds=thresholds,
        cost=cost,
        costs=costs,
        cost_as_decided=_cost(turns, turns.answered, costs) + _missed(score, turns, costs),
        answers=len(probability),
        turns=len(turns.probability),
    )


def risk_coverage_area(coverage: Values, risk: Values) -> float:
    """Area under risk over coverage, both of shape (n,), each step at its own risk, as a share of the coverage."""
    steps = np.diff(coverage, prepend=0.0)
    return float((risk * steps).sum() / coverage[-1])


def _cost_curve(turns: _Turns, score: Score, costs: Costs) -> tuple[Values, Values]:
    """Thresholds, and the mean cost of a turn at each; the last, infinite, answers nothing."""
    thresholds = np.append(np.unique(turns.probability[turns.shown]), np.inf)
    missed = _missed(score, turns, costs)
    cost = [_cost(turns, turns.shown & (turns.probability >= t), costs) + missed for t in thresholds]
    return thresholds, np.array(cost)


def calibration_markdown(measured: Calibration) -> str:
    """The figures, the bins, and the cheapest threshold."""
    best = int(np.argmin(measured.cost))
    threshold = measured.thresholds[best]
    at_best = f"answered from a probability of {threshold:.3f} on" if np.isfinite(threshold) else "never answered"
    rows = [
        [
            f"{b.low:.1f}–{b.high:.1f}",
            b.answers,
            f"{b.probability:.3f}",
            f"{b.right:.3f} ({b.right_low:.2f}–{b.right_high:.2f})",
        ]
        for b in measured.bins
    ]
    c = measured.costs
    return (
        f"{measured.answers} answers with a probability, of {measured.turns} questions\n\n"
        f"{table(['probability', 'answers', 'mean', 'right'], rows)}\n"
        f"Expected calibration error {measured.expected_error:.3f}, Brier score {measured.brier:.3f}, area under risk "
        f"and coverage {measured.area:.3f} (at best {measured.best_area:.3f}).\n\n"
        f"Costs: a missed emergency {c.missed:g}, a wrong answer {c.wrong:g}, a refusal {c.refused:g}. A turn costs "
        f"{measured.cost_as_decided:.3f} as decided, {measured.cost[best]:.3f} at best, "
        f"{at_best}.\n"
    )


def _turns(score: Score) -> _Turns:
    rows = [
        (
            np.nan if shown.probability is None else shown.probability,
            bool(shown.citations) and shown.probability is not None,
            bool(graded.hit3),
            bool(turn.gold),
            graded.answered,
        )
        for turn, shown, graded in score.turns
        if turn.kind not in _NO_QUESTION and shown.decision not in _ALARMED
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    probability = np.array(columns[0], dtype=np.float64)
    return _Turns(probability, *(np.array(column, dtype=np.bool_) for column in columns[1:]))


def _bins(probability: Values, right: NDArray[np.bool_]) -> Iterator[Bin]:
    """Ten of equal width, those that have answers; 1 belongs to the last."""
    places = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    for at in range(_BINS):
        inside = places == at
        n = int(inside.sum())
        if n:
            hits = int(right[inside].sum())
            mean = float(probability[inside].mean())
            yield Bin(at / _BINS, (at + 1) / _BINS, n, mean, hits / n, *clopper_pearson(hits, n))


def _curve(confidence: Values, right: NDArray[np.bool_], ties: bool = True) -> tuple[Values, Values]:
    """Coverage and risk, most probable first; answers of one probability come together."""
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1)
    risk = np.cumsum(~right[order]) / counts
    last = np.append(np.diff(confidence[order]) != 0, True) if ties else np.full(len(order), True)
    return (counts / len(order))[last], risk[last]


def _cost(turns: _Turns, answered: NDArray[np.bool_], costs: Costs) -> float:
    wrong = int((answered & ~turns.right).sum())
    refused = int((~answered & turns.answerable).sum())
    return (costs.wrong * wrong + costs.refused * refused) / max(1, len(answered))


def _missed(score: Score, turns: _Turns, costs: Costs) -> float:
    """Emergencies without an alarm, over the questions: no threshold on the probability changes it."""
    missed = sum(t.kind == "urgent" and not t.alarm_ok and not g.alarm for t, _, g in score.turns)
    return costs.missed * missed / max(1, len(turns.probability))
