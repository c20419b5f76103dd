"""Intervals and tests, against SciPy and against what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test, ttest_rel

from evaluation.intervals import clopper_pearson
from evaluation.statistics import holm, mean_interval, randomisation_test, t_test

A = np.array([0.1, 0.9, 0.4, 0.7, 0.3, 0.6, 0.2, 0.8])
B = np.array([0.3, 1.0, 0.5, 0.6, 0.7, 0.9, 0.4, 0.9])


@given(st.integers(0, 400), st.integers(1, 400))
def test_clopper_pearson_is_the_exact_interval(successes: int, trials: int) -> None:
    successes = min(successes, trials)
    exact = binomtest(successes, trials).proportion_ci(method="exact")
    assert clopper_pearson(successes, trials) == pytest.approx((exact.low, exact.high), abs=1e-9)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (2, 1), (-1, 1)])
def test_no_share_has_no_interval(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        clopper_pearson(successes, trials)


def test_randomisation_is_near_the_exact_permutation_test() -> None:
    exact = permutation_test((A, B), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=np.inf)
    assert exact.pvalue == 10 / 256
    assert randomisation_test(A, B) == pytest.approx(exact.pvalue, abs=0.005)


def test_randomisation_of_equal_runs_is_one_and_never_zero() -> None:
    assert randomisation_test(A, A) == 1.0
    assert randomisation_test(np.zeros(60), np.ones(60)) == 1 / 10_001


def test_t_test_is_scipys_and_defined_where_that_is_not() -> None:
    assert t_test(A, B) == pytest.approx(ttest_rel(A, B).pvalue, rel=1e-12)
    assert t_test(A, A) == 1.0
    assert t_test(np.zeros(3), np.ones(3)) == 0.0


def test_holm_by_hand() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []


def test_the_interval_of_a_mean_is_the_same_each_time_and_near_the_normal_one() -> None:
    values = np.tile(A, 40)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert mean_interval(values) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.002)
    assert mean_interval(values) == mean_interval(values)
    assert mean_interval(np.ones(5)) == (1.0, 1.0)
