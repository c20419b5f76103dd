"""Retrieval systems that are measured: the System protocol, and runs that exist already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from evaluation.datasets import Dataset, Query
from evaluation.errors import DataError
from evaluation.trec import Run
from retrieval.encoder import Progress, file_sha256

__all__ = ["ExistingRun", "Found", "Searcher", "System", "need_documents", "without_words"]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that a system found; higher scores are better. `why` is for people to read."""

    document: str
    score: float
    why: str = ""


class Searcher(Protocol):
    """A system with an index over one data set."""

    @property
    def index_bytes(self) -> int:
        """Size of what is searched: vectors or postings, in bytes."""

    def search(self, query: Query, k: int) -> Sequence[Found]:
        """At most k documents, each once, in any order."""


class System(Protocol):
    """A way to search, before it has seen the data."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All that decides the results besides data and code."""

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        """Make the data set searchable. Raises DataError if it has no documents."""


@dataclass(frozen=True)
class ExistingRun:
    """What another system found, from its TREC run file."""

    path: Path
    run: Run
    name: str

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"run": self.path.name, "run_sha256": file_sha256(self.path)}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:  # noqa: ARG002 - the protocol has it
        self.unknown(dataset)
        return self

    def unknown(self, dataset: Dataset) -> dict[str, int]:
        """How many of its queries and documents the data set does not have, and of how many queries it has nothing.

        Without documents those that are judged must do: a document that nobody judged may well be one. Queries that
        the data set has and nobody judged are known. Raises DataError if no query or no document is known: then run
        and data do not belong together, and every figure would be 0.
        """
        queries = [query for query in self.run if query in dataset.queries]
        found = {document for query in queries for document, _ in self.run[query]}
        known = found & (dataset.documents.keys() or {d for grades in dataset.qrels.values() for d in grades})
        for kind, name, ids, sample in (
            ("queries", "query", queries, self.run),
            ("documents", "document", known, [document for query in queries for document, _ in self.run[query]]),
        ):
            if not ids:
                first = next(iter(sample))
                problem = f"the data set has none of its {kind}: '{first}', say, is no id of a {name} there."
                raise DataError(self.path, None, problem, "Give the run and the data set that belong together.")
        return {
            "queries": len(self.run.keys() - dataset.queries.keys() - dataset.unjudged),
            "documents": len(found - known) if dataset.documents else 0,
            "without_results": len(dataset.queries.keys() - self.run.keys()),
        }

    @property
    def index_bytes(self) -> int:
        return 0

    def search(self, query: Query, k: int) -> Sequence[Found]:
        """What the run has for the query; nothing if it has nothing."""
        return [Found(document, score) for document, score in self.run.get(query.id, ())[:k]]


def need_documents(dataset: Dataset) -> dict[str, str]:
    """The words of every document by id. Raises DataError if there is none to search, or none has any."""
    if not dataset.documents:
        raise DataError(Path(dataset.name), None, "there are no documents to search.", "Give --documents.")
    words = {identifier: document.words for identifier, document in dataset.documents.items()}
    if not any(words.values()):
        problem = f"none of the {len(words)} documents has a title or a text."
        raise DataError(Path(dataset.name), None, problem, "Give documents in words.")
    return words


def without_words(system: str) -> DataError:
    """What a system raises that searches by words and finds none in any document."""
    remedy = "Give documents in words; letters alone and stop words are none."
    return DataError(Path(system), None, "no document has a word to search for.", remedy)
