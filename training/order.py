"""Learning the order of what is found for a message that leans on others (retrieval/follow_up.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from retrieval.follow_up import HIDDEN, READINGS, Order

__all__ = ["Candidates", "learned_order"]

_STEPS = 400
_RATE = 0.02
_DECAY = 3e-3
_SEED = 0
_LEAST = -1e9


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The candidates of one message."""

    source: str
    """Who wrote it."""
    figures: NDArray[np.float64]
    """Shape (candidates, len(READINGS))."""
    right: NDArray[np.bool_]
    """Which of them answer it; shape (candidates,)."""


def learned_order(messages: Sequence[Candidates]) -> Order:
    """The order under which those that answer are the likeliest; messages that no candidate answers count for nothing.

    Equal messages give an equal order.
    """
    known = [message for message in messages if message.right.any()]
    rows = np.concatenate([message.figures for message in known])
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    most = max(len(message.right) for message in known)
    figures = torch.zeros(len(known), most, len(READINGS))
    right, there = (torch.zeros(len(known), most, dtype=torch.bool) for _ in range(2))
    for place, message in enumerate(known):
        count = len(message.right)
        figures[place, :count] = torch.from_numpy((message.figures - mean) / scale)
        right[place, :count], there[place, :count] = torch.from_numpy(message.right), True
    torch.manual_seed(_SEED)
    network = torch.nn.Sequential(
        torch.nn.Linear(len(READINGS), HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1, bias=False)
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    for _ in range(_STEPS):
        shares = torch.log_softmax(network(figures)[..., 0].masked_fill(~there, _LEAST), dim=1)
        loss = -torch.logsumexp(shares.masked_fill(~right, _LEAST), dim=1).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    weights, bias, outer = (p.detach().numpy().astype(np.float64) for p in network.parameters())
    # The figures are used as they are: what they were scaled by goes into the weights.
    inner = weights.T / scale[:, None]
    return Order(np.concatenate([inner, (bias - mean @ inner)[None]]), outer[0])
