"""Vectors of the corpus's texts, kept by content: no text is embedded twice by the same encoder.

    <folder>/vectors/<encoder's fingerprint>.sqlite     SHA-256 of a text -> its vector and a checksum

Every index version in the folder draws on it, so a change of one monograph embeds that monograph. What was embedded
is committed in steps: a build that is killed goes on where it was. Deleting the file costs time, nothing else.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.errors import UnusableIndexError

__all__ = ["CachedEncoder"]

_STEP = 1024
"""Texts between two commits: some seconds of work."""

_PATIENCE = 60
"""Seconds to wait for another process that is writing."""


class CachedEncoder:
    """Encodes as `encoder` does, but takes vectors that `folder` keeps from there, and keeps the others.

    For the corpus's texts alone: what patients ask is never kept.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self._encoder, self.folder = encoder, folder
        self._path = folder / "vectors" / f"{encoder.fingerprint}.sqlite"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """As Encoder.encode. Raises UnusableIndexError if the vectors cannot be kept in the folder."""
        try:
            return self._encode(texts, progress)
        except (sqlite3.OperationalError, OSError) as error:
            raise UnusableIndexError(f"The index cannot be written to {self.folder}: {error}.") from error
        except sqlite3.DatabaseError:
            self._path.unlink()  # damaged beyond reading: it can be made anew
            return self._encode(texts, progress)

    def _encode(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        keys = [hashlib.sha256(text.encode(errors="surrogatepass")).digest() for text in texts]
        with self._opened() as kept:
            new: dict[bytes, list[int]] = {}
            for place, key in enumerate(keys):
                vector = None if key in new else _read(kept, key, self.dimension)
                if vector is None:
                    new.setdefault(key, []).append(place)
                else:
                    out[place] = vector
            done = 0
            for step in _steps(sorted(new, key=lambda key: len(texts[new[key][0]]))):
                vectors = self._encoder.encode([texts[new[key][0]] for key in step])
                for key, vector in zip(step, vectors, strict=True):
                    out[new[key]] = vector
                    raw = vector.tobytes()
                    kept.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", (key, raw, zlib.crc32(key + raw)))
                kept.commit()
                done += len(step)
                if progress:
                    progress(done, len(new))
        return out

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_PATIENCE)
        try:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, checksum INTEGER)"
            )
            yield connection
        finally:
            connection.close()


def _steps(order: list[bytes]) -> Iterator[list[bytes]]:
    """Texts in the order of their length, as steps of which each has short and long ones alike, in that order.

    Texts of like length take the least time together; and steps that take as long as one another tell truly how
    long the rest will take.
    """
    steps = -(-len(order) // _STEP)
    return (order[at::steps] for at in range(steps))


def _read(kept: sqlite3.Connection, key: bytes, dimension: int) -> Vectors | None:
    """The vector of a text, or None if it is not kept or not as it was written."""
    row = kept.execute("SELECT vector, checksum FROM vectors WHERE key = ?", (key,)).fetchone()
    if row is None or zlib.crc32(key + row[0]) != row[1] or len(row[0]) != 4 * dimension:
        return None
    return np.frombuffer(row[0], dtype=np.float32)
