from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.forest import LEAVES, NODES, Forest, sigmoid
from training.forest import grown


def test_a_row_goes_left_where_its_feature_is_at_most_the_threshold() -> None:
    features = np.zeros((1, NODES), dtype=np.int32)
    thresholds = np.array([[4.0, 2.0, 6.0, 1.0, 3.0, 5.0, 7.0]])
    forest = Forest(features, thresholds, np.arange(8.0)[None], bias=0.5)
    rows = np.array([[0.0], [1.0], [1.5], [3.0], [4.0], [4.5], [7.0], [7.5]])
    assert forest.log_odds(rows).tolist() == [0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 6.5, 7.5]


def test_no_tree_leaves_the_bias() -> None:
    empty = Forest(np.zeros((0, NODES), np.int32), np.zeros((0, NODES)), np.zeros((0, LEAVES)), -1.0)
    assert empty.log_odds(np.zeros((2, 3))).tolist() == [-1.0, -1.0]


def test_sigmoid_by_hand() -> None:
    assert sigmoid(np.array([0.0, np.log(3)])).tolist() == pytest.approx([0.5, 0.75])


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_the_arrays_say_what_the_library_says(seed: int) -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(120, 4)).astype(np.float32).astype(np.float64)
    labels = rows[:, 0] + rows[:, 1] * rows[:, 2] > 0.1
    if labels.all() or not labels.any():
        return
    weights = chance.uniform(0.5, 2, size=120)
    ours = grown(rows, labels, weights, seed=seed % 7)
    theirs = GradientBoostingClassifier(
        n_estimators=160, learning_rate=0.06, max_depth=3, subsample=0.6, min_samples_leaf=25,
        max_features=0.5, random_state=seed % 7,
    ).fit(rows.astype(np.float32), labels, sample_weight=weights)  # fmt: skip
    assert np.abs(sigmoid(ours.log_odds(rows)) - theirs.predict_proba(rows)[:, 1]).max() < 1e-6
