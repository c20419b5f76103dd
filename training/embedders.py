"""A network as a function of texts: whole, or its upper layers above what the lower ones make of each text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import normalize
from torch.nn.utils.rnn import pad_sequence

__all__ = ["Embed", "LowerLayers", "embedder", "knows_half", "layer_number", "upper_embedder"]

_TOGETHER = 16
"""Texts that are encoded at once: of like length, so that little is padded."""
_AT_ONCE = 64
_HIDDEN = -1e4
"""Added to the attention that a place without a word piece would get."""


class Embed(Protocol):
    """Texts to unit vectors with gradients."""

    def __call__(self, texts: Sequence[str], tokens: int) -> Tensor:
        """Shape (len(texts), dimension), of at most `tokens` word pieces each: their mean, as in the model."""


def knows_half() -> bool:
    """Whether the processor multiplies in bfloat16."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def layer_number(name: str) -> int:
    """Of the layer that a weight belongs to, from 0; -1 for the embeddings."""
    _, found, rest = name.partition(".layer.")
    return int(rest.partition(".")[0]) if found else -1


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


class LowerLayers:
    """What the first `layers` of a network make of texts: float16 of shape (word pieces, 384) each, computed once."""

    def __init__(self, model: Any, layers: int, tokens: int, half: bool) -> None:
        self.layers = layers
        self._network, self._tokenizer, self._tokens, self._half = model[0].auto_model, model.tokenizer, tokens, half
        self._network.eval()
        self._known: dict[str, Tensor] = {}

    def __call__(self, texts: Sequence[str]) -> list[Tensor]:
        new = sorted({text for text in texts if text not in self._known}, key=len)
        for at in range(0, len(new), _AT_ONCE):
            self._compute(new[at : at + _AT_ONCE])
        return [self._known[text] for text in texts]

    @torch.no_grad()
    def _compute(self, texts: Sequence[str]) -> None:
        batch = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._tokens, return_tensors="pt"
        )
        mask = batch["attention_mask"].float()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._half):
            embedded = self._network.embeddings(input_ids=batch["input_ids"])
            states = _through(self._network.encoder.layer[: self.layers], embedded, mask).half()
        for text, row, length in zip(texts, states, mask.sum(1).int().tolist(), strict=True):
            self._known[text] = row[:length].clone()


def upper_embedder(network: Any, lower: LowerLayers, half: bool) -> Embed:
    """The network above the lower layers as a function of texts; these were cut to word pieces before."""
    layers = network.encoder.layer[lower.layers :]

    def embed(texts: Sequence[str], tokens: int) -> Tensor:
        states = [state[:tokens].float() for state in lower(texts)]
        mask = pad_sequence([torch.ones(len(state)) for state in states], batch_first=True)
        hidden = pad_sequence(states, batch_first=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            hidden = _through(layers, hidden, mask).float()
        return normalize((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=1)

    return embed


def _through(layers: Any, hidden: Tensor, mask: Tensor) -> Tensor:
    """Hidden states (texts, places, 384) after some layers; `mask` (texts, places) is 1 where there is a word piece."""
    for layer in layers:
        hidden = layer(hidden, ((1 - mask) * _HIDDEN)[:, None, None])
    return hidden
