"""An encoder's network in ONNX Runtime: texts to unit vectors, without torch.

The weights are read from the published file. The words' vectors, half of them and more, stay there: the file is mapped
into memory and only the pages of words that are used are ever read. An adapter is added in NumPy. Nothing is exported
or cached, so nothing can be out of step with the weights (docs/decisions/0020-onnx-runtime.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.adapter import read_adapters
from retrieval.errors import EncoderError
from retrieval.graph import GRAPHS, WIDTH

__all__ = ["LONGEST", "TOKENIZER", "WEIGHTS", "Network", "Parts", "Weights", "graph_weights", "minilm"]

WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"

LONGEST = 256
"""Word pieces that are read of a text, as all-MiniLM-L6-v2 was published (sentence_bert_config.json)."""

_LAYERS = 6

Weights = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Parts:
    """What a network is made of."""

    tokens: Callable[[Sequence[str]], list[list[int]]]
    """The numbers of each text's word pieces."""
    words: Callable[[NDArray[np.int64]], Weights]
    """The vectors of word pieces by their numbers, shape (n, 384)."""
    positions: Weights
    """The vector of each place in a text, that of the only kind of text added; shape (places, 384)."""
    weights: Mapping[str, Weights]
    """By their names in the graph (graph.shapes)."""
    layers: int


class Network:
    """A network of these parts, on `threads` threads of the CPU."""

    dimension = WIDTH

    def __init__(self, parts: Parts, threads: int = 1) -> None:
        # Imported here: commands that only read the corpus do not need it.
        from onnxruntime import InferenceSession, OrtValue, SessionOptions

        self.tokens, self._words, self._positions = parts.tokens, parts.words, parts.positions
        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads take no time of others
        values = [OrtValue.ortvalue_from_numpy(weight) for weight in parts.weights.values()]
        options.add_external_initializers(list(parts.weights), values)
        # It makes copies of its own, in the order that its products want; a test holds it to that.
        graph = GRAPHS[parts.layers].read_bytes()
        self._session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def vectors(self, tokens: Sequence[Sequence[int]]) -> Weights:
        """The mean over each text's word pieces, of unit length: shape (len(tokens), 384).

        The texts are read one after the other, each seeing itself alone: nothing is spent on padding.
        """
        lengths = [len(row) for row in tokens]
        text = np.repeat(np.arange(len(tokens)), lengths)
        first = np.cumsum([0, *lengths[:-1]])
        read = self._words(np.concatenate(tokens)) + self._positions[np.arange(len(text)) - first[text]]
        mask = (text[:, None] == text).astype(np.int32)
        (hidden,) = self._session.run(None, {"read": read[None], "mask": mask[None]})
        # A sum over the pieces points where their mean does.
        summed = np.add.reduceat(hidden[0], first)
        return np.asarray(summed / np.linalg.norm(summed, axis=1, keepdims=True), dtype=np.float32)


def minilm(folder: Path, *adapters: Path) -> Parts:
    """all-MiniLM-L6-v2 in a local folder, with the sum of some adapters or none."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    words, positions, weights = _weights(folder / WEIGHTS, read_adapters(adapters))

    def tokens(texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]

    return Parts(tokens, words.__getitem__, positions, weights, _LAYERS)


def _weights(path: Path, updates: Mapping[str, Weights]) -> tuple[Weights, Weights, dict[str, Weights]]:
    """The vectors of words and of places, and the weights by their names in the graph, the adapter's updates added."""
    stored = _mapped(path)
    if wrong := [name for name, update in updates.items() if name not in stored or stored[name].shape != update.shape]:
        raise EncoderError(f"The adapter is of another model ({', '.join(sorted(wrong)[:3])}).")

    def weight(name: str) -> Weights:
        return np.asarray(stored[name] + updates[name] if name in updates else stored[name])

    words = "embeddings.word_embeddings.weight"
    positions = weight("embeddings.position_embeddings.weight") + weight("embeddings.token_type_embeddings.weight")[0]
    return weight(words) if words in updates else _mapped(path)[words], positions, graph_weights(weight, _LAYERS)


def graph_weights(weight: Callable[[str], Weights], layers: int) -> dict[str, Weights]:
    """The weights by their names in the graph (graph.shapes), of those by their names in PyTorch's BertModel.

    They are copied, so that of a mapped file only the words' vectors stay mapped.
    """
    found = {
        "norm.weight": weight("embeddings.LayerNorm.weight"),
        "norm.bias": weight("embeddings.LayerNorm.bias"),
    }
    for n in range(layers):
        layer = f"encoder.layer.{n}."
        heads = [f"{layer}attention.self.{part}." for part in ("query", "key", "value")]
        found[f"{n}.attention.weight"] = np.concatenate([weight(f"{head}weight").T for head in heads], axis=1)
        found[f"{n}.attention.bias"] = np.concatenate([weight(f"{head}bias") for head in heads])
        for part, name in (("joined", "attention.output"), ("wide", "intermediate"), ("narrow", "output")):
            found[f"{n}.{part}.weight"] = weight(f"{layer}{name}.dense.weight").T
            found[f"{n}.{part}.bias"] = weight(f"{layer}{name}.dense.bias")
            if part != "wide":
                found[f"{n}.{part}.norm.weight"] = weight(f"{layer}{name}.LayerNorm.weight")
                found[f"{n}.{part}.norm.bias"] = weight(f"{layer}{name}.LayerNorm.bias")
    return {name: np.array(w, order="C") for name, w in found.items()}


def _mapped(path: Path) -> dict[str, Any]:
    """The float32 tensors of a safetensors file, mapped: eight bytes of length, a JSON header, the numbers."""
    raw = np.memmap(path, dtype=np.uint8, mode="c")
    start = 8 + int.from_bytes(raw[:8].tobytes(), "little")
    header = json.loads(raw[8:start].tobytes())
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            first, last = entry["data_offsets"]
            tensors[name] = raw[start + first : start + last].view(np.float32).reshape(entry["shape"])
    return tensors
