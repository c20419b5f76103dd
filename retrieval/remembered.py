"""An encoder that takes the vectors of texts that an index holds from there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.index import Index

__all__ = ["RememberingEncoder"]


class RememberingEncoder:
    """Encodes as `encoder` does, but no text that is a view of `index` a second time."""

    def __init__(self, encoder: Encoder, index: Index) -> None:
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self._encoder, self._store = encoder, index.store
        self._numbers = {view.text: number for number, view in enumerate(index.views)}

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        known = [at for at, text in enumerate(texts) if text in self._numbers]
        new = [at for at, text in enumerate(texts) if text not in self._numbers]
        vectors[known] = self._store.vectors([self._numbers[texts[at]] for at in known])
        vectors[new] = self._encoder.encode([texts[at] for at in new], progress)
        return vectors
