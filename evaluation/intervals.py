"""Confidence intervals of a share."""

from __future__ import annotations

__all__ = ["clopper_pearson"]


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share of independent trials (Clopper and Pearson, Biometrika 26, 1934).

    Raises ValueError unless 0 <= successes <= trials and trials > 0.
    """
    from scipy.stats import beta  # here: it takes a second, and few commands need it

    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no share.")
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 1, trials - successes)) if successes < trials else 1.0
    return low, high
