"""What the encoder learns from: classes of questions, and pairs of a question and its answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from assistant.triage.examples import Example
from assistant.triage.guards import Label
from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from retrieval.corpus import Corpus
from retrieval.questions import held_out
from retrieval.views import ViewKind, corpus_views

__all__ = ["Classes", "Kind", "Pair", "question_classes", "read_answers", "read_names", "read_summaries"]


class Kind(IntEnum):
    """What is to be told from a text's vector by a plane, beside what it asks."""

    ANSWERED = 0
    NOT_COVERED = 1
    URGENT = 2
    CRISIS = 3
    LOOK_ALIKE = 4
    EVERYDAY = 5


_KINDS = {
    Label.URGENT: Kind.URGENT,
    Label.CRISIS: Kind.CRISIS,
    Label.SOON: Kind.LOOK_ALIKE,
    None: Kind.LOOK_ALIKE,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together; pairs of one `subject` are told apart by more than their subject."""

    question: str
    answer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Classes:
    """Questions that ask the same: by the passage that answers them, and by topic where none does."""

    passages: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]
    """The words of each passage, with its headings."""
    gaps: Mapping[str, Sequence[str]]
    names: tuple[str, ...]
    """What the medicines of the corpus are called."""
    others: tuple[str, ...]
    """Names of other medicines."""
    messages: Mapping[Kind, Sequence[str]]
    """Of the triage, by kind."""


def question_classes(corpus: Corpus, others: Iterable[str] = (), messages: Iterable[Example] = ()) -> Classes:
    """The phrasings, gaps and messages of a corpus, without those held out; classes of at least two questions.

    `others` are the names of medicines that the corpus does not have, `messages` the triage's examples.
    """
    passages: dict[str, list[str]] = defaultdict(list)
    gaps: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, str] = {}
    for view in corpus_views(corpus):
        if view.kind == ViewKind.TEXT:
            texts[view.passage] = view.text
        elif view.kind == ViewKind.PHRASING and not held_out(view.text):
            passages[view.passage].append(view.text)
        elif view.kind == ViewKind.GAP and not held_out(view.text):
            gaps[view.topic].append(view.text)
    monographs = [document.monograph for document in corpus.documents.values()]
    names = {name.lower() for m in monographs for name in (m.generic_name, *m.aliases)}
    kinds: dict[Kind, list[str]] = defaultdict(list)
    for example in messages:
        if not held_out(example.text):
            kinds[_KINDS[example.label]].append(example.text)
    return Classes(_pairable(passages), texts, _pairable(gaps), tuple(sorted(names)), tuple(others), kinds)


def read_names(path: Path) -> tuple[str, ...]:
    """The names of medicines in a file with `name` on each line (corpus/cues/medicines.jsonl).

    Raises DataError for a line without one.
    """
    return tuple(record["name"] for _, record in read_objects(path, "name"))


def read_answers(path: Path) -> tuple[Pair, ...]:
    """Questions and answers of other medicines and illnesses: `question`, `answer`, `focus` a line.

    Raises DataError for a line without them.
    """
    return tuple(_pairs(path, "question", "answer", "focus"))


def read_summaries(path: Path) -> tuple[Pair, ...]:
    """Long messages and the question in each: `question`, `summary` a line; each is its own subject."""
    return tuple(_pairs(path, "question", "summary"))


def _pairs(path: Path, question: str, answer: str, subject: str = "") -> Iterable[Pair]:
    keys = (question, answer, *([subject] if subject else []))
    for line, record in read_objects(path, *keys):
        _all_text(path, line, record, (question, answer))
        # A pair without a subject is one of its own.
        yield Pair(record[question], record[answer], str(record.get(subject) or line).lower())


def _all_text(path: Path, line: int, record: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if not isinstance(record[key], str) or not record[key].strip():
            raise DataError(path, line, f"'{key}' is no text with words.", "Mend the line or remove it.")


def _pairable(classes: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name: questions for name, questions in classes.items() if len(questions) > 1}
