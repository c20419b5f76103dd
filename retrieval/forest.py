"""Gradient-boosted trees of depth three as arrays: what a library has learned, without it and without pickle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DEPTH", "LEAVES", "NODES", "Forest", "sigmoid"]

DEPTH = 3
NODES, LEAVES = 2**DEPTH - 1, 2**DEPTH


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Complete trees: node n has the children 2n + 1 and 2n + 2; a row goes left where its feature is at most the
    threshold. Friedman, Greedy function approximation, Annals of Statistics 29(5), 2001."""

    features: NDArray[np.int32]
    """Shape (trees, NODES)."""
    thresholds: NDArray[np.float64]
    """Shape (trees, NODES)."""
    values: NDArray[np.float64]
    """What each leaf adds to the log odds; shape (trees, LEAVES)."""
    bias: float
    """The log odds before any tree."""

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """For rows of shape (n, features): shape (n,)."""
        trees = np.arange(len(self.features))
        node = np.zeros((len(rows), len(trees)), dtype=np.int64)
        for _ in range(DEPTH):
            seen = np.take_along_axis(rows, self.features[trees, node], axis=1)
            node = 2 * node + 1 + (seen > self.thresholds[trees, node])
        return np.asarray(self.bias + self.values[trees, node - NODES].sum(axis=1))


def sigmoid(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log odds as probabilities."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))
