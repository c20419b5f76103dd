"""Low-rank updates of an encoder's weights: W + B·A (LoRA, arXiv:2106.09685), trained and saved alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrize

__all__ = ["add_low_rank", "save_low_rank"]


class _LowRank(nn.Module):
    """Adds a product of two thin matrices to a weight of shape (out, in). It starts as zero."""

    def __init__(self, out_features: int, in_features: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, in_features) / math.sqrt(in_features))
        self.up = nn.Parameter(torch.zeros(out_features, rank))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.up @ self.down


def add_low_rank(model: nn.Module, rank: int) -> list[nn.Parameter]:
    """Freeze a model and give each linear layer of its encoder a low-rank update.

    Returns the new parameters, the only ones that train.
    """
    model.requires_grad_(False)
    trained: list[nn.Parameter] = []
    for _, module in _linear_layers(model):
        update = _LowRank(module.out_features, module.in_features, rank)
        parametrize.register_parametrization(module, "weight", update)
        trained += [update.down, update.up]
    return trained


def save_low_rank(model: nn.Module, path: Path) -> None:
    """Write the updates as float16 safetensors: `NAME.up` (out, rank) and `NAME.down` (rank, in)."""
    tensors = {}
    for name, module in _linear_layers(model):
        update: Any = module.parametrizations.weight[0]  # type: ignore[union-attr, index]
        tensors[f"{name}.up"] = update.up.detach().half().contiguous()
        tensors[f"{name}.down"] = update.down.detach().half().contiguous()
    save_file(tensors, path)


def _linear_layers(model: nn.Module) -> list[tuple[str, nn.Linear]]:
    """The linear layers of the transformer's blocks, by name; the pooler is not used."""
    return [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear) and ".layer." in n]
