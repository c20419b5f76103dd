"""The product's settings that commands need, as plain values: only the entry point reads settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from multiprocessing import get_context
from pathlib import Path

from assistant.assistant import Assistant
from assistant.start import start_assistant
from evaluation.catalogue import Folders
from evaluation.errors import DataError
from retrieval.encoder import DEFAULT_ENCODER, Encoder, cores, load_encoder
from retrieval.errors import VerbatimError

__all__ = ["CACHE", "RESULTS", "ROOT", "Product", "complain", "once", "say", "usable_encoder"]

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "build" / "cache"
RESULTS = ROOT / "benchmarks" / "results"
_TRIAL = ("keep the vials in the refrigerator", "a headache after the second infusion")
_SAME = 0.9999
"""Cosine from which two vectors are one."""
_TOLD = 200
"""Characters of an error that are told: some list every weight that is missing."""


@dataclass(frozen=True)
class Product:
    """Where the corpus and its index are, the encoder by name, and its compute threads."""

    corpus: Path
    index: Path
    encoder: str
    threads: int

    @cached_property
    def assistant(self) -> Callable[[Path], Assistant]:
        """The assistant over a corpus, started once for each: several sets are asked of one."""
        return cache(lambda corpus: start_assistant(corpus, self.index, self.load(), complain))

    @cached_property
    def loader(self) -> Callable[[str], Encoder]:
        """Each encoder once; the default is the one of the settings."""
        return cache(lambda name: usable_encoder(self.encoder if name == DEFAULT_ENCODER else name, self.threads))

    @cached_property
    def processes(self) -> ProcessPoolExecutor:
        """One for each core, started when they are first asked, each on one thread; they end with this one."""
        return ProcessPoolExecutor(cores(), get_context("spawn"))

    def alone(self) -> Product:
        """The same on one thread, to be sent to a process."""
        return replace(self, threads=1)

    def load(self) -> Encoder:
        return self.loader(DEFAULT_ENCODER)

    def folders(self, embeddings: Path = CACHE) -> Folders:
        return Folders(self.corpus, self.index, embeddings)


@cache
def once(product: Product) -> Product:
    """The same product for every call that a process is sent, so that it starts its assistant once."""
    return product


def usable_encoder(name: str, threads: int) -> Encoder:
    """An encoder by its name or folder, once it has told two texts apart.

    Raises DataError for a model that cannot be loaded or gives no vectors to search by, before anything is searched.
    """
    try:
        encoder = load_encoder(name, threads)
        one, other = encoder.encode(_TRIAL)
    except VerbatimError as error:
        if name in str(error):
            raise
        raise _unusable(name, str(error)) from error
    except Exception as error:  # what reads a folder of weights raises any kind
        raise _unusable(name, f"{type(error).__name__}: {error}") from error
    if float(one @ other) > _SAME:  # without its tokenizer a model reads nothing, and says nothing of it
        raise _unusable(name, "it gives every text the same vector; its tokenizer may be missing")
    return encoder


def _unusable(name: str, problem: str) -> DataError:
    told = " ".join(problem.split())[:_TOLD].rstrip(".")
    remedy = "Give a whole folder of sentence-transformers (modules.json, config.json, weights, tokenizer), or 'plain'."
    return DataError(Path(name), None, f"this model cannot be used: {told}.", remedy)


def say(text: object) -> None:
    """A line to standard output."""
    sys.stdout.write(f"{text}\n")


def complain(text: object) -> None:
    """A line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
