"""Patients' questions about real package leaflets: what is asked, and by which lines it is answered.

The questions are the project's own, `training/questions/ID.jsonl`; the leaflets' text is not, and a command takes its
folder (`training/README.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from evaluation.spans import Line, covered_by_spans
from retrieval.corpus import Corpus, Document
from retrieval.monograph import read_monograph
from retrieval.passages import Passage, cut
from retrieval.views import corpus_views

__all__ = [
    "HELD_OUT_WRITERS",
    "QUESTIONS",
    "Leaflet",
    "Question",
    "document_lines",
    "leaflet_of",
    "read_leaflets",
    "read_questions",
]

QUESTIONS = Path(__file__).parent / "questions"
"""The questions by leaflet."""

HELD_OUT_WRITERS = frozenset({"w18", "w20", "w22"})
"""Nothing that ships learns from what they wrote, nor from the eleven leaflets that only they wrote about."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a patient asks about a leaflet. Lines count from 1 in the text after the front matter."""

    text: str
    gold: frozenset[int]
    """Lines that answer alone; none: the leaflet does not say."""
    also: frozenset[int]
    """Lines that are reasonable to show beside."""
    writer: str


@dataclass(frozen=True, slots=True, eq=False)
class Leaflet:
    """A leaflet as it is searched without phrasings: the texts and sentences of its passages."""

    id: str
    views: tuple[str, ...]
    owners: NDArray[np.int64]
    """For each view the number of its passage; shape (views,)."""
    passages: tuple[Passage, ...]
    covers: tuple[frozenset[int], ...]
    """For each passage the lines that it shows at least half of."""
    questions: tuple[Question, ...] = ()

    @property
    def writers(self) -> frozenset[str]:
        return frozenset(question.writer for question in self.questions)


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of one file. Raises DataError for a line that lacks a key or whose lines are no numbers."""
    found = []
    for number, record in read_objects(path, "text", "gold", "also", "writer"):
        for key in ("gold", "also"):
            if not all(isinstance(line, int) and line > 0 for line in record[key]):
                raise DataError(path, number, f"'{key}' holds what is no line number.", "Write whole numbers from 1.")
        found.append(
            Question(record["text"], frozenset(record["gold"]), frozenset(record["also"]), str(record["writer"]))
        )
    return tuple(found)


def leaflet_of(path: Path, questions: Sequence[Question] = ()) -> Leaflet:
    """Cut a monograph file as retrieval does, without phrasings and gaps. Raises CorpusError if it cannot be used."""
    monograph = read_monograph(path)
    document = Document(monograph, cut(monograph.id, monograph.source), (), (), None)
    views = corpus_views(Corpus({monograph.id: document}, (), (), {}))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(view.passage for view in views))}
    passages = tuple(document.passages.by_id[name] for name in numbers)
    lines = document_lines(monograph.id, monograph.source)
    covers = tuple(_covered(passage, lines) for passage in passages)
    owners = np.array([numbers[view.passage] for view in views])
    return Leaflet(monograph.id, tuple(view.text for view in views), owners, passages, covers, tuple(questions))


def read_leaflets(folder: Path, questions: Path = QUESTIONS) -> Mapping[str, Leaflet]:
    """The leaflets that have questions, by id. Raises DataError if one is missing from `folder`, or if a question names
    a line that its leaflet does not show."""
    found: dict[str, Leaflet] = {}
    for path in sorted(questions.glob("*.jsonl")):
        text = folder / f"{path.stem}.md"
        if not text.is_file():
            raise DataError(
                text, None, "this leaflet is not there.", "Give the folder of leaflets (training/README.md)."
            )
        leaflet = leaflet_of(text, read_questions(path))
        shown = frozenset[int]().union(*leaflet.covers)
        for number, question in enumerate(leaflet.questions, 1):
            if question.gold and not question.gold & shown:
                raise DataError(path, number, "no passage shows a line that answers.", "Name the line that does.")
        found[leaflet.id] = leaflet
    return found


def _covered(passage: Passage, lines: Sequence[Line]) -> frozenset[int]:
    near = [line for line in lines if line.start < passage.end and passage.start < line.end]
    return covered_by_spans({passage.document: [(passage.start, passage.end)]}, near)


def document_lines(document: str, source: str) -> list[Line]:
    """The lines of a monograph's text that are not blank, numbered from 1 as labels do."""
    lines: list[Line] = []
    start = 0
    for number, text in enumerate(source.split("\n"), 1):
        if text.strip():
            lines.append(Line(document, number, start, start + len(text), text))
        start += len(text) + 1
    return lines
