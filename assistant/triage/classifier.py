"""A network of the triage's own: the default encoder tuned on the labels of the bank, and a plane over its vectors.

    classifier.safetensors    what the tuning added to the default encoder's weights (retrieval/adapter.py)
    plane.safetensors         the plane; and what a network that had not learned from a message of the bank makes of it

`python -m training alarms` makes both. It reads English, whatever encoder the search has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import OnnxEncoder, Progress, default_adapter, default_folder, file_sha256, verified
from retrieval.errors import EncoderError
from retrieval.text import clean

__all__ = [
    "ABOVE",
    "ADAPTER",
    "PLANE",
    "SCALE",
    "Classifier",
    "Network",
    "likely_unseen",
    "open_classifier",
    "pooled",
    "text_keys",
]

ADAPTER = Path(__file__).parent / "classifier.safetensors"
PLANE = Path(__file__).parent / "plane.safetensors"
_SHA256 = {
    ADAPTER: "114f0b53f86c58936fab433a5d4958df273113bd6c1537fb0361eca8f0e1cc91",
    PLANE: "5c81336acf8ecf3e5914654b5400c05988114d73f3aa73775e0c40e19c237a68",
}
"""To be changed with the files: `python -m training alarms` prints them."""

ABOVE = "above"
"""In the metadata of the plane's file: SHA-256 of the adapter that the network was tuned above."""

SCALE = 10.0
"""A plane's inner product with a unit vector is small: without a scale its share would stay near to even."""


class Classifier(Protocol):
    """What tells how likely each class is."""

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        """Of each text, no label first, in the order of CLASSES; shape (len(texts), 4)."""


class Network:
    """The default encoder with both adapters, and a plane, read from two files; on `threads` threads of the CPU."""

    def __init__(self, adapter: Path, plane: Path, threads: int = 1) -> None:
        from safetensors.numpy import load_file

        stored = load_file(plane)
        self._encoder = OnnxEncoder(default_folder(), "triage", default_adapter(), adapter, threads=threads)
        self._plane, self._bias = stored["weight"].T * SCALE, stored["bias"]

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        """As Classifier.likelihoods."""
        odds = (self._encoder.encode([clean(text) for text in texts], progress) @ self._plane + self._bias).astype(
            np.float64
        )
        likely = np.exp(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def open_classifier(threads: int = 1) -> Network:
    """The one that ships. Raises EncoderError if its files are not those whose SHA-256 is written here, or were tuned
    above another adapter of the default encoder."""
    from safetensors import safe_open

    adapter, plane = (verified(path, digest) for path, digest in _SHA256.items())
    with safe_open(plane, framework="np") as file:
        above = (file.metadata() or {}).get(ABOVE)
    if above != file_sha256(default_adapter()):
        raise EncoderError(f"{adapter} was tuned above another adapter: python -m training alarms.")
    return Network(adapter, plane, threads)


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
