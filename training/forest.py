"""Forests from scikit-learn's gradient boosting, as the arrays that retrieval/forest.py reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrieval.forest import DEPTH, LEAVES, NODES, Forest

__all__ = ["grown"]

_TREES = 160
_RATE = 0.06
_SAMPLE = 0.6
_LEAF = 25
"""Rows that a leaf stands on at least: fewer would be single messages."""

_FAR = np.finfo(np.float32).max
"""A threshold that nothing exceeds: under a leaf that is not at the bottom every row goes left."""


def grown(rows: NDArray[np.float64], labels: NDArray[np.bool_], weights: NDArray[np.float64], seed: int = 0) -> Forest:
    """A forest for rows of shape (n, features), labels and weights of shape (n,). Equal inputs give an equal forest."""
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=_TREES, learning_rate=_RATE, max_depth=DEPTH, subsample=_SAMPLE, min_samples_leaf=_LEAF,
        max_features=0.5, random_state=seed,
    ).fit(rows.astype(np.float32), labels, sample_weight=weights)  # fmt: skip
    trees = [_complete(estimator[0].tree_) for estimator in model.estimators_]
    features, thresholds, values = (np.stack(parts) for parts in zip(*trees, strict=True))
    share = float(np.average(labels, weights=weights))
    bias = np.log(share / (1 - share))
    return Forest(features, thresholds, _RATE * values, float(bias))


def _complete(tree: object) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """A tree with all its nodes: what hangs under an early leaf has that leaf's value."""
    features, thresholds = np.zeros(NODES, dtype=np.int32), np.full(NODES, _FAR, dtype=np.float64)
    values = np.zeros(LEAVES)
    left, right, feature, threshold, value = (
        getattr(tree, name) for name in ("children_left", "children_right", "feature", "threshold", "value")
    )

    def fill(place: int, node: int) -> None:
        if place >= NODES:
            values[place - NODES] = value[node].item()
            return
        if left[node] < 0:
            fill(2 * place + 1, node)
            fill(2 * place + 2, node)
            return
        features[place], thresholds[place] = feature[node], threshold[node]
        fill(2 * place + 1, left[node])
        fill(2 * place + 2, right[node])

    fill(0, 0)
    return features, thresholds, values
