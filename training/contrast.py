"""Losses of contrastive learning, over unit vectors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

__all__ = ["TEMPERATURE", "class_loss", "pair_loss"]

TEMPERATURE = 0.05


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
