"""The way of a question through retrieval: embed once, search all views, rank passages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from retrieval.blocks import Span
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Vectors
from retrieval.index import Index
from retrieval.passages import Passage
from retrieval.ranking import DEPTH, Ranked, blend, margin, rank, without_parts
from retrieval.text import plain_words
from retrieval.views import View, ViewKind

__all__ = ["Evidence", "Hit", "Results", "Retriever"]

_SHOWN_MATCHES = 5

UNDERSTOOD = 0.7
"""A message as near as this to a known question is judged as it stands, without the one before it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a passage was found, for staff: the parts of its score and the views that matched best."""

    phrasing: float | None
    text: float
    views: tuple[tuple[View, float], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage for a question. `score` is a cosine similarity, higher is better."""

    passage: Passage
    score: float
    highlight: Span
    """The sentence of the passage nearest to the question."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Results:
    """The hits for a question, best first, and what speaks for and against answering."""

    hits: tuple[Hit, ...]
    best_alone: float
    """Score of the best passage for the question read alone; -1 if all its neighbours are gaps."""
    margin: float | None
    """How much nearer to answered questions than to gaps (ranking.margin), the mean of its readings."""


class Retriever:
    """Finds the passages of a corpus for a question."""

    def __init__(self, corpus: Corpus, index: Index, encoder: Encoder) -> None:
        self.corpus = corpus
        self.index = index
        self._encoder = encoder
        self.vocabulary = frozenset(
            word for view in index.views if view.kind != ViewKind.GAP for word in plain_words(view.text).split()
        )
        """The words of the monographs and of the approved phrasings, in small letters."""
        self._sentences: dict[str, list[int]] = defaultdict(list)
        for number, view in enumerate(index.views):
            if view.kind == ViewKind.SENTENCE:
                self._sentences[view.passage].append(number)

    def search(self, question: str, k: int, before: str = "") -> Results:
        """The best k passages, best first; none holds another that stands after it."""
        return self.find(self.readings(question, before), k)

    def readings(self, question: str, before: str = "") -> Vectors:
        """The vectors of a question, shape (1 or 2, dimension): read alone, and after the one `before` it."""
        return self._encoder.encode([question, f"{before}. {question}"] if before else [question])

    def find(self, queries: Vectors, k: int) -> Results:
        """Search by readings. Of two, each gives half of a score (docs/decisions/0006-follow-ups.md)."""
        found = self.index.store.search(queries, DEPTH)
        rankings = [rank(matches, self.index.views) for matches in found]
        ranking = blend(*rankings) if len(rankings) > 1 else rankings[0]
        hits = (self._hit(queries[:1], best) for best in without_parts(ranking, self.corpus.passages, k))
        # What is nearly a known question needs no context to be understood, least of all a known gap.
        readings = found[:1] if found[0] and found[0][0].score >= UNDERSTOOD else found
        margins = [m for matches in readings if (m := margin(matches, self.index.views)) is not None]
        best_alone = rankings[0][0].score if rankings[0] else -1.0
        return Results(tuple(hits), best_alone, sum(margins) / len(margins) if margins else None)

    def _hit(self, query: Vectors, ranked: Ranked) -> Hit:
        passage = self.corpus.passages[ranked.passage]
        views = tuple((self.index.views[m.id], m.score) for m in ranked.matches[:_SHOWN_MATCHES])
        return Hit(
            passage, ranked.score, self._highlight(query, passage), Evidence(ranked.phrasing, ranked.text, views)
        )

    def _highlight(self, query: Vectors, passage: Passage) -> Span:
        """The sentence nearest to the question; a whole list or table, and an only sentence, stay one."""
        numbers = self._sentences.get(passage.id)
        if not numbers:
            return Span(passage.content[0].start, passage.content[-1].end)
        scores = self.index.store.vectors(numbers) @ query[0]
        view = self.index.views[numbers[int(scores.argmax())]]
        return Span(view.start, view.end)
