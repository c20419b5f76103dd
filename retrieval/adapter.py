"""The adapter: what training added to the default encoder's weights, as low-rank updates in one small file.

A matrix W of shape (out, in) becomes W + up @ down, with up of shape (out, rank) and down (rank, in)
(the form of LoRA, Hu et al., ICLR 2022); a vector is added as it is. `training` makes the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EncoderError

__all__ = ["ADAPTER", "DOWN", "UP", "add_adapter", "read_adapter", "read_adapters"]

Update = NDArray[np.float32]

ADAPTER = Path(__file__).parent / "adapter.safetensors"
"""The adapter of the default encoder."""

UP, DOWN = ".up", ".down"


def read_adapter(path: Path) -> dict[str, Update]:
    """The updates of a file by the name of the weight, as float32, the two factors of a matrix multiplied.

    Raises EncoderError if the file cannot be read or holds none.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise EncoderError(f"{path} cannot be read ({error}): restore it from the repository.") from error
    updates: dict[str, Update] = {}
    for name, value in stored.items():
        stem = name.removesuffix(UP)
        if name.endswith(UP) and f"{stem}{DOWN}" in stored:
            updates[stem] = value.astype(np.float32) @ stored[f"{stem}{DOWN}"].astype(np.float32)
        elif not name.endswith((UP, DOWN)):
            updates[name] = value.astype(np.float32)
    if not updates:
        raise EncoderError(f"{path} is no adapter: it is empty.")
    return updates


def read_adapters(paths: Sequence[Path]) -> dict[str, Update]:
    """The sum of the updates of several files: one that was trained above another."""
    summed: dict[str, Update] = {}
    for path in paths:
        for name, update in read_adapter(path).items():
            summed[name] = summed[name] + update if name in summed else update
    return summed


def add_adapter(network: Any, path: Path) -> None:
    """Add the updates of a file to the weights of a torch module, in place.

    Raises EncoderError if the file cannot be read or is not for this network.
    """
    import torch

    updates, weights = read_adapter(path), dict(network.named_parameters())
    wrong = [name for name, update in updates.items() if name not in weights or weights[name].shape != update.shape]
    if wrong:
        raise EncoderError(f"{path} is no adapter of this model ({', '.join(wrong[:3])}).")
    with torch.no_grad():
        for name, update in updates.items():
            weights[name].add_(torch.from_numpy(update))
