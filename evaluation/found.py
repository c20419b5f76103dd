"""A retrieval system as one that answers: each turn with its three best passages, whatever they are.

So plain search stands in one table with assistants and peers. It has no conversation: each turn is asked by itself,
of the document that its conversation names alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.asked import Asked
from evaluation.builtin import passage_documents
from evaluation.conversations import FIRST_DOCUMENT, Questions
from evaluation.datasets import Dataset, Query
from evaluation.leaflets import read_document
from evaluation.systems import Searcher, System
from evaluation.texts import find_text
from evaluation.trec import trec_order
from retrieval.corpus import Corpus, Document

__all__ = ["Place", "answer_found", "found_in"]

SHOWN = 3
"""As many passages as the product shows, and as the peers are given."""


@dataclass(frozen=True)
class Place:
    """One document and its index."""

    document: Document
    searcher: Searcher


def found_in(asked: Asked, corpus: Corpus, system: System) -> Mapping[str, Place]:
    """An index of each document that is asked of, by its id; the corpus's own texts before those of the folders.

    Raises DataError for a document that is in neither.
    """
    places = {}
    for name in dict.fromkeys(q.document or FIRST_DOCUMENT for q in asked.questions):
        document = corpus.documents.get(name) or read_document(find_text(asked.texts, name))
        texts = {text.id: text for text in passage_documents(document)}
        whole = list(corpus.documents.values()) == [document]
        data = Dataset(name, texts, {}, {}, corpus=corpus if whole else Corpus({name: document}, (), (), {}))
        places[name] = Place(document, system.index(data))
    return places


def answer_found(conversations: Iterable[Questions], places: Mapping[str, Place]) -> Iterator[dict[str, Any]]:
    """Every turn in the answer contract, one record a turn. A message without a word finds nothing."""
    for questions in conversations:
        place = places[questions.document or FIRST_DOCUMENT]
        passages = place.document.passages.by_id
        for number, text in enumerate(questions.texts):
            started = time.perf_counter()
            found = place.searcher.search(Query(f"{questions.id}/{number}", text), SHOWN) if text.strip() else ()
            ms = (time.perf_counter() - started) * 1000
            cited = [(passages[name], score) for name, score in trec_order((f.document, f.score) for f in found)]
            yield {
                "id": questions.id,
                "turn": number,
                "decision": "answer",
                "notices": [],
                "citations": [
                    {"document": p.document, "start": p.start, "end": p.end, "text": p.text, "score": round(score, 6)}
                    for p, score in cited
                ],
                "latency_ms": round(ms, 2),
            }
