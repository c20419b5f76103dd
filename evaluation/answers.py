"""Answers in the answer contract: asked of Verbatim, or read from the file of any system."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.answer import Conversation, Turn
from assistant.assistant import Assistant
from evaluation.conversations import Questions
from evaluation.errors import DataError
from evaluation.jsonl import read_objects

__all__ = ["DECISIONS", "Shown", "ShownCitation", "answer_all", "read_answers", "without_offsets"]

_HIGHEST = sys.float_info.max
DECISIONS = ("answer", "related", "abstain", "urgent", "crisis", "greeting", "rejected")


@dataclass(frozen=True, slots=True)
class ShownCitation:
    """A passage that was shown. `span` is its (start, end) in the document, None if the system has none."""

    document: str
    text: str
    span: tuple[int, int] | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown for one turn. `line` is where it stands in the file of answers."""

    line: int
    decision: str
    notices: frozenset[str]
    citations: tuple[ShownCitation, ...]
    latency_ms: float | None
    probability: float | None = None
    """Of its being right, 0 to 1, where the system says it."""


def answer_all(assistant: Assistant, conversations: Iterable[Questions]) -> Iterator[dict[str, Any]]:
    """Ask every turn in the light of the turns before it, as the chat does; one record a turn."""
    for questions in conversations:
        conversation: Conversation = ()
        for number, text in enumerate(questions.texts):
            started = time.perf_counter()
            # As a page does that belongs to one medicine: the first message is asked of it, the rest follow.
            document = questions.document or None if not conversation else None
            answer = assistant.ask(text, conversation, document=document)
            milliseconds = (time.perf_counter() - started) * 1000
            likely = {} if answer.probability is None else {"probability": round(answer.probability, 4)}
            shown = {**answer.as_json(), **likely}
            yield {"id": questions.id, "turn": number, **shown, "latency_ms": round(milliseconds, 2)}
            conversation = (*conversation, Turn(text, answer))


def read_answers(path: Path) -> Mapping[tuple[str, int], Shown]:
    """The answers of a file by conversation and turn.

    Raises DataError for a line that breaks the contract, or a turn that is answered twice.
    """
    answers: dict[tuple[str, int], Shown] = {}
    for line, record in read_objects(path, "id", "turn", "decision"):
        key = (record["id"], record["turn"])
        if not isinstance(key[0], str) or type(key[1]) is not int or key[1] < 0:
            raise DataError(path, line, "'id' and 'turn' must be a name and a number.", "Turns count from 0.")
        if key in answers:
            problem = f"turn {key[1]} of '{key[0]}' is also on line {answers[key].line}."
            raise DataError(path, line, problem, "Answer each turn once.")
        if record["decision"] not in DECISIONS:
            known = ", ".join(DECISIONS)
            raise DataError(path, line, f"{record['decision']!r} is no decision.", f"Use one of: {known}.")
        citations = tuple(_citation(path, line, c) for c in _list(path, line, record, "citations"))
        notices = _list(path, line, record, "notices")
        if not all(isinstance(notice, str) for notice in notices):
            raise DataError(path, line, "a notice is no text.", 'Write "notices": ["…"], or leave them out.')
        latency = _number(path, line, record, "latency_ms", math.inf)
        probability = _number(path, line, record, "probability", 1)
        answers[key] = Shown(line, record["decision"], frozenset(notices), citations, latency, probability)
    return answers


def without_offsets(answers: Mapping[tuple[str, int], Shown]) -> Mapping[tuple[str, int], Shown]:
    """The same answers as of a system that gives no offsets, so that lines are covered by text alone."""
    return {
        key: replace(shown, citations=tuple(replace(citation, span=None) for citation in shown.citations))
        for key, shown in answers.items()
    }


def _number(path: Path, line: int, record: Mapping[str, Any], key: str, most: float) -> float | None:
    """A finite number from 0 to `most`, or None where there is none."""
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= min(most, _HIGHEST):
        until = "" if most == math.inf else f" to {most}"
        raise DataError(path, line, f"the {key} is {value!r}.", f"Write a number from 0{until}, or leave it out.")
    return float(value)


def _list(path: Path, line: int, record: Mapping[str, Any], key: str) -> list[Any]:
    """What stands there as a list; without it or with null an empty one."""
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise DataError(path, line, f"'{key}' is no list.", "Write [] for none.")
    return value


def _citation(path: Path, line: int, record: Any) -> ShownCitation:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise DataError(path, line, "a citation has no text.", 'Write {"document": "…", "text": "…"}.')
    text, start, end = record["text"], record.get("start"), record.get("end")
    document, score = record.get("document"), record.get("score")
    if document is not None and not isinstance(document, str):
        raise DataError(path, line, f"the document of a citation is {document!r}.", "Write its id, or leave it out.")
    if score is not None and (
        isinstance(score, bool) or not isinstance(score, int | float) or not abs(score) <= _HIGHEST
    ):
        raise DataError(path, line, f"the score of a citation is {score!r}.", "Write a number, or leave it out.")
    span = None
    if start is not None or end is not None:
        if type(start) is not int or type(end) is not int or start < 0:
            problem = f"a citation stands at {start!r}–{end!r}."
            raise DataError(path, line, problem, "Write whole numbers from 0, or leave 'start' and 'end' out.")
        if end - start != len(text):
            problem = f"a citation of {len(text)} characters says that it stands at {start}–{end}."
            raise DataError(path, line, problem, "Leave 'start' and 'end' out if they are not offsets of the text.")
        span = (start, end)
    return ShownCitation(document or "", text, span, score)
