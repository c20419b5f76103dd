"""A deterministic encoder for tests that need vectors but no meaning: words hashed into 64 places."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from retrieval.encoder import Progress, Vectors


class HashingEncoder:
    name = "hashing"
    dimension = 64

    def __init__(self, fingerprint: str = "0" * 64) -> None:
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                digest = hashlib.sha256(word.encode(errors="replace")).digest()
                vectors[row, digest[0] % self.dimension] += 1
        if progress:
            progress(len(texts), len(texts))
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit
