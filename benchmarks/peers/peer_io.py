"""What every peer shares: the inputs it reads, and what it says as answers and as runs.

It runs in each peer's own environment, so it needs the standard library alone.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

__all__ = [
    "Chunking",
    "Document",
    "Hit",
    "Index",
    "Question",
    "Search",
    "answer_lines",
    "chunking_name",
    "counted",
    "each_alone",
    "rank_documents",
    "read_beir",
    "read_conversations",
    "read_monograph",
    "run_lines",
]

Item = TypeVar("Item")

SHOWN = 3
"""Chunks shown for a question: as many passages as the product shows."""
DEPTH = 100
"""Documents in a run for a question."""

Chunking = Mapping[str, str | int | bool]
"""The arguments of the peer's own splitter."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text with the id that it has in its data set."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a peer found. `score`: higher is better. `start`: its offset, where the peer says it."""

    document: str
    text: str
    score: float
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A turn of a conversation, numbered from 0, or a query of a public set, whose turn is 0."""

    id: str
    turn: int
    text: str
    document: str = ""
    """Id of the monograph that its conversation names; empty if it names none."""


Search = Callable[[str, int], Sequence[Hit]]
"""(question, k) -> the k best chunks, best first."""
Index = Callable[[Sequence[Document], Chunking | None], Search]
"""Cut the documents (None: leave them whole), embed the chunks, and search them."""


def read_conversations(path: Path) -> list[Question]:
    """Every turn of a file of labelled conversations as it was asked; labels are not read."""
    return [
        Question(row["id"], turn, said["text"], row.get("document", ""))
        for number, row in _read_jsonl(path, ("id", "turns"))
        for turn, said in enumerate(_turns(path, number, row["turns"]))
    ]


def read_monograph(path: Path) -> Document:
    """The text of a monograph after its front matter; its id is the name of the file."""
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    _, mark, body = text.partition("\n---\n")
    if not text.startswith("---\n") or not mark:
        raise SystemExit(f"{path}:1: has no front matter. Name a monograph of the corpus.")
    return Document(path.stem, body)


def read_beir(folder: Path) -> tuple[list[Document], list[Question]]:
    """The documents (title, a space, text) and the queries of a data set in the BEIR layout."""
    documents = [
        Document(row["_id"], f"{row.get('title', '')} {row['text']}".strip())
        for _, row in _read_jsonl(folder / "corpus.jsonl", ("_id", "text"))
    ]
    queries = [
        Question(row["_id"], 0, row["text"]) for _, row in _read_jsonl(folder / "queries.jsonl", ("_id", "text"))
    ]
    return documents, queries


def answer_lines(documents: Sequence[Document], questions: Iterable[Question], search: Search) -> Iterator[str]:
    """Each question's answer in the answer contract, one JSON line each.

    A peer answers every question. `start` and `end` are written only where they are exact: the text of
    the citation is that slice of the document. `latency_ms` is the time that the search took.
    """
    texts = {document.id: document.text for document in documents}
    for question in questions:
        began = time.perf_counter()
        hits = search(question.text, SHOWN)
        latency = (time.perf_counter() - began) * 1000
        yield json.dumps(
            {
                "id": question.id,
                "turn": question.turn,
                "decision": "answer",
                "notices": [],
                "citations": [_citation(hit, texts[hit.document]) for hit in hits],
                "latency_ms": round(latency, 2),
            },
            ensure_ascii=False,
        )


def each_alone(
    documents: Sequence[Document], questions: Sequence[Question], index: Index, chunking: Chunking | None
) -> Iterator[str]:
    """The answers of every question, asked of its own monograph alone; of the first where it names none.

    Exits naming a monograph that is not among the documents.
    """
    known = [document.id for document in documents]
    if unknown := sorted({q.document for q in questions if q.document} - set(known)):
        raise SystemExit(f"Conversations are about {unknown[0]}, which is not given. Name its file with --monograph.")
    for place, document in enumerate(documents):
        own = [q for q in questions if q.document == document.id or (not q.document and place == 0)]
        if own:
            yield from answer_lines([document], own, index([document], chunking))


def rank_documents(search: Search, question: str, depth: int = DEPTH) -> list[tuple[str, float]]:
    """The best documents with their scores; a document has the score of its best chunk.

    Asks for more chunks until `depth` documents are found or the index has no more. Ties stand in
    descending order of id, as in trec_eval.
    """
    k = depth
    while True:
        hits = search(question, k)
        best: dict[str, float] = {}
        for hit in hits:
            best[hit.document] = max(float(hit.score), best.get(hit.document, -math.inf))
        if len(best) >= depth or len(hits) < k:
            by_id = sorted(best.items(), reverse=True)
            return sorted(by_id, key=lambda pair: -pair[1])[:depth]
        k *= 2


def chunking_name(chunking: Chunking) -> str:
    """A name for files, such as `chunk_size-300_chunk_overlap-60`."""
    return "_".join(f"{key}-{value}" for key, value in chunking.items())


def counted(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """The items, while standard error tells how far they are."""
    for count, item in enumerate(items, 1):
        if count % 25 == 0 or count == total:
            sys.stderr.write(f"\r{label}: {count}/{total}" + "\n" * (count == total))
        yield item


def _read_jsonl(path: Path, keys: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, object) of each line that is not blank, once it has the keys."""
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise SystemExit(f"{path}:{number}: is not JSON. Write one JSON object a line.") from None
        if not isinstance(row, dict) or any(key not in row for key in keys):
            raise SystemExit(f"{path}:{number}: must be an object with {', '.join(keys)}.")
        yield number, row


def _turns(path: Path, number: int, turns: Any) -> list[dict[str, Any]]:
    if not isinstance(turns, list) or not all(isinstance(turn, dict) and "text" in turn for turn in turns):
        raise SystemExit(f"{path}:{number}: 'turns' must be a list of objects with text.")
    return turns


def _citation(hit: Hit, source: str) -> dict[str, Any]:
    citation: dict[str, Any] = {"document": hit.document, "text": hit.text, "score": round(hit.score, 6)}
    if hit.start is not None and hit.start >= 0 and source.startswith(hit.text, hit.start):
        citation |= {"start": hit.start, "end": hit.start + len(hit.text)}
    return citation


def run_lines(name: str, questions: Iterable[Question], search: Search) -> Iterator[str]:
    """TREC run lines, all of one question's in one string."""
    for question in questions:
        ranking = rank_documents(search, question.text)
        yield "\n".join(
            f"{question.id} Q0 {document} {rank} {score!r} {name}" for rank, (document, score) in enumerate(ranking, 1)
        )
