"""Messages with the figures of their searches, and what would have been right: what the decision learns from."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.cues import read_cues
from evaluation.catalogue import LINES
from evaluation.spans import Line, covered_by_spans, read_source_lines
from retrieval.blocks import Span
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, Document, read_corpus
from retrieval.decision import DecisionModel, WorkingPoint
from retrieval.encoder import Encoder, Progress
from retrieval.follow_up import READINGS, Order, candidates
from retrieval.forest import LEAVES, NODES, Forest
from retrieval.index import Index
from retrieval.intents import expanded
from retrieval.language import Languages
from retrieval.large import fitting_store
from retrieval.monograph import read_monograph
from retrieval.passages import Passage, cut
from retrieval.questions import held_out
from retrieval.results import Readings, Results
from retrieval.retriever import Retriever
from retrieval.text import clean
from retrieval.view_vectors import view_vectors
from retrieval.views import ViewKind, corpus_views
from training.conversations import CONVERSATIONS, read_messages
from training.everyday import for_encoder, read_everyday, read_intents
from training.leaflets import HELD_OUT_WRITERS, document_lines, passage_words, read_leaflets, with_follow_ups
from training.onboarded import ONBOARDING, answering, read_answers, reviewed
from training.order import Candidates, learned_order

__all__ = ["BANK", "Judgement", "judgements", "searching"]

BANK = "bank"
"""Source of the corpus's own phrasings and gaps."""

_SHOWN = 3
_INTENTS = 1500
_BESIDE_LEAFLETS = 40
"""Everyday messages that each leaflet is asked too."""
_ISTIRATUMAB = "istiratumab"
_THINNED = (0, 5, 125, 1000)
"""With so few phrasings, and gaps in proportion, the conversations are asked too: a monograph begins with none."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """One message."""

    source: str
    """Who wrote it, or where it stands."""
    group: str
    """What is never split between learning and judging, when the domain part is cross-validated."""
    medical: bool | None
    """Whether it is about a medicine, an illness or a treatment; None where it is hard to say."""
    answered: bool
    right: tuple[bool | None, ...]
    """For each hit whether it answers; None where nobody said."""
    vector: NDArray[np.float32]
    """Shape (1, dimension)."""
    message: NDArray[np.float64]
    passages: NDArray[np.float64]
    text: str
    kind: str
    language: str | None = None
    """Code of the language that it is in; None for English."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A message of a writer, read, and what answers it."""

    retriever: Retriever
    document: str
    source: str
    group: str
    readings: Readings
    kind: str
    text: str
    gold: frozenset[int]
    covers: Mapping[str, frozenset[int]]
    """The lines that each passage shows."""

    def right(self, passages: Iterable[str]) -> list[bool]:
        return [bool(self.covers[passage] & self.gold) for passage in passages]


def judgements(
    folder: Path, data: Path, work: Path, encoder: Encoder, progress: Progress | None = None
) -> tuple[list[Judgement], Order]:
    """All messages about the corpus in a folder and beside it, in an order that does not change; and the order of what
    is found for follow-ups, learned from all. The follow-ups of a writer are in the order learned from the others.

    Raises DataError or CorpusError for data that cannot be used.
    """
    corpus = read_corpus(folder)
    kept = CachedEncoder(encoder, work)
    own = searching(corpus, kept, progress)
    leaflets = _leaflets(corpus, data / "leaflets")
    theirs = searching(leaflets, kept, progress)
    decided = searching(_onboarded(leaflets, corpus), kept, progress)
    everyday = _everyday(data)
    languages = read_cues(folder, corpus).languages
    asked = [*_conversations(own), *_asked_leaflets(theirs, data / "leaflets")]
    asked += _asked_leaflets(decided, data / "leaflets", " after review")
    for count in _THINNED:
        thin = searching(_thinned(corpus, count), kept, progress)
        asked += _conversations(thin, f" with {count} phrasings")
    leaning = [some for some in map(_candidates, asked) if some]
    orders = {
        source: learned_order([one for one in leaning if one.source != source])
        for source in sorted({one.source for one in leaning})
    }
    found = [*_bank(own, languages), *(_judged(one, orders.get(one.source)) for one in asked)]
    found += [_alone(own, _ISTIRATUMAB, text, source, group, medical) for source, group, medical, text in everyday]
    chance = random.Random(1)  # noqa: S311 - sampling, not secrecy
    for document in leaflets.documents:
        some = chance.sample(everyday, _BESIDE_LEAFLETS)
        found += [_alone(theirs, document, text, source, group, medical) for source, group, medical, text in some]
        if document in decided.corpus.documents:
            found += [_alone(decided, document, text, source, group, medical) for source, group, medical, text in some]
    return found, learned_order(leaning)


