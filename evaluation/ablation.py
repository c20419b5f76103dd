"""What each step of the ranking buys: the questions that a passage answers, with the step and without it.

Two sets of questions. The labelled turns are searched as a patient's are. Of the approved phrasings those are asked
that the encoder never learned from (questions.held_out), each left out of the index in its turn: that is
cross-validation on the bank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evaluation.datasets import Dataset
from evaluation.report import table
from evaluation.statistics import Values, mean_interval, randomisation_test
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.index import Index
from retrieval.lexical import Lexical
from retrieval.names import Names
from retrieval.questions import held_out
from retrieval.ranking import DEPTH, Ranked, apart, rank
from retrieval.retriever import LEXICAL_DEPTH
from retrieval.spelling import Speller
from retrieval.store import FaissStore, Matches
from retrieval.views import ViewKind, ViewTable, view_table

__all__ = [
    "STEPS",
    "Asked",
    "Bench",
    "Outcome",
    "Step",
    "ablate",
    "ablation_markdown",
    "figures",
    "held_out_questions",
    "turns",
]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Step:
    """The ranking as it is, or without one of its steps."""

    name: str
    kinds: frozenset[ViewKind] = frozenset(ViewKind)
    """The views that are searched."""
    lexical: bool = True
    repair: bool = True
    names: bool = True
    context: bool = True
    best: Callable[[Ranked], float] = lambda ranked: ranked.score
    plain: bool = False
    """With the encoder as published."""


def _phrasings_alone(ranked: Ranked) -> float:
    return ranked.text if ranked.phrasing is None else ranked.phrasing


STEPS = (
    Step("as shipped"),
    Step("without phrasings", kinds=frozenset(ViewKind) - {ViewKind.PHRASING}),
    Step("without the passage's own text", best=_phrasings_alone),
    Step("without lexical evidence", lexical=False),
    Step("without phrasings and lexical evidence", kinds=frozenset(ViewKind) - {ViewKind.PHRASING}, lexical=False),
    Step("without mending misspelt words", repair=False),
    Step("without explaining names", names=False),
    Step("without the question before", context=False),
    Step("with the encoder as published", plain=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the one before it, the passages of which any is right, and its own view's number, if it is one."""

    text: str
    before: str
    right: frozenset[str]
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a right passage was first, and among the first three, for each question; both of shape (n,)."""

    step: str
    first: Values
    three: Values


class Bench:
    """An index and what ranks with it, taken apart."""

    def __init__(self, corpus: Corpus, index: Index, encoder: Encoder) -> None:
        self.corpus, self.index, self.encoder = corpus, index, encoder

    @cached_property
    def vectors(self) -> Vectors:
        return self.index.store.vectors(range(len(self.index.views)))

    @cached_property
    def table(self) -> ViewTable:
        return view_table(self.index.views)

    @cached_property
    def lexical(self) -> Lexical:
        return Lexical([(view.passage, view.text) for view in self.index.views if view.kind == ViewKind.TEXT])

    @cached_property
    def speller(self) -> Speller:
        own = frozenset[str]().union(*(document.words for document in self.corpus.documents.values()))
        return Speller((view.text for view in self.index.views), own)

    @cached_property
    def names(self) -> Names:
        return Names(self.corpus.names, (v.text for v in self.index.views if v.kind != ViewKind.GAP))

    def first(self, step: Step, asked: Sequence[Asked], progress: Progress | None = None) -> Iterator[list[str]]:
        """The ids of the passages shown for each question, best first."""
        texts = [self._texts(step, a) for a in asked]
        alone = self.encoder.encode([t[0] for t in texts], progress)
        last = self.encoder.encode([t[-1] for t in texts])
        queries = alone + last
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        numbers = [n for n, view in enumerate(self.index.views) if view.kind in step.kinds]
        store = FaissStore(self.index.store.dimension)
        store.add(numbers, self.vectors[numbers])
        for a, text, matches in zip(asked, texts, store.search(queries, DEPTH), strict=True):
            yield self._shown(step, text[-1], matches.without([] if a.own is None else [a.own]))

    def _texts(self, step: Step, asked: Asked) -> tuple[str, ...]:
        text, before = (self._read(step, t) for t in (asked.text, asked.before if step.context else ""))
        return (text, f"{before}. {text}") if before else (text,)

    def _read(self, step: Step, text: str) -> str:
        explained = self.names.explain(text)[0] if step.names else text
        return self.speller.repair(explained)[0] if step.repair else explained

    def _shown(self, step: Step, text: str, matches: Matches) -> list[str]:
        lexical = self.lexical.scores(text, LEXICAL_DEPTH) if step.lexical else {}
        ranking = rank(matches, self.table, lexical)
        ranking.sort(key=lambda r: (-step.best(r), r.passage))
        return [r.passage for r in apart(ranking, lambda one: self.corpus.passages[one.passage], _SHOWN)]


def turns(dataset: Dataset) -> list[Asked]:
    """The labelled turns that a passage answers."""
    return [
        Asked(query.text, query.before, frozenset(p for p, grade in dataset.qrels[name].items() if grade > 0))
        for name, query in dataset.queries.items()
    ]


def held_out_questions(index: Index) -> list[Asked]:
    """The phrasings that the encoder never learned from."""
    return [
        Asked(view.text, "", frozenset({view.passage}), number)
        for number, view in enumerate(index.views)
        if view.kind == ViewKind.PHRASING and held_out(view.text)
    ]


def ablate(
    bench: Bench, plain: Bench, asked: Sequence[Asked], steps: Sequence[Step] = STEPS, progress: Progress | None = None
) -> list[Outcome]:
    """Each step's outcome on the same questions; `plain` is the bench of the encoder as published."""
    outcomes = []
    for step in steps:
        shown = list((plain if step.plain else bench).first(step, asked, progress))
        first, three = (
            np.array([bool(a.right & set(s[:k])) for a, s in zip(asked, shown, strict=True)], dtype=np.float64)
            for k in (1, _SHOWN)
        )
        outcomes.append(Outcome(step.name, first, three))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Each step's shares with 95% bootstrap intervals, and its paired difference from the first with p."""
    rows = []
    for outcome in outcomes:
        row: dict[str, Any] = {"step": outcome.step, "questions": len(outcome.first)}
        for name, values, shipped in (
            ("hit@1", outcome.first, outcomes[0].first),
            ("hit@3", outcome.three, outcomes[0].three),
        ):
            low, high = mean_interval(values)
            row[name] = {"mean": float(values.mean()), "low": low, "high": high}
            if outcome is not outcomes[0]:
                row[name]["p"] = randomisation_test(values, shipped)
        rows.append(row)
    return rows


def ablation_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as a table."""
    head = ["", "Hit@1", "p", "Hit@3", "p"]
    return table(head, ([row["step"], *_cells(row["hit@1"]), *_cells(row["hit@3"])] for row in rows))


def _cells(figure: dict[str, float]) -> list[str]:
    p = figure.get("p")
    interval = f"{figure['mean']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"
    return [interval, "" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"]
