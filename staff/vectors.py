"""An encoder that remembers, so that a draft embeds only what is new in it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np

from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.index import Index

__all__ = ["KeptVectors"]


class KeptVectors:
    """Encodes as `encoder` does, but none of a corpus's texts a second time. Safe for threads.

    Texts that come in batches are a corpus's; a question comes alone or with the one before it, and is not
    kept: nobody's words stay here.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self._encoder = encoder
        self._kept: dict[str, Vectors] = {}
        self._lock = Lock()

    def remember(self, index: Index) -> None:
        """Keep what an index of the same encoder holds."""
        vectors = index.store.vectors(range(len(index.views)))
        with self._lock:
            self._kept.update(zip((view.text for view in index.views), vectors, strict=True))

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if len(texts) <= _QUESTION:
            return self._encoder.encode(texts, progress)
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._kept]
            self._kept.update(zip(new, self._encoder.encode(new, progress), strict=True))
            return np.stack([self._kept[text] for text in texts])


_QUESTION = 2
