"""The training loop: all layers but the embeddings are tuned, and what changed is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import normalize

__all__ = ["Embed", "Losses", "Plan", "embedder", "train"]

_DECAY = 0.01
_TOGETHER = 16
"""Texts that are encoded at once: of like length, so that little is padded."""


class Embed(Protocol):
    """Texts to unit vectors with gradients."""

    def __call__(self, texts: Sequence[str], tokens: int) -> Tensor:
        """Shape (len(texts), dimension), of at most `tokens` word pieces each: their mean, as in the model."""


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


def train(model: Any, losses: Sequence[Losses], plan: Plan, report: Callable[[int, float], None]) -> dict[str, Tensor]:
    """Tune a SentenceTransformer; return what was added to each of its weights, by name.

    `report` gets the step, from 1, and its loss.
    """
    torch.manual_seed(plan.seed)
    network = model[0].auto_model
    for name, weight in network.named_parameters():
        # The embeddings are half of all weights: left alone, rare words keep what they meant.
        weight.requires_grad_(".layer." in name)
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
    embed = embedder(network, model.tokenizer, plan.half and torch.ops.mkldnn._is_mkldnn_bf16_supported())
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


def embedder(network: Any, tokenizer: Any, half: bool = False) -> Embed:
    """The network as a function of texts."""

    def embed(texts: Sequence[str], tokens: int) -> Tensor:
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts = []
        for at in range(0, len(order), _TOGETHER):
            batch = tokenizer(
                [texts[i] for i in order[at : at + _TOGETHER]],
                padding=True, truncation=True, max_length=tokens, return_tensors="pt",
            )  # fmt: skip
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                states = network(**batch).last_hidden_state.float()
            mask = batch["attention_mask"][..., None].float()
            parts.append((states * mask).sum(1) / mask.sum(1))
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return normalize(torch.cat(parts), dim=1)[back]

    return embed
