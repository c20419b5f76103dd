"""Two or more runs on the same queries: which differences are more than chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evaluation.report import table
from evaluation.results import Results, shared_values
from evaluation.statistics import Values, holm, mean_interval, randomisation_test, t_test

__all__ = ["Comparison", "Mean", "compare", "comparison_markdown", "means", "risk_coverage"]

_SAME = 1e-9
"""Values nearer than this are a tie."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A system's mean of a measure with its 95% bootstrap interval, over `queries` queries."""

    system: str
    measure: str
    queries: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """System b against system a by one measure. `difference` is b's mean less a's, with its interval.

    The p values are two-sided and adjusted by Holm over all pairs of one measure.
    """

    measure: str
    a: str
    b: str
    difference: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int
    p_randomisation: float
    p_t: float


def means(results: Sequence[Results]) -> list[Mean]:
    """Every measure that all systems have, for each system."""
    out = []
    for measure in _shared_measures(results):
        queries, columns = shared_values(results, measure)
        out += [
            Mean(r.name, measure, len(queries), float(column.mean()), *mean_interval(column))
            for r, column in zip(results, columns, strict=True)
        ]
    return out


def compare(results: Sequence[Results]) -> list[Comparison]:
    """Every pair of systems by every measure that all have."""
    return [comparison for measure in _shared_measures(results) for comparison in _pairs(results, measure)]


def comparison_markdown(averages: Sequence[Mean], comparisons: Sequence[Comparison]) -> str:
    """Both tables to read."""
    head = ["measure", "system", "queries", "mean", "95% interval"]
    rows = [[m.measure, m.system, m.queries, f"{m.mean:.3f}", f"{m.low:.3f}–{m.high:.3f}"] for m in averages]
    pairs = [
        [
            c.measure,
            f"{c.b} − {c.a}",
            f"{c.difference:+.3f}",
            f"{c.low:+.3f} to {c.high:+.3f}",
            f"{c.wins}/{c.losses}/{c.ties}",
            _p(c.p_randomisation),
            _p(c.p_t),
        ]
        for c in comparisons
    ]
    names = ["measure", "pair", "difference", "95% interval", "wins/losses/ties", "p randomisation", "p t-test"]
    note = "Intervals by bootstrap over queries; p values two-sided, Holm-adjusted over the pairs of a measure.\n"
    return f"{table(head, rows)}\n{table(names, pairs)}\n{note}"


def risk_coverage(results: Results) -> tuple[Values, Values]:
    """Risk of what is answered, for every share of queries answered, the most confident first.

    Returns coverage and risk, one point for each confidence: risk is the mean of 1 − risk_measure over
    the queries at least as confident (El-Yaniv and Wiener, JMLR 11, 2010). Queries that got no answer
    are never covered; empty where no query has a confidence.
    """
    rows = [row for row in results.rows.values() if results.risk_measure in row["measures"]]
    answered = [
        (float(row["confidence"]), 1 - float(row["measures"][results.risk_measure]))
        for row in rows
        if row["confidence"] is not None
    ]
    if not answered:
        return np.empty(0), np.empty(0)
    confidence, loss = np.array(sorted(answered, reverse=True)).T
    counts = np.arange(1, len(answered) + 1)
    last = np.append(confidence[1:] != confidence[:-1], True)
    return (counts / len(rows))[last], (np.cumsum(loss) / counts)[last]


def _shared_measures(results: Sequence[Results]) -> list[str]:
    return [m for m in results[0].measures if all(m in r.measures for r in results)]


def _pairs(results: Sequence[Results], measure: str) -> list[Comparison]:
    _, columns = shared_values(results, measure)
    pairs = list(combinations(zip([r.name for r in results], columns, strict=True), 2))
    randomisation = holm([randomisation_test(a, b) for (_, a), (_, b) in pairs])
    student = holm([t_test(a, b) for (_, a), (_, b) in pairs])
    out = []
    for ((a, of_a), (b, of_b)), p_randomisation, p_t in zip(pairs, randomisation, student, strict=True):
        difference = of_b - of_a
        wins, losses = int((difference > _SAME).sum()), int((difference < -_SAME).sum())
        low, high = mean_interval(difference)
        ties = len(difference) - wins - losses
        mean = float(difference.mean())
        out.append(Comparison(measure, a, b, mean, low, high, wins, losses, ties, p_randomisation, p_t))
    return out


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
