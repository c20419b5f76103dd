"""The training loop: all layers but the embeddings are tuned, and what changed is kept.

Two aims pull against each other. Questions that ask the same are drawn together, whatever their words;
and what the model knows of all other texts is to stay: on the answers about other illnesses it is held
near to what it was before (the anchor). Beside, a plane is learned for each kind of message (answered,
not covered, urgent, a crisis, a look-alike), so that the vectors tell these apart as well; the planes are
not kept, the triage and the thresholds find their own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from training.batches import Batch, Sampler
from training.contrast import class_loss, pair_loss
from training.examples import Kind

__all__ = ["Plan", "train"]

_ANSWER_WEIGHT = 0.4
_SUMMARY_WEIGHT = 0.2
_ANCHOR_WEIGHT = 4.0
_KIND_WEIGHT = 1.0
_KIND_RATE = 3e-3
_KIND_SCALE = 10.0
"""A plane's inner product with a unit vector is small: without a scale its share would stay near to even."""
_QUESTION_TOKENS = 48
_ANSWER_TOKENS = 88
_SUMMARY_TOKENS = 80
_TOGETHER = 16
"""Texts that are encoded at once: of like length, so that little is padded."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast."""

    steps: int = 400
    rate: float = 6e-5
    seed: int = 1


def train(model: Any, sampler: Sampler, plan: Plan, report: Callable[[int, float], None]) -> dict[str, Tensor]:
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
    matrices = [weight for weight in tuned.values() if weight.ndim > 1]
    rest = [weight for weight in tuned.values() if weight.ndim < 2]
    planes = torch.nn.Linear(network.config.hidden_size, len(Kind))
    groups = [
        {"params": matrices, "weight_decay": 0.01},
        {"params": rest, "weight_decay": 0.0},
        {"params": planes.parameters(), "weight_decay": 0.01},
    ]
    optimizer = torch.optim.AdamW(groups, lr=plan.rate)
    rates = [plan.rate, plan.rate, _KIND_RATE]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=plan.steps, pct_start=0.1)
    anchor = copy.deepcopy(network).eval()
    network.train()
    for step in range(1, plan.steps + 1):
        loss = _backward(model, anchor, planes, sampler.draw())
        torch.nn.utils.clip_grad_norm_(tuned.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        report(step, loss)
    network.eval()
    return {name: weight.detach() - before[name] for name, weight in tuned.items()}


def _backward(model: Any, anchor: Any, planes: Any, batch: Batch) -> float:
    """Add up the gradients of one batch, part by part, so that only one part's graph is kept at a time."""
    network, tokenizer = model[0].auto_model, model.tokenizer
    vectors = _embed(network, tokenizer, (*batch.questions, *batch.messages), _QUESTION_TOKENS)
    kinds = cross_entropy(planes(_KIND_SCALE * vectors), torch.tensor(batch.kinds))
    asked = class_loss(vectors[: len(batch.questions)], torch.tensor(batch.classes))
    questions = asked + _KIND_WEIGHT * kinds
    questions.backward()  # type: ignore[no-untyped-call]
    total = questions.item()
    for pairs, tokens, weight in (
        (batch.answers, _ANSWER_TOKENS, _ANSWER_WEIGHT),
        (batch.summaries, _SUMMARY_TOKENS, _SUMMARY_WEIGHT),
    ):
        if pairs:
            texts = [*(p.question for p in pairs), *(p.answer for p in pairs)]
            vectors = _embed(network, tokenizer, texts, tokens)
            with torch.no_grad():
                known = _embed(anchor, tokenizer, texts, tokens)
            apart = 1 - (vectors * known).sum(1).mean()
            loss = weight * pair_loss(vectors[: len(pairs)], vectors[len(pairs) :]) + _ANCHOR_WEIGHT * apart
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
    return total


def _embed(network: Any, tokenizer: Any, texts: Sequence[str], tokens: int) -> Tensor:
    """Unit vectors with gradients, shape (len(texts), dimension): mean pooling, as the model itself does."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = []
    for at in range(0, len(order), _TOGETHER):
        batch = tokenizer(
            [texts[i] for i in order[at : at + _TOGETHER]],
            padding=True, truncation=True, max_length=tokens, return_tensors="pt",
        )  # fmt: skip
        states = network(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].float()
        parts.append((states * mask).sum(1) / mask.sum(1))
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return normalize(torch.cat(parts), dim=1)[back]
