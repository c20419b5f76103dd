"""Losses of contrastive learning, over unit vectors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize, softplus

__all__ = ["TEMPERATURE", "apart_loss", "class_loss", "pair_loss", "ranking_loss", "together"]

TEMPERATURE = 0.05

_APART = 0.1
"""How far above a near miss an answered question stands before their order counts as learned."""


def class_loss(vectors: Tensor, classes: Tensor) -> Tensor:
    """Supervised contrastive loss (Khosla et al., NeurIPS 2020, L_out).

    `vectors` has the shape (n, dimension), `classes` (n,). Each text is drawn to those of its class and
    away from all others; one that is alone in its class only pushes.
    """
    own = torch.eye(len(classes), dtype=torch.bool)
    same = (classes[:, None] == classes[None, :]) & ~own
    scores = (vectors @ vectors.T / TEMPERATURE).masked_fill(own, float("-1e9"))
    log_share = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    return -(log_share * same).sum(1).div(same.sum(1).clamp(min=1)).mean()


def pair_loss(questions: Tensor, answers: Tensor) -> Tensor:
    """In-batch softmax loss in both directions (van den Oord et al., 2018); both of shape (n, dimension)."""
    scores = questions @ answers.T / TEMPERATURE
    right = torch.arange(len(questions))
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2


def ranking_loss(scores: Tensor, right: Tensor, neutral: Tensor) -> Tensor:
    """Softmax loss over the views of one leaflet, any of the right ones counting.

    `scores` are cosine similarities of shape (questions, views); `right` and `neutral`, of the same shape, say which
    views answer and which are neither right nor wrong. Each question has a right view.
    """
    scaled = scores / TEMPERATURE
    every = torch.logsumexp(scaled.masked_fill(neutral, float("-1e4")), dim=1)
    return (every - torch.logsumexp(scaled.masked_fill(~right, float("-1e4")), dim=1)).mean()


def apart_loss(right: Tensor, wrong: Tensor, distance: float) -> Tensor:
    """How far the best view of what is not answered comes near to that of what is, over all pairs of the two.

    `right` holds the similarity of each answered question's best right view, shape (n,); `wrong` those of other
    messages and all views, shape (m, views), of which a soft maximum counts; `distance` is how far below they lie.
    """
    nearest = TEMPERATURE * torch.logsumexp(wrong / TEMPERATURE, dim=1)
    return softplus((nearest[None] + distance - right[:, None]) / _APART).mean()


def together(vectors: Tensor, sizes: Sequence[int]) -> Tensor:
    """The query of each run of readings: half the first, alone, and half the mean of the others; of unit length again.

    `vectors` has the shape (sum(sizes), dimension), one row for each reading of each question; the queries have
    (len(sizes), dimension).
    """
    runs = torch.split(vectors, list(sizes))
    return normalize(torch.stack([run[0] if len(run) == 1 else run[0] + run[1:].mean(0) for run in runs]), dim=1)