def searching(corpus: Corpus, encoder: CachedEncoder, progress: Progress | None = None) -> Retriever:
    """Searches as the product does; nothing is decided with this index, so its decision knows nothing."""
    views = corpus_views(corpus)
    store, _ = fitting_store(view_vectors(views, corpus, encoder, progress))
    nothing = Forest(np.zeros((0, NODES), np.int32), np.zeros((0, NODES)), np.zeros((0, LEAVES)), 0.0)
    model = DecisionModel(np.zeros(encoder.dimension + 1), nothing, nothing, WorkingPoint(0, 0, 0, 0, 0), "")
    return Retriever(corpus, Index(Path(), views, store, model, {}), encoder)


def _leaflets(corpus: Corpus, folder: Path) -> Corpus:
    documents = {}
    for name, leaflet in read_leaflets(folder).items():
        if leaflet.writers & HELD_OUT_WRITERS:
            monograph = read_monograph(folder / f"{name}.md")
            documents[name] = Document(monograph, cut(name, monograph.source), (), (), Span(0, 0))
    return Corpus(documents, corpus.gaps, (), {}, corpus.names)


def _onboarded(leaflets: Corpus, corpus: Corpus) -> Corpus:
    """The leaflets that were read through, with what was decided of every intent: as after their first hour."""
    documents = {}
    for name, document in leaflets.documents.items():
        if (path := ONBOARDING / f"{name}.jsonl").is_file():
            lines = document_lines(name, document.monograph.source)
            decided = reviewed(answering(document, read_answers(path), lines), corpus.intents)
            phrasings, gaps = expanded(decided, corpus.intents)
            documents[name] = replace(document, phrasings=phrasings, gaps=gaps, reviewed=decided)
    return replace(leaflets, documents=documents)


def _thinned(corpus: Corpus, count: int) -> Corpus:
    """The corpus as it was when its monograph had only so many phrasings."""
    document, chance = corpus.documents[_ISTIRATUMAB], random.Random(count)  # noqa: S311 - sampling, not secrecy
    gaps = len(document.gaps) * count // len(document.phrasings)
    few = replace(
        document,
        phrasings=tuple(chance.sample(document.phrasings, count)),
        gaps=tuple(chance.sample(document.gaps, gaps)),
    )
    return replace(corpus, documents={_ISTIRATUMAB: few})


def _everyday(data: Path) -> list[tuple[str, str, bool | None, str]]:
    """(source, group, medical, text) of the messages about something else."""
    found: list[tuple[str, str, bool | None, str]] = []
    for writer, texts in read_everyday().items():
        # e3 asks of other illnesses and medicines: medical, though nothing answers it here.
        found += [(writer, writer, writer == "e3", text) for text in texts]
    intents = read_intents(data / "clinc150", "train")
    unseen = [
        ("intents", f"intent {i}", False, t) for i, ts in sorted(intents.items()) if not for_encoder(i) for t in ts
    ]
    return [*found, *random.Random(1).sample(unseen, _INTENTS)]  # noqa: S311 - sampling, not secrecy


def _bank(retriever: Retriever, languages: Languages) -> Iterator[Judgement]:
    """Phrasings and gaps that the encoder never learned from, each left out of the index."""
    for number, view in enumerate(retriever.index.views):
        if view.kind not in (ViewKind.PHRASING, ViewKind.GAP) or not held_out(view.text) or not view.document:
            continue
        vector = retriever.index.store.vectors([number])
        results = retriever.find(Readings((view.text,), vector), _SHOWN, view.document, without=number)
        answered = view.kind == ViewKind.PHRASING
        right: list[bool | None] = [False] * len(results.hits)
        if answered:
            wanted = retriever.corpus.passages[view.passage]
            # Whether other passages answer too, nobody has said.
            right = [
                _shows(hit.passage, wanted) or (None if place else False) for place, hit in enumerate(results.hits)
            ]
        group = view.passage or view.topic
        kind = "answerable" if answered else "unanswerable"
        one = _judgement(BANK, group, True, answered, right, vector, results, view.text, kind)
        yield replace(one, language=languages.of(view.text))


