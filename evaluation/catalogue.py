"""From what is written on the command line to a data set and a system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.beir import read_files
from evaluation.bm25 import Bm25
from evaluation.bm25f import Bm25f
from evaluation.builtin import BUILT_IN, built_in
from evaluation.compressed import plain_name, there
from evaluation.conversations import read_labels
from evaluation.datasets import Dataset
from evaluation.dense import Dense
from evaluation.errors import DataError
from evaluation.hybrid import Hybrid
from evaluation.irds import read_irds
from evaluation.nearest import Nearest
from evaluation.spans import read_source_lines
from evaluation.systems import ExistingRun, System
from evaluation.trec import read_run
from evaluation.verbatim import Verbatim
from retrieval.corpus import read_corpus
from retrieval.encoder import DEFAULT_ENCODER, PLAIN_ENCODER, Encoder

__all__ = ["CONVERSATIONS", "LINES", "SYSTEMS", "Files", "Folders", "open_dataset", "open_system"]

_BENCHMARK = Path(__file__).resolve().parent.parent / "benchmarks" / BUILT_IN
CONVERSATIONS = _BENCHMARK / "conversations.jsonl"
LINES = _BENCHMARK / "lines.jsonl"

SYSTEMS = (
    "bm25, bm25f, nearest, nearest:MODEL, dense, dense:MODEL, hybrid, hybrid:MODEL, verbatim, verbatim:MODEL, trec:FILE"
)
"""MODEL is `plain`, `default`, a sentence-transformers folder, or a name in the local model cache. Without it dense
and hybrid take the plain encoder, as published; verbatim and nearest take the product's."""


@dataclass(frozen=True, slots=True)
class Files:
    """Files that take the place of those in a data set's folder; None for those of the folder."""

    documents: Path | None = None
    queries: Path | None = None
    qrels: Path | None = None


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the product keeps its corpus and indexes, and the bench its embeddings."""

    corpus: Path
    index: Path
    cache: Path


def open_dataset(name: str, files: Files, split: str, folders: Folders) -> Dataset:
    """`istiratumab`, `irds:ID`, `trec` (files alone), or a folder in the BEIR layout.

    Raises DataError naming the file and line that cannot be used.
    """
    if name == BUILT_IN:
        queries = files.queries or CONVERSATIONS
        return built_in(read_corpus(folders.corpus), read_labels(queries), read_source_lines(LINES), queries)
    if name.startswith("irds:"):
        return read_irds(name.removeprefix("irds:"))
    if name == "trec":
        if not files.queries or not files.qrels:
            raise DataError(Path(name), None, "files are missing.", "Give --queries and --qrels.")
        return read_files(plain_name(files.queries).stem, files.documents, files.queries, files.qrels)
    folder = Path(name)
    if not folder.is_dir():
        remedy = f"Give a folder in the BEIR layout, '{BUILT_IN}', 'irds:ID' or 'trec'."
        raise DataError(folder, None, "there is no such data set.", remedy)
    return read_files(
        folder.resolve().name,
        files.documents or there(folder / "corpus.jsonl"),
        files.queries or there(folder / "queries.jsonl"),
        files.qrels or there(folder / "qrels" / f"{split}.tsv"),
    )


def open_system(spec: str, folders: Folders, load: Callable[[str], Encoder]) -> System:
    """The system that `spec` names (see SYSTEMS). `load` gives an encoder by its name.

    Raises DataError for a name that is none, or a run file that cannot be used.
    """
    kind, _, rest = spec.partition(":")
    match kind:
        case "bm25" if not rest:
            return Bm25()
        case "bm25f" if not rest:
            return Bm25f()
        case "nearest":
            return Nearest(load(rest or DEFAULT_ENCODER), folders.cache, spec)
        case "dense":
            return Dense(load(rest or PLAIN_ENCODER), folders.cache, spec)
        case "hybrid":
            return Hybrid((Bm25(), Dense(load(rest or PLAIN_ENCODER), folders.cache)), name=spec)
        case "verbatim":
            return Verbatim(load(rest or DEFAULT_ENCODER), folders.cache, folders.index, spec)
        case "trec" if rest:
            return ExistingRun(Path(rest), read_run(Path(rest)), plain_name(Path(rest)).stem)
    raise DataError(Path(spec), None, "there is no such system.", f"Use one of: {SYSTEMS}.")
