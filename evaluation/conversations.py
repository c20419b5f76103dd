"""Labelled conversations: the questions that a system is asked, and the labels it never sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.jsonl import read_objects

__all__ = ["FIRST_DOCUMENT", "KINDS", "LabelledTurn", "Questions", "read_labels", "read_questions"]

KINDS = (
    "answerable",
    "unanswerable",
    "off_topic",
    "urgent",
    "soon",
    "not_urgent_trap",
    "false_premise",
    "personal_advice",
    "adversarial",
    "other_language",
)
"""What a turn can be; benchmarks/istiratumab/README.md says what each means."""

FIRST_DOCUMENT = "istiratumab"
"""The document of the built-in conversations; those about any other are a group of their own."""

_SETS = {"p": "patients", "c": "conversation", "x": "kinds"}
"""First letter of a conversation's id: single patient questions, conversations, the other kinds."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked in one conversation, turn by turn. It holds no label."""

    id: str
    texts: tuple[str, ...]
    document: str = ""
    """Id of the monograph that it is about; empty if it names none."""


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """One turn and what is right for it. `turn` counts from 0 within the conversation `id`."""

    id: str
    turn: int
    text: str
    kind: str
    gold: frozenset[int]
    """Numbers of the lines of which showing any one answers the turn; empty if none does."""
    also: frozenset[int]
    """Numbers of lines that are reasonable to show."""
    before: str
    """The text of the turn before it; empty for the first."""
    follow_up: bool
    """It cannot be understood without the turns before it."""
    unsure: bool
    """Two careful people would differ on its label: it is not scored."""
    alarm_ok: bool
    """An alarm is as right as none."""
    document: str = ""
    """Id of the document whose lines the labels name; empty if they name none: then a passage of any counts."""
    named: str = ""
    """The name of its group, where the id does not tell it."""

    @property
    def group(self) -> str:
        """The name of the group whose figures this turn is part of."""
        if self.named:
            return self.named
        match self.id[0]:
            case "p":
                return "patients" if self.kind == "answerable" else self.kind
            case "c":
                return f"{'follow-up' if self.follow_up else 'in conversation'} {self.kind}"
            case _:
                return self.kind


def read_questions(path: Path) -> tuple[Questions, ...]:
    """The conversations of a file without their labels.

    Raises DataError for a malformed line, a conversation without turns or an id that stands twice.
    """
    return tuple(
        Questions(record["id"], tuple(turn["text"] for turn in record["turns"]), record.get("document", ""))
        for _, record in _conversations(path)
    )


def read_labels(path: Path) -> tuple[LabelledTurn, ...]:
    """Every turn of every conversation with its labels, unsure ones too.

    Raises DataError as read_questions does, and for a label that cannot be read.
    """
    return tuple(turn for line, record in _conversations(path) for turn in _labelled(path, line, record))


def _conversations(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    lines: dict[str, int] = {}
    for line, record in read_objects(path, "id", "turns"):
        name, turns = record["id"], record["turns"]
        if not isinstance(name, str) or not name:
            raise DataError(path, line, "'id' is not a name.", "Give each conversation its own id.")
        if name in lines:
            raise DataError(path, line, f"the id '{name}' is also on line {lines[name]}.", "Give each its own id.")
        if not isinstance(turns, list) or not turns:
            raise DataError(path, line, f"'{name}' has no turns.", 'Write "turns": [{"text": …}, …].')
        for number, turn in enumerate(turns):
            if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
                raise DataError(path, line, f"turn {number} of '{name}' has no text.", 'Write {"text": "…"}.')
        document = record.get("document", "")
        if not isinstance(document, str) or ("document" in record and not document):
            raise DataError(path, line, f"'document' of '{name}' is no name.", "Give the id of a monograph, or none.")
        lines[name] = line
        yield line, record
    if not lines:
        raise DataError(path, None, "there is no conversation.", 'Write {"id": …, "turns": [{"text": …}, …]} a line.')


def _labelled(path: Path, line: int, record: dict[str, Any]) -> Iterator[LabelledTurn]:
    document = record.get("document", "")
    elsewhere = document not in ("", FIRST_DOCUMENT)
    if not elsewhere and record["id"][0] not in _SETS:
        known = ", ".join(_SETS)
        raise DataError(path, line, f"the id '{record['id']}' is of no set.", f"Start it with one of: {known}.")
    before = ""
    for number, turn in enumerate(record["turns"]):
        where = f"turn {number} of '{record['id']}'"
        if turn.get("kind") not in KINDS:
            raise DataError(path, line, f"{where} has no kind.", f"Use one of: {', '.join(KINDS)}.")
        for key in ("gold", "also"):
            numbers = turn.get(key)
            if not isinstance(numbers, list) or not all(type(n) is int and n > 0 for n in numbers):
                raise DataError(path, line, f"'{key}' of {where} is no list of line numbers.", "Write [] for none.")
        for key in ("unsure", "alarm_ok"):
            if type(turn.get(key, False)) is not bool:
                raise DataError(path, line, f"'{key}' of {where} is neither true nor false.", "Leave it out if false.")
        yield LabelledTurn(
            id=record["id"],
            turn=number,
            text=turn["text"],
            kind=turn["kind"],
            gold=frozenset(turn["gold"]),
            also=frozenset(turn["also"]),
            before=before,
            follow_up="standalone" in turn,
            unsure=turn.get("unsure", False),
            alarm_ok=turn.get("alarm_ok", False),
            document=document,
            named=f"leaflet {turn['kind']}" if elsewhere else "",
        )
        before = turn["text"]
