"""Which passages no question of the suites expects: what a release changes there, no gate sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.corpus import Corpus
from retrieval.monograph import DISCLAIMER
from retrieval.passages import Level, Passage
from staff.suites import Suite

__all__ = ["Coverage", "suite_coverage"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of a medicine: how many of its passages some question expects, and those that none does."""

    document: str
    passages: int
    missing: tuple[Passage, ...]

    @property
    def covered(self) -> int:
        return self.passages - len(self.missing)


def suite_coverage(corpus: Corpus, suites: Iterable[Suite]) -> tuple[Coverage, ...]:
    """Of each medicine. A question that expects a list or a section covers the blocks in it."""
    expected = {label for suite in suites for q in suite.questions for label in (*q.gold, *q.also)}
    found = []
    for name, document in corpus.documents.items():
        blocks = {p.id for p in document.passages.level(Level.BLOCK)}
        spans = [(p.start, p.end) for p in document.passages.all if p.id in expected]
        counted = [p for p in document.passages.showable() if p.id in blocks and p.section != DISCLAIMER]
        missing = [p for p in counted if not any(start <= p.start and p.end <= end for start, end in spans)]
        found.append(Coverage(name, len(counted), tuple(missing)))
    return tuple(found)
