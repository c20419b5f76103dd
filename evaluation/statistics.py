"""Is the difference real? Intervals by bootstrap and paired tests, over queries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["SAMPLES", "SEED", "holm", "mcnemar", "mean_interval", "randomisation_test", "ratio_interval", "t_test"]

SAMPLES = 10_000
SEED = 20_250_101
_CHUNK = 1000

Values = NDArray[np.float64]
"""One value a query."""


def mean_interval(values: Values, confidence: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron, 1979): SAMPLES resamples, the same each time."""
    random = np.random.default_rng(SEED)
    size = len(values)
    means = [values[random.integers(0, size, (_CHUNK, size))].mean(axis=1) for _ in range(SAMPLES // _CHUNK)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)


def ratio_interval(parts: Values, wholes: Values, confidence: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap interval of sum(parts) / sum(wholes), shape (n,) each: turns are drawn, each with its
    passages, since passages of one turn are right or wrong together. `wholes` are positive."""
    random = np.random.default_rng(SEED)
    size = len(parts)
    ratios = []
    for _ in range(SAMPLES // _CHUNK):
        drawn = random.integers(0, size, (_CHUNK, size))
        ratios.append(parts[drawn].sum(axis=1) / wholes[drawn].sum(axis=1))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(ratios), [tail, 1 - tail])
    return float(low), float(high)


def mcnemar(better: int, worse: int) -> float:
    """Two-sided p of McNemar's exact test: of the turns that changed, is either way more than chance? 1 if none did."""
    if better + worse == 0:
        return 1.0
    from scipy.stats import binomtest  # here: it takes a second, and few commands need it

    return float(binomtest(better, better + worse, 0.5).pvalue)


def randomisation_test(a: Values, b: Values) -> float:
    """Two-sided p of the paired randomisation test (Smucker et al., CIKM 2007).

    The sign of each query's difference is drawn SAMPLES times; the observed one counts as a draw, so
    p is never 0.
    """
    difference = a - b
    observed = abs(difference.mean())
    random = np.random.default_rng(SEED)
    as_far = 0
    for _ in range(SAMPLES // _CHUNK):
        signs = random.integers(0, 2, (_CHUNK, len(difference))) * 2 - 1
        # 1e-12: sums of the same numbers in another order must count as equal.
        as_far += int((np.abs((signs * difference).mean(axis=1)) >= observed - 1e-12).sum())
    return (as_far + 1) / (SAMPLES + 1)


def t_test(a: Values, b: Values) -> float:
    """Two-sided p of Student's paired t test; 1 if no query differs."""
    from scipy.stats import ttest_rel  # here: as above

    difference = a - b
    if not difference.any():
        return 1.0
    if np.ptp(difference) == 0:
        return 0.0
    return float(ttest_rel(a, b).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that keep the chance of any false finding (Holm, 1979), in the order given."""
    order = np.argsort(p_values)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[int(at)] = highest
    return adjusted
