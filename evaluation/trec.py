"""TREC files: topics, qrels and runs.

Ties: documents of equal score stand in descending order of id, as in trec_eval, whatever the rank
column says; scores count in single precision, as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from evaluation.datasets import Judgement, Query, check_id
from evaluation.errors import DataError
from evaluation.jsonl import read_lines

__all__ = ["HIGHEST_GRADE", "Run", "read_qrels", "read_run", "read_topics", "trec_order", "write_run"]

HIGHEST_GRADE = 10_000
"""Engines behind ir_measures count up to the highest grade: one of a thousand million stops them for hours."""

_HIGHEST_SCORE = float(np.finfo(np.float32).max)

Run = Mapping[str, Sequence[tuple[str, float]]]
"""Documents with their scores for each query, best first."""

_HEADERS = frozenset({"queryid", "qid", "query", "topic", "topicid"})
"""First names at the head of judgements, without capitals, marks and spaces."""
_TOPIC = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title>\s*(?:Topic:)?\s*([^<]*)", re.IGNORECASE)


def trec_order(scored: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Best first by single-precision score, ties in descending order of id."""
    rounded = [(document, float(np.float32(score))) for document, score in scored]
    return sorted(sorted(rounded, key=lambda d: d[0], reverse=True), key=lambda d: -d[1])


def read_topics(path: Path) -> dict[str, Query]:
    """Topics: `<top>` blocks with `<num>` and `<title>`, or lines of id, tab and text.

    Raises DataError for a topic without a number or words, and for a number that stands twice or has white space.
    """
    text = "\n".join(line for _, line in _all_lines(path))
    found = _blocks(path, text) if _TOPIC.search(text) else _rows(path)
    queries: dict[str, Query] = {}
    for line, identifier, words in found:
        check_id(path, line, identifier)
        if identifier in queries:
            raise DataError(path, line, f"the topic '{identifier}' stands twice.", "Keep one of the two.")
        if not words.strip():
            raise DataError(path, line, f"the topic '{identifier}' is empty.", "Give its words, or take it out.")
        queries[identifier] = Query(identifier, " ".join(words.split()))
    if not queries:
        raise DataError(path, None, "there is no topic.", "Write <top> blocks, or lines of id, tab and text.")
    return queries


def read_qrels(path: Path) -> Iterator[Judgement]:
    """Judgements: `query iteration document grade` (TREC), or `query document grade` after a header (BEIR).

    Grades are as the file has them, negative ones too; a whole number may be written as 1.0.

    Raises DataError for a line of another shape, or a grade that is no whole number of at most HIGHEST_GRADE.
    """
    first = True
    for line, text in read_lines(path):
        # BEIR's files separate with tabs, TREC's with any white space.
        fields = [f.strip() for f in text.split("\t")] if text.count("\t") == 2 else text.split()
        head, first = first and bool(fields) and _plain(fields[0]) in _HEADERS, False
        if len(fields) == 4:
            fields = [fields[0], fields[2], fields[3]]
        try:
            query, document, written = fields
            grade = _grade(written)
        except ValueError:
            if head:
                continue
            remedy = "Write 'query 0 document grade', or 'query<tab>document<tab>grade'."
            raise DataError(path, line, f"not a judgement: '{text[:60]}'.", remedy) from None
        if grade > HIGHEST_GRADE:
            remedy = f"Use grades of at most {HIGHEST_GRADE}."
            raise DataError(path, line, f"the grade {written} is too high to measure with.", remedy)
        yield Judgement(check_id(path, line, query), check_id(path, line, document), grade, line)


def read_run(path: Path) -> Run:
    """A run: `query Q0 document rank score tag` a line, in any order; ranks are not read.

    Raises DataError for a line of another shape, a score that is not finite, or a document that
    stands twice for a query.
    """
    found: dict[str, dict[str, float]] = {}
    for line, text in read_lines(path):
        fields = text.split()
        try:
            query, _, document, _, score_text, _ = fields
            score = float(score_text)
        except ValueError:
            remedy = "Write 'query Q0 document rank score tag'."
            raise DataError(path, line, f"not a line of a run: '{text[:60]}'.", remedy) from None
        if "_" in score_text or not abs(score) <= _HIGHEST_SCORE:
            remedy = "Scores must be finite numbers, of single precision."
            raise DataError(path, line, f"the score is {score_text}.", remedy)
        documents = found.setdefault(query, {})
        if document in documents:
            raise DataError(path, line, f"'{document}' stands twice for '{query}'.", "Keep the better of the two.")
        documents[document] = score
    if not found:
        raise DataError(path, None, "the run is empty.", "Write 'query Q0 document rank score tag' a line.")
    return {query: trec_order(documents.items()) for query, documents in found.items()}


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write a run. Scores are written so that reading them gives the same numbers; the tag has no white space."""
    tag = "-".join(tag.split()) or "run"
    with path.open("w", encoding="utf-8") as file:
        for query, found in run.items():
            for rank, (document, score) in enumerate(found, 1):
                file.write(f"{query} Q0 {document} {rank} {score!r} {tag}\n")


def _plain(name: str) -> str:
    """A name of a column as it is compared: "Query ID" and "query-id" are one."""
    return "".join(c for c in name.lower() if c.isalnum())


def _grade(written: str) -> int:
    number = float(written)
    if not number.is_integer() or "_" in written:
        raise ValueError(written)
    return int(number)


def _all_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every line, blank ones too, so that offsets in the text tell lines."""
    last = 0
    for number, line in read_lines(path):
        yield from ((n, "") for n in range(last + 1, number))
        yield number, line
        last = number


def _blocks(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    for match in _TOPIC.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        number, title = _NUMBER.search(match[1]), _TITLE.search(match[1])
        if number is None or title is None:
            raise DataError(path, line, "a topic has no <num> or no <title>.", "Give it both.")
        yield line, number[1], title[1]


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    for line, text in read_lines(path):
        identifier, tab, words = text.partition("\t")
        if not tab or not identifier.strip():
            raise DataError(path, line, f"not a topic: '{text[:60]}'.", "Write id, tab and text.")
        yield line, identifier.strip(), words
