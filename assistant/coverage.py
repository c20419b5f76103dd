"""What patients ask and the monographs do not answer: the known gaps, counted by topic."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from retrieval.corpus import Corpus
from retrieval.questions import Gap

__all__ = ["ANY", "Coverage", "coverage", "coverage_table"]

ANY = "any"
"""In the place of a document: what no monograph answers."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A topic of a document (or of none: ANY), how many questions are on it, and the first of them."""

    document: str
    topic: str
    questions: int
    example: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def coverage(corpus: Corpus) -> tuple[Coverage, ...]:
    """Every topic of the known gaps by document, those with most questions first."""
    found = [topic for document in corpus.documents.values() for topic in _topics(document.monograph.id, document.gaps)]
    return (*found, *_topics(ANY, corpus.gaps))


def coverage_table(topics: tuple[Coverage, ...]) -> str:
    """A table in Markdown."""
    rows = (f"| {t.document} | {t.topic} | {t.questions} | {t.example.replace('|', '/')} |" for t in topics)
    total = f"{sum(t.questions for t in topics)} questions on {len(topics)} topics that the monographs do not answer."
    return "\n".join(["| document | topic | questions | example |", "| --- | --- | ---: | --- |", *rows, "", total])


def _topics(document: str, gaps: tuple[Gap, ...]) -> list[Coverage]:
    by_topic: dict[str, list[str]] = defaultdict(list)
    for gap in gaps:
        by_topic[gap.topic].append(gap.question)
    found = (Coverage(document, topic, len(asked), asked[0]) for topic, asked in by_topic.items())
    return sorted(found, key=lambda topic: (-topic.questions, topic.topic))
