"""Embeddings of documents, kept by the content and the model that made them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.encoder import Encoder, Progress, Vectors

__all__ = ["cached_vectors"]

_PART = 1024
"""Texts in one file: a run that was stopped goes on from its last full part."""


def cached_vectors(folder: Path, encoder: Encoder, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    """The vectors of texts, shape (len(texts), dimension), from the cache or encoded and put there.

    A file holds the vectors of _PART texts; its name hashes the encoder's fingerprint and the texts.
    A file that cannot be read, or is of another shape, is made anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    out = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    for at in range(0, len(texts), _PART):
        part = texts[at : at + _PART]
        path = folder / f"{_key(encoder, part)}.npy"
        vectors = _load(path, (len(part), encoder.dimension))
        if vectors is None:
            vectors = encoder.encode(part)
            _save(path, vectors)
        out[at : at + len(part)] = vectors
        if progress:
            progress(at + len(part), len(texts))
    return out


def _key(encoder: Encoder, texts: Sequence[str]) -> str:
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:32]


def _load(path: Path, shape: tuple[int, int]) -> Vectors | None:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None


def _save(path: Path, vectors: Vectors) -> None:
    """By a rename, so that a kill leaves no half file under the name."""
    work = path.with_suffix(f".{os.getpid()}.tmp")
    with work.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)
    work.replace(path)
