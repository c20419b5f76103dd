"""The adapter: what training added to the default encoder's weights, as low-rank updates in one small file.

A matrix W of shape (out, in) becomes W + up @ down, with up of shape (out, rank) and down (rank, in)
(the form of LoRA, Hu et al., ICLR 2022); a vector is added as it is. `training` makes the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import EncoderError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ADAPTER", "DOWN", "UP", "add_adapter"]

ADAPTER = Path(__file__).parent / "adapter.safetensors"
"""The adapter of the default encoder."""

UP, DOWN = ".up", ".down"


def add_adapter(network: Any, path: Path) -> None:
    """Add the updates of a file to the weights of a torch module, in place.

    Raises EncoderError if the file cannot be read or is not for this network.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        updates = _whole(load_file(path))
    except (OSError, SafetensorError) as error:
        raise EncoderError(f"{path} cannot be read ({error}): restore it from the repository.") from error
    weights = dict(network.named_parameters())
    wrong = [name for name, update in updates.items() if name not in weights or weights[name].shape != update.shape]
    if wrong or not updates:
        raise EncoderError(f"{path} is no adapter of this model ({', '.join(wrong[:3]) or 'it is empty'}).")
    with torch.no_grad():
        for name, update in updates.items():
            weights[name].add_(update)


def _whole(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The updates as float32, the two factors of a matrix multiplied."""
    whole = {}
    for name, value in stored.items():
        if name.endswith(UP):
            stem = name.removesuffix(UP)
            if f"{stem}{DOWN}" in stored:
                whole[stem] = value.float() @ stored[f"{stem}{DOWN}"].float()
        elif not name.endswith(DOWN):
            whole[name] = value.float()
    return whole
