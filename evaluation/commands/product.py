"""The product's settings that commands need, as plain values: only the entry point reads settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evaluation.catalogue import Folders
from retrieval.encoder import DEFAULT_ENCODER, Encoder, load_encoder

__all__ = ["CACHE", "RESULTS", "ROOT", "Product", "complain", "say"]

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "build" / "cache"
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Product:
    """Where the corpus and its index are, the encoder by name, and its compute threads."""

    corpus: Path
    index: Path
    encoder: str
    threads: int

    def load(self) -> Encoder:
        return load_encoder(self.encoder, self.threads)

    def folders(self, embeddings: Path = CACHE) -> Folders:
        return Folders(self.corpus, self.index, embeddings)

    def loader(self) -> Callable[[str], Encoder]:
        """Each encoder once; the default is the one of the settings."""
        return cache(lambda name: load_encoder(self.encoder if name == DEFAULT_ENCODER else name, self.threads))


def say(text: object) -> None:
    """A line to standard output."""
    sys.stdout.write(f"{text}\n")


def complain(text: object) -> None:
    """A line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