def _shows(shown: Passage, wanted: Passage) -> bool:
    return shown.start <= wanted.start and wanted.end <= shown.end


def _conversations(retriever: Retriever, how: str = "") -> Iterator[_Asked]:
    lines = read_source_lines(LINES)
    document = retriever.corpus.documents[_ISTIRATUMAB]
    passages = tuple(document.passages.showable())
    covers = {passage.id: _covers(passage, lines) for passage in passages}
    shown = cache(partial(passage_words, passages, tuple(covers.values()), document.monograph.source))
    for path in sorted(CONVERSATIONS.glob("*.jsonl")):
        for message in read_messages(path):
            readings = retriever.readings(clean(message.text), clean(message.before), shown(message.gold_before))
            kind = f"{'follow-up ' if message.before else ''}{message.kind}{how}"
            yield _Asked(
                retriever, _ISTIRATUMAB, path.stem, path.stem, readings, kind, message.text, message.gold, covers,
            )  # fmt: skip


def _covers(passage: Passage, lines: Sequence[Line]) -> frozenset[int]:
    return covered_by_spans({passage.document: [(passage.start, passage.end)]}, lines)


def _asked_leaflets(retriever: Retriever, folder: Path, how: str = "") -> Iterator[_Asked]:
    for name, leaflet in read_leaflets(folder).items():
        if not leaflet.writers & HELD_OUT_WRITERS or name not in retriever.corpus.documents:
            continue
        covers = {passage.id: lines for passage, lines in zip(leaflet.passages, leaflet.covers, strict=True)}
        for question in with_follow_ups(leaflet).questions:
            readings = retriever.readings(clean(question.text), clean(question.before), question.shown)
            kind = "answerable" if question.gold else "unanswerable"
            kind = f"leaflet {'follow-up ' if question.before else ''}{kind}{how}"
            yield _Asked(
                retriever, name, question.writer, name, readings, kind, question.text, question.gold, covers,
            )  # fmt: skip


def _candidates(asked: _Asked) -> Candidates | None:
    """What is found for a message that leans on others; None for one that does not."""
    _, rankings = asked.retriever.rankings(asked.readings, asked.document)
    if len(rankings) != len(READINGS):
        return None
    best, figures = candidates(rankings, asked.retriever.passage_of)
    right = asked.right(one.passage for one in best)
    return Candidates(asked.source, figures, np.array(right, dtype=bool))


def _judged(asked: _Asked, order: Order | None) -> Judgement:
    index = asked.retriever.index
    ordering = copy(asked.retriever)
    ordering.index = replace(index, decision=replace(index.decision, order=order))
    results = ordering.find(asked.readings, _SHOWN, asked.document)
    right = asked.right(hit.passage.id for hit in results.hits)
    medical = "off_topic" not in asked.kind
    return _judgement(
        asked.source, asked.group, medical, bool(asked.gold), right, asked.readings.alone, results, asked.text,
        asked.kind,
    )  # fmt: skip


def _alone(retriever: Retriever, document: str, text: str, source: str, group: str, medical: bool | None) -> Judgement:
    readings = retriever.readings(clean(text))
    results = retriever.find(readings, _SHOWN, document)
    right = [False] * len(results.hits)
    return _judgement(source, group, medical, False, right, readings.alone, results, text, "everyday")


def _judgement(
    source: str, group: str, medical: bool | None, answered: bool, right: Sequence[bool | None],
    vector: NDArray[np.float32], results: Results, text: str, kind: str,
) -> Judgement:  # fmt: skip
    return Judgement(
        source, group, medical, answered, tuple(right), vector, results.message, results.passages, text, kind
    )
