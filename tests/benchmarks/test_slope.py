"""The slope that a soak reports, and its interval."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.performance.slope import interval, slope

X = np.linspace(0, 2, 120)


def test_a_line_has_its_slope_and_no_doubt() -> None:
    assert slope(X, 500 + 3 * X) == pytest.approx(3)
    assert interval(X, 500 + 3 * X) == (pytest.approx(3), pytest.approx(3))


def test_growth_is_told_from_noise() -> None:
    noise = np.random.default_rng(1).normal(size=len(X))
    low, high = interval(X, 500 + noise)
    assert low < 0 < high
    low, high = interval(X, 500 + 3 * X + noise)
    assert 0 < low < 3 < high
