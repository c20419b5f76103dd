"""The BEIR layout: corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv in one folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evaluation.compressed import plain_name
from evaluation.datasets import Dataset, Query, TextDocument, check_id, judged
from evaluation.errors import DataError
from evaluation.jsonl import read_lines, read_objects, write_objects
from evaluation.trec import read_qrels, read_topics

__all__ = ["BEIR_FILES", "read_documents", "read_files", "read_queries", "write_beir"]


BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")
"""What write_beir writes."""


def read_files(name: str, documents: Path | None, queries: Path, qrels: Path) -> Dataset:
    """A collection of three files; without documents only existing runs can be measured with it."""
    topics = read_queries(queries) if _is_json_lines(queries) else read_topics(queries)
    return judged(name, read_documents(documents) if documents else {}, topics, read_qrels(qrels), qrels)


def read_documents(path: Path) -> dict[str, TextDocument]:
    """`{"_id", "title", "text"}` a line. Raises DataError for a malformed line or an id that stands twice."""
    lines: dict[str, int] = {}
    documents: dict[str, TextDocument] = {}
    for line, record in read_objects(path, "_id", "text"):
        identifier = _new_id(path, line, record["_id"], lines)
        title, text = record.get("title"), record["text"]
        if not isinstance(text, str):
            problem = f"the text of '{identifier}' is {_json_name(text)}."
            raise DataError(path, line, problem, 'Write a text, "" for none, or take the document out.')
        if title is not None and not isinstance(title, str):
            raise DataError(
                path, line, f"the title of '{identifier}' is {_json_name(title)}.", 'Write a text, "" for none.'
            )
        documents[identifier] = TextDocument(identifier, title or "", text)
    if not documents:
        raise DataError(path, None, "there is no document.", 'Write {"_id": …, "title": …, "text": …} a line.')
    return documents


def read_queries(path: Path) -> dict[str, Query]:
    """`{"_id", "text"}` a line, with the message before it as `before` in `metadata` if there is one.

    Or with a `history` of utterances, the patient's and the answers in turns: the questions among them
    are then part of what every system is asked.

    Raises DataError for a malformed line, an empty query or an id that stands twice.
    """
    lines: dict[str, int] = {}
    queries: dict[str, Query] = {}
    for line, record in read_objects(path, "_id", "text"):
        identifier = _new_id(path, line, record["_id"], lines)
        text = record["text"]
        if not isinstance(text, str) or not text.strip():
            what = "empty" if isinstance(text, str | None) else _json_name(text)
            raise DataError(path, line, f"the query '{identifier}' is {what}.", "Give its words, or take it out.")
        queries[identifier] = Query(identifier, text, *_before(path, line, record))
    if not queries:
        raise DataError(path, None, "there is no query.", 'Write {"_id": …, "text": …} a line.')
    return queries


def _before(path: Path, line: int, record: Mapping[str, Any]) -> tuple[str, bool]:
    """What was asked before, and whether every system is asked it."""
    if "history" not in record:
        metadata = record.get("metadata")
        before = metadata.get("before") if isinstance(metadata, dict) else None
        if before is not None and not isinstance(before, str):
            raise DataError(path, line, f"'before' is {_json_name(before)}.", "Write the message before it, or none.")
        return before or "", False
    history = record["history"]
    if not isinstance(history, list) or not all(isinstance(said, str) for said in history):
        raise DataError(path, line, "'history' is no list of texts.", "Write the utterances before, in order.")
    return " ".join(history[::2]), True


def write_beir(
    folder: Path,
    documents: Iterable[TextDocument],
    queries: Iterable[Mapping[str, Any]],
    qrels: Mapping[str, Mapping[str, int]],
) -> None:
    """Write a collection. `queries` are the records of queries.jsonl, judged or not."""
    write_objects(folder / "corpus.jsonl", ({"_id": d.id, "title": d.title, "text": d.text} for d in documents))
    write_objects(folder / "queries.jsonl", queries)
    path = folder / "qrels" / "test.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f"{q}\t{d}\t{grade}\n" for q, grades in qrels.items() for d, grade in grades.items())
    path.write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), "utf-8")


def _is_json_lines(path: Path) -> bool:
    """By its name, or else by its first line: a file of JSON lines may be called anything."""
    if plain_name(path).suffix.lower() == ".jsonl":
        return True
    return next((text.lstrip().startswith("{") for _, text in read_lines(path)), False)


def _json_name(value: object) -> str:
    """What a value of JSON is called there, to say what stands where a text should."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else "a number"


def _new_id(path: Path, line: int, value: object, lines: dict[str, int]) -> str:
    identifier = check_id(path, line, value)
    if identifier in lines:
        raise DataError(path, line, f"the id '{identifier}' is also on line {lines[identifier]}.", "Use each id once.")
    lines[identifier] = line
    return identifier
