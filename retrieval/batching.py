"""An encoder that the threads of a server share: what is asked at the same time is encoded in one call."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from retrieval.encoder import Encoder, Progress, Vectors

__all__ = ["BatchingEncoder"]

_MOST = 16
"""Texts of a call that waits its turn and is remembered: a question has one to four."""

_KEPT = 4096
"""Vectors of texts that were asked before: some six megabytes."""


@dataclass
class _Asked:
    """A call that waits, and what came of it."""

    texts: list[str]
    vectors: Vectors | None = None
    error: BaseException | None = None


@dataclass
class BatchingEncoder:
    """Encodes as `encoder` does. Safe for threads.

    One call is at work at a time; those that come meanwhile wait for it and then go together. A call that finds
    nobody before it waits for nobody. Texts that were asked before are not encoded again; they are known by
    their hash, so no question is kept.
    """

    encoder: Encoder
    _waiting: list[_Asked] = field(default_factory=list)
    _known: OrderedDict[bytes, Vectors] = field(default_factory=OrderedDict)
    _adding: Lock = field(default_factory=Lock)
    _working: Lock = field(default_factory=Lock)

    @property
    def name(self) -> str:
        return self.encoder.name

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if len(texts) > _MOST:  # a corpus: nobody should wait for it
            return self.encoder.encode(texts, progress)
        mine = _Asked(list(texts))
        with self._adding:
            self._waiting.append(mine)
        with self._working:
            if mine.vectors is None and mine.error is None:
                self._serve()
        if mine.error is not None:
            raise mine.error
        assert mine.vectors is not None  # noqa: S101 - one of the two is set
        return mine.vectors

    def _serve(self) -> None:
        """Encode for all who wait."""
        with self._adding:
            together, self._waiting = self._waiting, []
        try:
            vectors = self._vectors(list(dict.fromkeys(text for asked in together for text in asked.texts)))
            for asked in together:
                rows = [vectors[text] for text in asked.texts]
                asked.vectors = np.array(rows, dtype=np.float32).reshape(-1, self.dimension)
        except BaseException as error:
            for asked in together:
                asked.error = error

    def _vectors(self, texts: list[str]) -> dict[str, Vectors]:
        keys = {text: hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts}
        new = [text for text in texts if keys[text] not in self._known]
        if new:
            self._known.update(zip((keys[text] for text in new), self.encoder.encode(new), strict=True))
        for key in keys.values():
            self._known.move_to_end(key)
        vectors = {text: self._known[key] for text, key in keys.items()}
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return vectors
