"""The corpus as it stands, read anew only where a file of it has changed: a page asks for it many times at once."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from retrieval.corpus import Corpus, read_corpus

__all__ = ["CorpusNow"]

_Stamps = tuple[tuple[str, int, int, int], ...]


class CorpusNow:
    """Reads the corpus of a folder. Safe for threads: one reads, the others wait for what it has read."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, Lock()
        self._read: tuple[_Stamps, Corpus] | None = None

    def read(self) -> Corpus:
        """As read_corpus, which gives the same until a file is written, comes or goes."""
        with self._lock:
            # The stamps are taken first: a file that is written meanwhile is noticed by the next look.
            stamps = self._stamps()
            if self._read is None or self._read[0] != stamps:
                self._read = stamps, read_corpus(self._folder)
            return self._read[1]

    def _stamps(self) -> _Stamps:
        paths = sorted(path for path in self._folder.rglob("*") if path.is_file())
        found = ((path, path.stat()) for path in paths)
        return tuple((str(path), stat.st_ino, stat.st_mtime_ns, stat.st_size) for path, stat in found)
