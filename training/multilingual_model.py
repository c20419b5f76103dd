"""multilingual-e5-small in PyTorch, as the training takes a model: retrieval/e5.py reads it for ONNX Runtime alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertLayer

from retrieval.e5 import e5, e5_weights
from retrieval.graph import EPSILON, HEADS, INNER, WIDTH
from retrieval.network import Parts

__all__ = ["MultilingualModel"]

Cut = Callable[[Sequence[str]], list[list[int]]]


class MultilingualModel:
    """Read from the published file. As of a SentenceTransformer its network is `[0].auto_model`."""

    def __init__(self, weights: Path) -> None:
        parts = e5(weights)
        self.auto_model = _Network(parts, e5_weights(weights))
        self.tokenizer = _Tokenizer(parts.tokens)

    def __getitem__(self, _: int) -> MultilingualModel:
        return self


class _Network(nn.Module):
    """Its weights have the names of a BertModel; the vectors of words stay in the file, and are not trained."""

    def __init__(self, parts: Parts, weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        config = BertConfig(
            hidden_size=WIDTH, intermediate_size=INNER, num_attention_heads=HEADS, layer_norm_eps=EPSILON,
            num_hidden_layers=parts.layers,
        )  # fmt: skip
        config._attn_implementation = "eager"
        self.embeddings = _Embeddings(parts)
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList(BertLayer(config) for _ in range(parts.layers))
        self.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(w)) for name, w in weights.items()})


class _Embeddings(nn.Module):
    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self.LayerNorm = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, input_ids: Tensor) -> Tensor:
        """Word pieces of shape (texts, places) to vectors (texts, places, 384)."""
        words = self._parts.words(input_ids.numpy().reshape(-1)).reshape(*input_ids.shape, WIDTH)
        read: Tensor = self.LayerNorm(torch.from_numpy(words + self._parts.positions[: input_ids.shape[1]]))
        return read


class _Tokenizer:
    def __init__(self, cut: Cut) -> None:
        self._cut = cut

    def __call__(self, texts: Sequence[str], max_length: int, **_: object) -> dict[str, Tensor]:
        """Word pieces, 0 where a text has none, and a mask of 1 where it has one; both (texts, places)."""
        rows = [torch.tensor(row[:max_length]) for row in self._cut(texts)]
        padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
        return {"input_ids": padded, "attention_mask": mask}
