"""Leaflets that were read through for what patients ask about any medicine: which lines answer each intent.

`training/onboarding/ID.jsonl`, one line an intent that the leaflet answers; what has no line it does not answer. Lines
count as in `training/questions`, so a leaflet may be cut otherwise and is still decided on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from evaluation.spans import Line
from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.intents import NOT_COVERED, Intent, Reviewed
from retrieval.monograph import read_monograph
from retrieval.passages import Passage, cut

__all__ = ["ONBOARDING", "Answers", "answering", "leaflet_document", "read_answers", "reviewed"]

ONBOARDING = Path(__file__).parent / "onboarding"

Answers = Mapping[str, tuple[tuple[int, int], ...]]
"""By intent the stretches that answer it: first and last line of each."""


def read_answers(path: Path) -> Answers:
    """Raises DataError for a line that lacks a key or whose stretches are none."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for number, record in read_objects(path, "intent", "lines"):
        stretches = record["lines"]
        if not stretches or not all(isinstance(s, list) and len(s) == 2 and 0 < s[0] <= s[1] for s in stretches):
            raise DataError(path, number, "'lines' holds no stretches of lines.", "Write [[first, last], …].")
        found[record["intent"]] = tuple((first, last) for first, last in stretches)
    return found


def leaflet_document(path: Path) -> Document:
    """A leaflet as a document without phrasings. Raises CorpusError if it cannot be used."""
    monograph = read_monograph(path)
    return Document(monograph, cut(monograph.id, monograph.source), (), (), Span(0, 0))


def answering(document: Document, answers: Answers, lines: Iterable[Line]) -> Mapping[str, tuple[str, ...]]:
    """The passages that answer, by intent: for each stretch the smallest that holds it, else the largest in it."""
    places = {line.number: line for line in lines}
    found: dict[str, tuple[str, ...]] = {}
    for intent, stretches in answers.items():
        passages = [
            passage.id
            for first, last in stretches
            if first in places and last in places
            for passage in _passages(document, places[first].start, places[last].end)
        ]
        found[intent] = tuple(dict.fromkeys(passages))
    return found


def reviewed(answers: Mapping[str, tuple[str, ...]], intents: Mapping[str, Intent]) -> tuple[Reviewed, ...]:
    """The decisions on every intent: those without a passage are not covered."""
    return tuple(
        Reviewed(intent.id, intent.asks, intent.version, passage)
        for intent in intents.values()
        for passage in answers.get(intent.id) or (NOT_COVERED,)
    )


def _passages(document: Document, start: int, end: int) -> list[Passage]:
    shown = document.passages.showable()
    if around := [p for p in shown if p.start <= start and end <= p.end]:
        return [min(around, key=lambda p: p.end - p.start)]
    within = [p for p in shown if start <= p.start and p.end <= end]
    return [p for p in within if not any(q is not p and q.start <= p.start and p.end <= q.end for q in within)]
