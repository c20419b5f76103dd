"""The way of a question through retrieval: embed once, search all views, rank passages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import copy
from functools import cached_property

import numpy as np

from retrieval.blocks import Span
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Vectors
from retrieval.figures import Words, message_figures, passage_figures, words_of
from retrieval.follow_up import ordered
from retrieval.index import Index
from retrieval.language import Languages, languages_of
from retrieval.lexical import Lexical
from retrieval.multilingual import load_multilingual
from retrieval.names import Names
from retrieval.passages import Passage
from retrieval.ranking import DEPTH, SAME, Ranked, apart, nearest_gaps, rank
from retrieval.readings import readings_of
from retrieval.results import Evidence, Hit, Readings, Results
from retrieval.scope import joined, nearest, passage_ranges, scope
from retrieval.spelling import Repair, Speller
from retrieval.store import Matches
from retrieval.text import plain_words
from retrieval.views import ANY_DOCUMENT, NOWHERE, View, ViewKind, view_ranges, view_table

__all__ = ["LEXICAL_DEPTH", "Retriever"]

_SHOWN_MATCHES = 5
LEXICAL_DEPTH = 200
"""How many passages may get lexical evidence for one question."""

_JUDGED = 3
"""How many hits have figures to be judged by: more are never shown."""

_OFTEN = 10

KNOWN = 0.7
"""A message as near as this to a known gap is that gap, whatever was asked before ("ok, thanks for that")."""


class Retriever:
    """Finds the passages of a corpus for a question."""

    def __init__(self, corpus: Corpus, index: Index, encoder: Encoder) -> None:
        self.corpus = corpus
        self.index = index
        self._encoder, self._multilingual = encoder, load_multilingual(encoder.fingerprint)
        own = frozenset[str]().union(*(document.words for document in corpus.documents.values()))
        asked = Counter(
            word
            for view in index.views
            if view.kind == ViewKind.PHRASING
            for word in set(plain_words(view.text).split())
        )
        self.vocabulary = own.union(word for word, texts in asked.items() if texts >= _OFTEN)
        """The words of the monographs, and those that patients often use when they ask, in small letters."""
        self._speller = Speller((view.text for view in index.views), own)
        self._names = Names(corpus.names, (v.text for v in index.views if v.kind != ViewKind.GAP))
        self._sentences: dict[str, list[int]] = defaultdict(list)
        self._ranges, self._table = view_ranges(index.views), view_table(index.views)
        self._covered = _covered(corpus, index.views, self._ranges.get(ANY_DOCUMENT, range(0)))
        self._lexical: dict[str, Lexical] = {}
        self._words: dict[str, Words] = {}
        if len(self._ranges.keys() - {ANY_DOCUMENT}) <= 1:
            self._words_of(ANY_DOCUMENT)
            self._counted(ANY_DOCUMENT)
        for number, view in enumerate(index.views):
            if view.kind == ViewKind.SENTENCE:
                self._sentences[view.passage].append(number)

    def encoding_with(self, encoder: Encoder) -> Retriever:
        """A retriever whose questions in English are embedded by another encoder of the same vectors; this one stays as
        it is."""
        other = copy(self)
        other._encoder = encoder
        return other

    @property
    def reads_all(self) -> bool:
        """Whether messages in other languages than English are read."""
        return self._multilingual is not None

    def search(self, question: str, k: int, before: str = "", document: str = ANY_DOCUMENT, shown: str = "") -> Results:
        """The best k passages, best first; no two share text."""
        return self.find(self.readings(question, before, shown), k, document)

    def readings(self, question: str, before: str = "", shown: str = "", english: bool | None = None) -> Readings:
        """A question read alone, and in the light of what came before it: the questions `before`, and the words of the
        passage that was `shown` for the last of them (retrieval/readings.py).

        Misspelt words are mended, and names that the corpus hardly uses are explained. Whether it is `english` is
        looked up where nobody says.
        """
        return self.readings_of([question], before, shown, english)[0]

    def readings_of(
        self, questions: Sequence[str], before: str = "", shown: str = "", english: bool | None = None
    ) -> list[Readings]:
        """Each of several questions of a message, read so; they are embedded together, in one language."""
        reading, english = self._reading(questions, english)
        read = [self._read(question, english) for question in questions]
        mended = self._read(before, english)[0] if before else ""
        texts = [readings_of(question, mended, shown) for question, _ in read]
        vectors = reading.encode([text for some in texts for text in some])
        each = np.split(vectors, len(read))
        return [Readings(some, own, repairs) for some, own, (_, repairs) in zip(texts, each, read, strict=True)]

    def _reading(self, questions: Sequence[str], english: bool | None) -> tuple[Encoder, bool]:
        """The encoder that reads the language of these questions, and whether that is English."""
        if self._multilingual is None:
            return self._encoder, True
        if english is None:
            english = all(self._languages.of(question) is None for question in questions)
        return (self._encoder, True) if english else (self._multilingual, False)

    @cached_property
    def _languages(self) -> Languages:
        return languages_of(self.corpus)

    def _read(self, question: str, english: bool) -> tuple[str, tuple[Repair, ...]]:
        explained, names = self._names.explain(question)
        if not english:
            return explained, names
        mended, repairs = self._speller.repair(explained)
        return mended, (*names, *repairs)

    def find(self, readings: Readings, k: int, document: str = ANY_DOCUMENT, without: int | None = None) -> Results:
        """Search by readings (docs/decisions/0006-follow-ups.md), in one document as if there were no other.

        Words count as they stand after the question before: in a follow-up the name is there. `without` is the number
        of a view that is left out, for a question of the corpus that is asked as if it were new.
        """
        found, rankings = self.rankings(readings, document, without)
        alone, ranking = rankings[0], ordered(rankings, self.index.decision.order, self.passage_of)
        best = apart(ranking, self.passage_of, k)
        words = plain_words(readings.texts[0]).split()
        own = None if without is None else self.index.views[without].kind
        return Results(
            tuple(self._hit(readings.alone, one, found[-1]) for one in best),
            message=message_figures(
                self._judged(found), found[0], self._table, ranking, alone,
                self._counted(self._within(document)).odds(words, own), len(words), len(found) > 1,
            ),
            passages=passage_figures(
                found[-1], self._table, best[:_JUDGED], [self.passage_of(one) for one in best[:_JUDGED]]
            ),
            gaps=nearest_gaps(found[0], self._table),
            in_context=bool(alone) and ranking[0].passage != alone[0].passage,
        )  # fmt: skip

    def rankings(
        self, readings: Readings, document: str = ANY_DOCUMENT, without: int | None = None
    ) -> tuple[list[Matches], list[list[Ranked]]]:
        """What is near to each reading, and the passages that this makes, best first: of the message alone; where it
        leans on others, of each longer reading and of all together too (follow_up.READINGS)."""
        queries = readings.vectors
        if len(readings.texts) > 1:
            queries = np.concatenate([queries, readings.together])
        left_out = self._covered_by(document) | (frozenset() if without is None else {without})
        near = self._nearest(queries, document, scope(self._ranges, document))
        found = [matches.without(left_out) for matches in near]
        found = found[:1] if self._attached(found[0]) else found
        text = readings.texts[min(1, len(found) - 1)]
        lexical = self._words_of(self._within(document)).scores(text, LEXICAL_DEPTH)
        return found, [rank(matches, self._table, lexical) for matches in found]

    def _within(self, document: str) -> str:
        """The document that is searched in alone, or ANY_DOCUMENT where all of them are."""
        return ANY_DOCUMENT if scope(self._ranges, document) is None else document

    def passage_of(self, ranked: Ranked) -> Passage:
        return self.corpus.passages[ranked.passage]

    def nearest_documents(self, readings: Readings) -> tuple[str, ...]:
        """Ids of the documents whose passages are among the views nearest to the question alone, nearest first."""
        [matches] = self.index.store.search(readings.alone, DEPTH)
        views = (self.index.views[number] for number in matches.ids)
        return tuple(dict.fromkeys(view.document for view in views if view.kind != ViewKind.GAP))

    def _nearest(self, queries: Vectors, document: str, within: tuple[range, ...] | None) -> list[Matches]:
        """The nearest views; with those of passages, where known gaps alone are near: there may be thousands."""
        found = nearest(self.index.store, queries, DEPTH, within)
        lead = [bool((self._table.passages[matches.ids] != NOWHERE).any()) for matches in found]
        if all(lead):
            return found
        leading = nearest(self.index.store, queries, DEPTH, passage_ranges(self._ranges, self._table, document))
        return [
            matches if leads else joined([matches, more])
            for matches, more, leads in zip(found, leading, lead, strict=True)
        ]

    def _words_of(self, document: str) -> Lexical:
        """The words of a document's passages, of all under ANY_DOCUMENT; made when they are first asked for.

        How rare a word is counts among the passages that are ranked: a medicine's name is in most of its own.
        """
        if (found := self._lexical.get(document)) is None:
            numbers = range(len(self.index.views)) if document == ANY_DOCUMENT else self._ranges.get(document, range(0))
            views = (self.index.views[number] for number in numbers)
            found = Lexical([(view.passage, view.text) for view in views if view.kind == ViewKind.TEXT])
            self._lexical[document] = found
        return found

    def _counted(self, document: str) -> Words:
        """In how many of a document's questions each word stands, counted when it is first asked for."""
        if (found := self._words.get(document)) is None:
            names = self._ranges if document == ANY_DOCUMENT else (document, ANY_DOCUMENT)
            left_out = self._covered_by(document)
            numbers = (n for name in names for n in self._ranges.get(name, ()) if n not in left_out)
            views = [self.index.views[n] for n in numbers]
            found = words_of(
                (
                    (view, plain_words(view.text).split())
                    for view in views
                    if view.kind in (ViewKind.PHRASING, ViewKind.GAP)
                ),
                (w for view in views if view.kind == ViewKind.TEXT for w in plain_words(view.text).split()),
            )
            self._words[document] = found
        return found

    def _covered_by(self, document: str) -> frozenset[int]:
        """The numbers of the gaps of every monograph that this one answers; under ANY_DOCUMENT, that each answers."""
        return self._covered.get(document, frozenset())

    def _attached(self, alone: Matches) -> bool:
        """Whether a question is word for word one that staff attached: it needs nothing that was asked before."""
        near = alone.ids[alone.scores >= SAME]
        return bool(self._table.are(ViewKind.PHRASING, near).any())

    def _judged(self, found: Sequence[Matches]) -> Matches:
        """The matches that the margin is taken from: those in context, but a known gap needs none."""
        alone = found[0]
        gap = any(match.score >= KNOWN and self.index.views[match.id].kind == ViewKind.GAP for match in alone.first(1))
        return alone if gap else found[-1]

    def _hit(self, query: Vectors, ranked: Ranked, matches: Matches) -> Hit:
        passage = self.corpus.passages[ranked.passage]
        own = np.flatnonzero(self._table.passages[matches.ids] == self._table.numbers[passage.id])[:_SHOWN_MATCHES]
        views = tuple((self.index.views[matches.ids[place]], float(matches.scores[place])) for place in own)
        return Hit(
            passage,
            ranked.score,
            self._highlight(query, passage),
            Evidence(ranked.phrasing, ranked.text, ranked.lexical, views),
        )

    def _highlight(self, query: Vectors, passage: Passage) -> Span:
        """The sentence nearest to the question; a whole list or table, and an only sentence, stay one."""
        numbers = self._sentences.get(passage.id)
        if not numbers:
            return Span(passage.content[0].start, passage.content[-1].end)
        scores = self.index.store.vectors(numbers) @ query[0]
        view = self.index.views[numbers[int(scores.argmax())]]
        return Span(view.start, view.end)


def _covered(corpus: Corpus, views: Sequence[View], shared: range) -> dict[str, frozenset[int]]:
    """By document the numbers of the gaps, among those of every monograph, that it answers all the same."""
    found = {
        name: frozenset(n for n in shared if views[n].text in document.covered)
        for name, document in corpus.documents.items()
        if document.covered
    }
    every = [found.get(name, frozenset()) for name in corpus.documents]
    return {**found, ANY_DOCUMENT: frozenset.intersection(*every)}
