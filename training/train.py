"""The training loop: all layers but the embeddings are tuned, or the upper ones alone; what changed is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from training.embedders import Embed, LowerLayers, embedder, knows_half, layer_number, upper_embedder

__all__ = ["Losses", "Plan", "train"]

_DECAY = 0.01


class Losses(Protocol):
    """What is learned from in each step."""

    @property
    def planes(self) -> Sequence[torch.nn.Linear]:
        """What is learned beside the encoder, and not kept."""

    def step(self, embed: Embed) -> Iterator[Tensor]:
        """The losses of one step, one at a time: only one part's graph is kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast."""

    steps: int = 400
    rate: float = 6e-5
    plane_rate: float = 3e-3
    seed: int = 1
    half: bool = False
    """Whether products are made in bfloat16 where the processor knows it: twice as fast there, many times as slow
    elsewhere. Weights stay float32."""


def train(
    model: Any,
    losses: Sequence[Losses],
    plan: Plan,
    report: Callable[[int, float], None],
    lower: LowerLayers | None = None,
) -> dict[str, Tensor]:
    """Tune a SentenceTransformer; return what was added to each of its weights, by name.

    `report` gets the step, from 1, and its loss. With `lower` only the layers above those are tuned.
    """
    torch.manual_seed(plan.seed)
    network = model[0].auto_model
    for name, weight in network.named_parameters():
        # The embeddings are half of all weights: left alone, rare words keep what they meant.
        weight.requires_grad_(layer_number(name) >= (lower.layers if lower else 0))
    tuned = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
    before = {name: weight.detach().clone() for name, weight in tuned.items()}
    groups: list[dict[str, Any]] = [
        {"params": [weight for weight in tuned.values() if weight.ndim > 1], "weight_decay": _DECAY, "lr": plan.rate},
        {"params": [weight for weight in tuned.values() if weight.ndim < 2], "weight_decay": 0.0, "lr": plan.rate},
    ]
    planes = [weight for part in losses for plane in part.planes for weight in plane.parameters()]
    if planes:
        groups.append({"params": planes, "weight_decay": _DECAY, "lr": plan.plane_rate})
    optimizer = torch.optim.AdamW(groups)
    rates = [group["lr"] for group in groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=plan.steps, pct_start=0.1)
    half = plan.half and knows_half()
    embed = upper_embedder(network, lower, half) if lower else embedder(network, model.tokenizer, half)
    network.train()
    for step in range(1, plan.steps + 1):
        total = 0.0
        for part in losses:
            for loss in part.step(embed):
                loss.backward()  # type: ignore[no-untyped-call]
                total += loss.item()
        torch.nn.utils.clip_grad_norm_(tuned.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        report(step, total)
    network.eval()
    return {name: weight.detach() - before[name] for name, weight in tuned.items()}
