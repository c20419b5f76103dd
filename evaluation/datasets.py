"""Retrieval data sets: documents, queries and judgements, wherever they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evaluation.errors import DataError
from retrieval.corpus import Corpus

__all__ = ["Dataset", "Judgement", "Qrels", "Query", "TextDocument", "check_id", "judged"]

Qrels = Mapping[str, Mapping[str, int]]
"""Grade by query id and document id; 0 is judged and not relevant. Never negative: see judged()."""


@dataclass(frozen=True, slots=True)
class TextDocument:
    """What can be found."""

    id: str
    title: str
    text: str

    @property
    def words(self) -> str:
        """Title and text, as they are indexed."""
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. `before` is what was asked before it in its conversation, empty if nothing was."""

    id: str
    text: str
    before: str = ""
    joined: bool = False
    """A system that knows no conversation gets what was asked before as well, put before the question."""

    @property
    def words(self) -> str:
        """The question as a system is asked that knows no conversation."""
        return f"{self.before} {self.text}" if self.joined and self.before else self.text


@dataclass(frozen=True, slots=True)
class Judgement:
    """One line of qrels, and where it stands."""

    query: str
    document: str
    grade: int
    line: int


@dataclass(frozen=True)
class Dataset:
    """A test collection. Only queries that are judged are kept."""

    name: str
    documents: Mapping[str, TextDocument]
    """Empty where only existing runs are measured."""
    queries: Mapping[str, Query]
    qrels: Qrels
    missing: int = 0
    """How many documents are judged relevant that are not among the documents."""
    unjudged: frozenset[str] = frozenset()
    """Ids of the queries that were left out because nobody judged them."""
    negative: int = 0
    """How many judgements had a negative grade, which counts as 0."""
    corpus: Corpus | None = None
    """The product's own corpus, if the documents are its passages."""
    parts: tuple[Dataset, ...] = ()
    """Where each query is searched in a part of the documents alone: the parts; empty where in all of them."""

    @property
    def unanswerable(self) -> int:
        """How many judged queries have no relevant document: whatever is found, they measure 0."""
        return sum(not any(grade > 0 for grade in grades.values()) for grades in self.qrels.values())

    @cached_property
    def sha256(self) -> str:
        """One hash over all documents, queries and judgements."""
        digest = hashlib.sha256()
        for document in self.documents.values():
            digest.update(f"{document.id}\x1f{document.title}\x1f{document.text}\x1e".encode("utf-8", "surrogatepass"))
        for query in self.queries.values():
            digest.update(f"{query.id}\x1f{query.words}\x1f{query.before}\x1e".encode("utf-8", "surrogatepass"))
        for query_id, grades in sorted(self.qrels.items()):
            for document_id, grade in sorted(grades.items()):
                digest.update(f"{query_id}\x1f{document_id}\x1f{grade}\x1e".encode())
        return digest.hexdigest()


def judged(
    name: str,
    documents: Mapping[str, TextDocument],
    queries: Mapping[str, Query],
    judgements: Iterable[Judgement],
    path: Path,
) -> Dataset:
    """Put a collection together. `path` is the file of judgements, for errors.

    A document that is judged but not there stays judged: it can never be found, and `missing` counts it. A negative
    grade (junk, spam) counts as 0, judged and not relevant: in trec_eval too it gains nothing, and the engine below
    ir_measures dies of it. Raises DataError for a pair judged twice, queries that are judged but not there, and
    judgements of which no document is there or none is relevant: every figure would be 0.
    """
    qrels: dict[str, dict[str, int]] = {}
    lines: dict[tuple[str, str], int] = {}
    strangers: dict[str, int] = {}
    negative = 0
    for j in judgements:
        if (j.query, j.document) in lines:
            problem = f"{j.query} and {j.document} are also judged on line {lines[j.query, j.document]}."
            raise DataError(path, j.line, problem, "Judge each pair once.")
        if j.query not in queries:
            strangers.setdefault(j.query, j.line)
        lines[j.query, j.document] = j.line
        negative += j.grade < 0
        qrels.setdefault(j.query, {})[j.document] = max(0, j.grade)
    if strangers:
        first, line = next(iter(strangers.items()))
        problem = f"no query has the id '{first}'; of {len(qrels)} judged queries {len(strangers)} are not there."
        raise DataError(path, line, problem, "Give the queries it was made for.")
    if not qrels:
        raise DataError(path, None, "nothing is judged.", "Give a file of judgements.")
    relevant = {document for grades in qrels.values() for document, grade in grades.items() if grade > 0}
    if not relevant:
        raise DataError(path, None, "no document is judged relevant.", "Give judgements with grades of 1 or more.")
    missing = relevant - documents.keys() if documents else set()
    if missing == relevant:
        raise DataError(path, None, "none of the relevant documents is there.", "Give the documents it was made for.")
    asked = {q.id: q for q in queries.values() if q.id in qrels}
    return Dataset(name, documents, asked, qrels, len(missing), frozenset(queries.keys() - asked.keys()), negative)


_NO_ID = frozenset("\0\ufeff")
"""Beside white space: what a file of lines cannot hold, or loses where it is read again."""


def check_id(path: Path, line: int, identifier: object) -> str:
    """An id that a TREC file can hold. Raises DataError for one that is empty, or has white space or a zero byte."""
    if isinstance(identifier, str) and identifier and not any(c.isspace() or c in _NO_ID for c in identifier):
        return identifier
    text = "text without white space and zero bytes"
    remedy = f"Use {text}." if isinstance(identifier, str) else f'Write {text}, in quotes: "7", not 7.'
    raise DataError(path, line, f"{identifier!r} cannot be an id.", remedy)
