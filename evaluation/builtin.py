"""The labelled conversations as a retrieval data set: which passages show a line that answers?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation.conversations import LabelledTurn
from evaluation.datasets import Dataset, Judgement, Query, TextDocument, judged
from evaluation.spans import Line, covered_by_spans
from retrieval.corpus import Corpus, Document
from retrieval.passages import Passage, Role

__all__ = ["BUILT_IN", "built_in", "passage_documents", "query_records"]

BUILT_IN = "istiratumab"


def built_in(corpus: Corpus, labels: Sequence[LabelledTurn], lines: Sequence[Line], path: Path) -> Dataset:
    """Every turn that a line answers, over the passages that can be shown.

    A passage is relevant (grade 1) if it covers a gold line. `path` is the file of labels, for errors.
    """
    document = corpus.documents[BUILT_IN]
    shown = document.passages.showable()
    covered = {p.id: covered_by_spans({BUILT_IN: [(p.start, p.end)]}, lines) for p in shown}
    turns = [turn for turn in labels if turn.gold and not turn.unsure]
    queries = {name: Query(name, turn.text, turn.before) for turn in turns for name in [query_id(turn)]}
    judgements = [
        Judgement(query_id(turn), passage, 1, 0)
        for turn in turns
        for passage in covered
        if covered[passage] & turn.gold
    ]
    texts = {text.id: text for text in passage_documents(document)}
    return replace(judged(BUILT_IN, texts, queries, judgements, path), corpus=corpus)


def passage_documents(document: Document) -> Iterator[TextDocument]:
    """The passages that can be shown; a passage's title is the headings above it."""
    return (TextDocument(p.id, _title(document.monograph.source, p), p.text) for p in document.passages.showable())


def query_id(turn: LabelledTurn) -> str:
    return f"{turn.id}/{turn.turn}"


def query_records(labels: Sequence[LabelledTurn]) -> Iterator[dict[str, Any]]:
    """Every turn as a record of queries.jsonl, those that no line answers too.

    Left out are unsure turns, and messages without a word, which no search can take.
    """
    for turn in labels:
        if not turn.unsure and turn.text.strip():
            metadata = {"kind": turn.kind, "group": turn.group, "before": turn.before, "alarm_ok": turn.alarm_ok}
            yield {"_id": query_id(turn), "text": turn.text, "metadata": metadata}


def _title(source: str, passage: Passage) -> str:
    return ": ".join(source[c.start : c.end].strip("# ") for c in passage.context if c.role == Role.HEADING)
