"""Suites: questions with what is right for each, in the format of the labelled conversations.

    {"id": "s001", "turns": [{"text": "…", "kind": "answerable", "gold": ["istiratumab:…"], "also": []}], "note": "…"}

Beside that format's keys a turn may have `decisions` (the decisions that are right, in place of what its kind
allows) and `must_pass`. `gold` and `also` name passages by id, or lines by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evaluation.answers import DECISIONS
from evaluation.conversations import KINDS, LabelledTurn
from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from evaluation.spans import Line
from retrieval.passages import Passage
from staff.errors import StaffError

__all__ = [
    "Question",
    "Suite",
    "check_suite",
    "find_suite",
    "labelled",
    "read_suite",
    "read_suites",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_KEYS = frozenset(["text", "kind", "gold", "also", "standalone", "unsure", "alarm_ok", "decisions", "must_pass"])


@dataclass(frozen=True, slots=True)
class Question:
    """One turn. `gold` and `also` are ids of passages and numbers of lines, as they were written."""

    id: str
    turn: int
    text: str
    kind: str
    gold: tuple[str | int, ...]
    also: tuple[str | int, ...] = ()
    before: str = ""
    decisions: frozenset[str] = frozenset()
    must_pass: bool = False
    follow_up: bool = False
    unsure: bool = False
    alarm_ok: bool = False

    @property
    def key(self) -> str:
        return f"{self.id}/{self.turn}"


@dataclass(frozen=True, slots=True)
class Suite:
    """The questions of a file, turn by turn. The name is the file's."""

    name: str
    questions: tuple[Question, ...]

    def conversations(self) -> Iterator[tuple[Question, ...]]:
        """The turns of each conversation, in order."""
        start = 0
        for at in range(1, len(self.questions) + 1):
            if at == len(self.questions) or self.questions[at].turn == 0:
                yield self.questions[start:at]
                start = at


def read_suites(folder: Path) -> tuple[Suite, ...]:
    """Every suite of `corpus/suites`. Raises DataError as `read_suite` does."""
    return tuple(read_suite(path) for path in sorted(folder.glob("*.jsonl")))


def read_suite(path: Path) -> Suite:
    """Raises DataError for the first line that cannot be used."""
    lines: dict[str, int] = {}
    questions: list[Question] = []
    for line, record in read_objects(path, "id", "turns"):
        name, turns = record["id"], record["turns"]
        if not isinstance(name, str) or not name.strip():
            raise DataError(path, line, "'id' is not a name.", "Give each conversation its own id.")
        if name in lines:
            raise DataError(path, line, f"the id '{name}' is also on line {lines[name]}.", "Give each its own id.")
        lines[name] = line
        if not isinstance(turns, list) or not turns:
            raise DataError(path, line, f"'{name}' has no turns.", 'Write "turns": [{"text": …}, …].')
        before = ""
        for number, turn in enumerate(turns):
            try:
                questions.append(_question(name, number, turn, before))
            except ValueError as error:
                raise DataError(path, line, f"turn {number} of '{name}': {error}", "See docs/staff-guide.md.") from None
            before = questions[-1].text
    if not questions:
        raise DataError(path, None, "the suite has no question.", "Write one conversation a line.")
    return Suite(path.stem, tuple(questions))


def labelled(
    questions: Sequence[Question], passages: Mapping[str, Passage], lines: Iterable[Line] = ()
) -> tuple[dict[str, LabelledTurn], tuple[Line, ...], dict[str, tuple[str | int, ...]]]:
    """Questions as evaluation.scoring wants them: turns by key, and the lines that their numbers mean.

    A gold passage becomes a line with a number of its own, so that passages and lines are graded alike. Third
    come the gold labels that are there no longer, by key: such a question cannot pass.
    """
    known: dict[str | int, Line] = {line.number: line for line in lines}
    free = max((line.number for line in known.values()), default=0) + 1
    gone: dict[str, tuple[str | int, ...]] = {}
    turns: dict[str, LabelledTurn] = {}
    for question in questions:
        for label in (*question.gold, *question.also):
            if label not in known and isinstance(label, str) and (passage := passages.get(label)):
                known[label] = Line(passage.document, free, passage.start, passage.end, passage.text)
                free += 1
        if missing := tuple(label for label in question.gold if label not in known):
            gone[question.key] = missing
        gold, also = (frozenset(known[m].number for m in of if m in known) for of in (question.gold, question.also))
        turns[question.key] = LabelledTurn(
            question.id, question.turn, question.text, question.kind, gold, also,
            question.before, question.follow_up, question.unsure, question.alarm_ok,
        )  # fmt: skip
    return turns, tuple(known.values()), gone


def _question(name: str, number: int, turn: Any, before: str) -> Question:
    if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
        raise ValueError('it has no text. Write {"text": "…"}.')
    if unknown := sorted(set(turn) - _KEYS):
        raise ValueError(f"unknown key '{unknown[0]}'. Use one of: {', '.join(sorted(_KEYS))}.")
    if turn.get("kind") not in KINDS:
        raise ValueError(f"it has no kind. Use one of: {', '.join(KINDS)}.")
    decisions = turn.get("decisions", [])
    if not isinstance(decisions, list) or not all(d in DECISIONS for d in decisions):
        raise ValueError(f"'decisions' is no list of decisions. Use some of: {', '.join(DECISIONS)}.")
    for key in ("must_pass", "unsure", "alarm_ok"):
        if not isinstance(turn.get(key, False), bool):
            raise ValueError(f"'{key}' is neither true nor false.")
    gold, also = (_labels(key, turn.get(key, [])) for key in ("gold", "also"))
    if turn["kind"] == "answerable" and not gold:
        raise ValueError("an answerable question needs a gold passage.")
    return Question(
        name, number, turn["text"], turn["kind"], gold, also, before, frozenset(decisions),
        turn.get("must_pass", False), "standalone" in turn, turn.get("unsure", False), turn.get("alarm_ok", False),
    )  # fmt: skip


def _labels(key: str, value: Any) -> tuple[str | int, ...]:
    if not isinstance(value, list) or not all(type(v) in (str, int) and v for v in value):
        raise ValueError(f"'{key}' is no list of passages or lines. Write [] for none.")
    return tuple(value)


def check_suite(name: str, text: str) -> None:
    """Raises StaffError for a name that cannot be a suite's, or a text that is none."""
    if not _NAME.fullmatch(name):
        raise StaffError("A suite's name has small letters, digits and hyphens.")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.jsonl"
        path.write_text(text, "utf-8")
        try:
            read_suite(path)
        except DataError as error:
            raise StaffError(str(error).replace(f"{folder}/", "")) from error


def find_suite(suites: Iterable[Suite], name: str) -> Suite:
    """Raises StaffError for a name that is none."""
    found = {suite.name: suite for suite in suites}
    if name not in found:
        raise StaffError(f"There is no suite '{name}'. There are: {', '.join(found) or 'none'}.")
    return found[name]
