from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from retrieval.adapter import add_adapter
from retrieval.errors import EncoderError


def network() -> torch.nn.Linear:
    layer = torch.nn.Linear(2, 3)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.fill_(1)
    return layer


def test_factors_are_multiplied_and_added(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    up, down = torch.tensor([[1.0], [2.0], [3.0]]).half(), torch.tensor([[4.0, 5.0]]).half()
    save_file({"weight.up": up, "weight.down": down, "bias": torch.tensor([1.0, 2.0, 3.0]).half()}, path)
    layer = network()
    add_adapter(layer, path)
    assert layer.weight.tolist() == [[4, 5], [8, 10], [12, 15]]
    assert layer.bias.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("stored", "named"),
    [
        ({}, "it is empty"),
        ({"weight.up": torch.zeros(3, 1)}, "it is empty"),
        ({"other": torch.zeros(3)}, "other"),
        ({"bias": torch.zeros(4)}, "bias"),
    ],
)
def test_an_adapter_of_another_model_is_refused(tmp_path: Path, stored: dict[str, torch.Tensor], named: str) -> None:
    path = tmp_path / "a.safetensors"
    save_file(stored, path)
    layer = network()
    with pytest.raises(EncoderError, match=named):
        add_adapter(layer, path)
    assert layer.bias.tolist() == [1, 1, 1]


@pytest.mark.parametrize("content", [None, b"", b"nonsense" * 9])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EncoderError, match="cannot be read"):
        add_adapter(network(), path)
