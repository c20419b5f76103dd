"""Contrastive training of the encoder's low-rank update.

Loss: InfoNCE over the batch (van den Oord et al. 2018, arXiv:1807.03748), both ways, on cosine
similarities over a temperature; texts of one class are not negatives of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from training.adapter import add_low_rank
from training.pairs import Pair, Sources, batches

__all__ = ["Recipe", "train"]


_TOGETHER = 12


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a training run, beside its data."""

    rank: int = 16
    steps: int = 300
    rate: float = 6e-4
    temperature: float = 0.05
    longest: int = 64
    """Tokens read of each text while training."""
    seed: int = 7


def train(model: Any, sources: Sources, recipe: Recipe, report: Callable[[int, float], None]) -> None:
    """Train the update of a sentence-transformers model in place. `report` gets (step, loss)."""
    torch.manual_seed(recipe.seed)
    parameters = add_low_rank(model, recipe.rank)
    optimizer = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, total_steps=recipe.steps, pct_start=0.1)
    model.max_seq_length = recipe.longest
    model.train()
    for step, batch in enumerate(batches(sources, recipe.steps, recipe.seed), 1):
        loss = _loss(model, batch, recipe.temperature)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        report(step, float(loss.detach()))
    model.eval()


def _loss(model: Any, batch: Sequence[Pair], temperature: float) -> Tensor:
    queries = _embed(model, [pair.query for pair in batch])
    positives = _embed(model, [pair.positive for pair in batch])
    scores = queries @ positives.T / temperature
    same = torch.tensor([[a.group == b.group for b in batch] for a in batch])
    same.fill_diagonal_(False)
    scores = scores.masked_fill(same, float("-inf"))
    target = torch.arange(len(batch))
    return (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)) / 2


def _embed(model: Any, texts: Sequence[str]) -> Tensor:
    """Unit vectors, shape (len(texts), dimension). Texts of like length go together: padding is dear."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = [order[at : at + _TOGETHER] for at in range(0, len(order), _TOGETHER)]
    vectors = [model(model.preprocess([texts[i] for i in part]))["sentence_embedding"] for part in parts]
    back = torch.argsort(torch.tensor(order))
    return functional.normalize(torch.cat(vectors)[back], dim=1)
