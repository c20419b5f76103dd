"""From the change of every weight to a small file: the best approximation of each matrix by low rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from retrieval.adapter import DOWN, UP

__all__ = ["low_rank", "mean"]


def mean(changes: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of the changes that several trainings made, weight by weight.

    Where they differ is mostly chance; where they agree is what there was to learn (model soups, Wortsman et
    al., ICML 2022).
    """
    return {name: torch.stack([change[name].float() for change in changes]).mean(dim=0) for name in changes[0]}


def low_rank(change: Mapping[str, Tensor], rank: int, share: float = 1.0) -> dict[str, Tensor]:
    """What retrieval.adapter reads: of each matrix the `rank` largest singular values, as float16.

    By Eckart and Young (1936) no other matrix of that rank is nearer. `share` of the change is kept:
    weights between those before and after training keep more of what the model knew (Wortsman et al.,
    CVPR 2022).
    """
    stored: dict[str, Tensor] = {}
    for name, value in change.items():
        value = share * value.float()
        if value.ndim < 2:
            stored[name] = value.half()
            continue
        left, strengths, right = torch.linalg.svd(value, full_matrices=False)
        root = strengths[:rank].sqrt()
        stored[f"{name}{UP}"] = (left[:, :rank] * root).half().contiguous()
        stored[f"{name}{DOWN}"] = (root[:, None] * right[:rank]).half().contiguous()
    return stored
