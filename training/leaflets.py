"""Patients' questions about real package leaflets: what is asked, and by which lines it is answered.

The questions are the project's own, `training/questions/ID.jsonl`; the leaflets' text is not, and a command takes its
folder (`training/README.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from evaluation.spans import Line, covered_by_spans
from retrieval.corpus import Corpus, Document
from retrieval.monograph import read_monograph
from retrieval.passages import Passage, cut
from retrieval.readings import question_before, readings_of
from retrieval.views import corpus_views, shown_words

__all__ = [
    "FOLLOW_UPS",
    "HELD_OUT_WRITERS",
    "QUESTIONS",
    "Leaflet",
    "Question",
    "document_lines",
    "leaflet_of",
    "passage_words",
    "read_follow_ups",
    "read_leaflets",
    "read_questions",
    "with_follow_ups",
]

QUESTIONS = Path(__file__).parent / "questions"
"""The questions by leaflet."""

FOLLOW_UPS = Path(__file__).parent / "followups"
"""Conversations by leaflet: what is asked after something else."""

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
    before: str = ""
    """What was asked before it: the last question that was answered."""
    whole: str = ""
    """The same question as it would be asked without those before."""
    shown: str = ""
    """The words of the passage that was shown for the last of them."""

    @property
    def readings(self) -> tuple[str, ...]:
        """The texts whose vectors make the query (docs/decisions/0006-follow-ups.md)."""
        return readings_of(self.text, self.before, self.shown)


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
    source: str
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


def read_follow_ups(path: Path, shown: Callable[[frozenset[int]], str]) -> tuple[Question, ...]:
    """The messages of conversations that come after a question that was answered, of one file.

    `shown` gives the words of the passage that answers, by the lines that do. One that stands by itself, on another
    topic, is its own question in whole words: it shall not be pulled back.
    Raises DataError for a line without turns, or a turn that lacks a key.
    """
    found = []
    for number, record in read_objects(path, "writer", "turns"):
        before = ""
        words = ""
        for turn in record["turns"]:
            if not isinstance(turn, dict) or not {"text", "gold"} <= turn.keys():
                raise DataError(path, number, "a turn lacks 'text' or 'gold'.", "Write both (training/README.md).")
            text, gold, also = turn["text"], frozenset(turn["gold"]), frozenset(turn.get("also", ()))
            if before:
                whole = str(turn.get("standalone", text))
                found.append(Question(text, gold, also, str(record["writer"]), question_before(before), whole, words))
            if gold:
                before = text
                words = shown(gold)
    return tuple(found)


def with_follow_ups(leaflet: Leaflet, folder: Path = FOLLOW_UPS) -> Leaflet:
    """The leaflet with what is asked after something else beside its own questions; itself where there is none.

    Raises DataError if one names a line that the leaflet does not show.
    """
    path = folder / f"{leaflet.id}.jsonl"
    if not path.is_file():
        return leaflet
    asked = read_follow_ups(path, lambda gold: passage_words(leaflet.passages, leaflet.covers, leaflet.source, gold))
    _check_shown(leaflet.covers, path, ((None, question) for question in asked))
    return replace(leaflet, questions=(*leaflet.questions, *asked))


def passage_words(
    passages: Sequence[Passage], covers: Sequence[frozenset[int]], source: str, gold: frozenset[int]
) -> str:
    """The words of the shortest passage that shows a line of `gold`; empty if none does."""
    showing = [passage for passage, lines in zip(passages, covers, strict=True) if lines & gold]
    return shown_words(source, min(showing, key=lambda p: p.end - p.start)) if showing else ""


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
    texts = tuple(view.text for view in views)
    return Leaflet(monograph.id, texts, owners, passages, covers, monograph.source, tuple(questions))


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
        _check_shown(leaflet.covers, path, enumerate(leaflet.questions, 1))
        found[leaflet.id] = leaflet
    return found


def _check_shown(covers: Sequence[frozenset[int]], path: Path, asked: Iterable[tuple[int | None, Question]]) -> None:
    shown = frozenset[int]().union(*covers)
    for number, question in asked:
        if question.gold and not question.gold & shown:
            problem = f"no passage shows a line that answers '{question.text}'."
            raise DataError(path, number, problem, "Name the line that does.")


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
