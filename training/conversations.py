"""Labelled conversations about istiratumab that the decision learns from (training/README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluation.jsonl import read_objects
from retrieval.readings import question_before

__all__ = ["CONVERSATIONS", "LabelledMessage", "read_messages"]

CONVERSATIONS = Path(__file__).parent / "conversations"
"""One file for each writer; lines are those of the monograph as received (benchmarks/istiratumab/lines.jsonl)."""

_NOT_JUDGED = frozenset({"urgent", "soon"})
"""Of these the triage decides."""


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A message, the last question before it that was answered, and the lines that answer it."""

    text: str
    before: str
    gold_before: frozenset[int]
    """The lines that answer that one."""
    kind: str
    gold: frozenset[int]


def read_messages(path: Path) -> Iterator[LabelledMessage]:
    """The messages of one file that are answered or not. Raises DataError for a line without turns."""
    for _, record in read_objects(path, "id", "turns"):
        before = ""
        answered: frozenset[int] = frozenset()
        for turn in record["turns"]:
            gold = frozenset(turn["gold"])
            if turn["kind"] not in _NOT_JUDGED:
                yield LabelledMessage(turn["text"], question_before(before), answered, turn["kind"], gold)
            if gold:
                before = turn["text"]
                answered = gold
