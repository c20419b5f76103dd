"""The slope of a line through samples in time, and how sure it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["interval", "slope"]

Values = NDArray[np.float64]


def slope(x: Values, y: Values) -> float:
    """By least squares."""
    return float(np.polyfit(x, y, 1)[0])


def interval(x: Values, y: Values, block: int = 10, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """A 95% interval of the slope: blocks of residuals are drawn anew, and the line is fitted again."""
    chance, line = np.random.default_rng(seed), np.polyval(np.polyfit(x, y, 1), x)
    residuals, block = y - line, min(block, len(y))
    slopes = []
    for _ in range(rounds):
        starts = chance.integers(0, len(y) - block + 1, size=-(-len(y) // block))
        drawn = np.concatenate([residuals[at : at + block] for at in starts])[: len(y)]
        slopes.append(slope(x, line + drawn))
    low, high = np.quantile(slopes, (0.025, 0.975))
    return float(low), float(high)
