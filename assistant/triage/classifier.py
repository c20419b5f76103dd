"""Networks of the triage's own: an encoder tuned on the labels of the bank, and a plane over its vectors.

    classifier.safetensors      what the tuning added to the default encoder's weights (retrieval/adapter.py)
    plane.safetensors           the plane; and what a network that had not seen a message of the bank makes of it
    multilingual.safetensors, multilingual_plane.safetensors    the same of multilingual-e5-small

`python -m training alarms` and `alarm-languages` make them. The first reads English, the second all other languages,
whatever encoder the search has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Encoder, OnnxEncoder, Progress, default_adapter, default_folder, file_sha256, verified
from retrieval.errors import EncoderError
from retrieval.multilingual import published
from retrieval.text import clean

__all__ = [
    "ABOVE",
    "ADAPTER",
    "MULTILINGUAL",
    "MULTILINGUAL_PLANE",
    "PLANE",
    "SCALE",
    "Classifier",
    "Network",
    "english_network",
    "likely_unseen",
    "open_classifier",
    "open_multilingual",
    "pooled",
    "text_keys",
]

ADAPTER = Path(__file__).parent / "classifier.safetensors"
PLANE = Path(__file__).parent / "plane.safetensors"
MULTILINGUAL = Path(__file__).parent / "multilingual.safetensors"
MULTILINGUAL_PLANE = Path(__file__).parent / "multilingual_plane.safetensors"
_SHA256 = {
    ADAPTER: "114f0b53f86c58936fab433a5d4958df273113bd6c1537fb0361eca8f0e1cc91",
    PLANE: "5c81336acf8ecf3e5914654b5400c05988114d73f3aa73775e0c40e19c237a68",
}
_MULTILINGUAL_SHA256 = {
    MULTILINGUAL: "58bca98f608ea8bc04b25c53a6b02353a82808be22dc9da9c54fe0e730548ca2",
    MULTILINGUAL_PLANE: "4d68c551757222525049475fb8c3e23fac050ca247de0dee70a76e7606263f98",
}
"""To be changed with the files: `python -m training alarms` and `alarm-languages` print them."""

ABOVE = "above"
"""In the metadata of the plane's file: SHA-256 of the adapter that the network was tuned above."""

SCALE = 10.0
"""A plane's inner product with a unit vector is small: without a scale its share would stay near to even."""


class Classifier(Protocol):
    """What tells how likely each class is."""

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        """Of each text, no label first, in the order of CLASSES; shape (len(texts), 4)."""


class Network:
    """An encoder that was tuned on the labels, and a plane over its vectors, read from a file."""

    def __init__(self, encoder: Encoder, plane: Path) -> None:
        from safetensors.numpy import load_file

        stored = load_file(plane)
        self._encoder = encoder
        self._plane, self._bias = stored["weight"].T * SCALE, stored["bias"]

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        """As Classifier.likelihoods."""
        odds = (self._encoder.encode([clean(text) for text in texts], progress) @ self._plane + self._bias).astype(
            np.float64
        )
        likely = np.exp(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def english_network(adapter: Path, plane: Path, threads: int = 1) -> Network:
    """The default encoder with both adapters; on `threads` threads of the CPU."""
    return Network(OnnxEncoder(default_folder(), "triage", default_adapter(), adapter, threads=threads), plane)


@cache
def open_classifier(threads: int = 1) -> Network:
    """The one that ships, for English; one for the whole process, however many assistants it has.

    Raises EncoderError if its files are not those whose SHA-256 is written here, or were tuned above another adapter of
    the default encoder.
    """
    from safetensors import safe_open

    adapter, plane = (verified(path, digest) for path, digest in _SHA256.items())
    with safe_open(plane, framework="np") as file:
        above = (file.metadata() or {}).get(ABOVE)
    if above != file_sha256(default_adapter()):
        raise EncoderError(f"{adapter} was tuned above another adapter: python -m training alarms.")
    return english_network(adapter, plane, threads)


@cache
def open_multilingual(threads: int = 1) -> Network:
    """The one that ships, for all other languages; one for the whole process.

    Raises EncoderError if a file is missing, or is not the one whose SHA-256 is written here or in
    retrieval/multilingual.py.
    """
    adapter, plane = (verified(path, digest) for path, digest in _MULTILINGUAL_SHA256.items())
    return Network(published(threads, adapter), plane)


def likely_unseen(
    texts: Sequence[str], classifier: Classifier, progress: Progress | None = None
) -> NDArray[np.float64]:
    """As Classifier.likelihoods; of a message that it learned from, what a network makes of it that has
    seen neither its writer nor any message like it."""
    from safetensors.numpy import load_file

    stored = load_file(verified(PLANE, _SHA256[PLANE]))
    known = dict(zip(stored["texts"].tolist(), stored["unseen"].astype(np.float64), strict=True))
    keys = text_keys(texts)
    new = [text for text, key in zip(texts, keys, strict=True) if key not in known]
    known |= dict(zip(text_keys(new), classifier.likelihoods(new, progress), strict=True))
    return np.array([known[key] for key in keys])


def pooled(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two estimates of likelihoods as one, both shape (n, classes): their geometric mean, made to add up to one (the
    logarithmic pool; Genest and Zidek, Statistical Science 1986). What either takes to be impossible is."""
    mean = np.sqrt(some * others)
    return np.asarray(mean / mean.sum(axis=1, keepdims=True))


def text_keys(texts: Sequence[str]) -> list[int]:
    """The first 64 bits of the SHA-256 of each text."""
    return [int.from_bytes(hashlib.sha256(clean(text).encode()).digest()[:8], "big") for text in texts]
