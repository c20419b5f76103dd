"""What stands on the screen, kept as a test: a conversation with what is right for its last message.

The messages before the last are there for their context: they are asked and not judged (`unsure`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from typing import Any

from assistant.answer import ALARM_DECISIONS, Answer, Decision
from evaluation.answers import DECISIONS
from evaluation.conversations import KINDS
from staff.corpus_edits import with_line
from staff.errors import StaffError

__all__ = ["asked_turns", "check_turns", "kind_of", "with_test"]


def kind_of(decision: str) -> str:
    """The kind of question for which such a decision is right."""
    if decision == Decision.ANSWER:
        return "answerable"
    if decision in ALARM_DECISIONS:
        return "urgent"
    return {Decision.GREETING.value: "off_topic", Decision.REJECTED.value: "adversarial"}.get(decision, "unanswerable")


def asked_turns(messages: Sequence[str], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The turns of a test in which all is right that was shown."""
    turns = [
        {"text": text, "kind": kind_of(answer.decision), "gold": _cited(answer)[:1],
         "also": _cited(answer)[1:], "decisions": [answer.decision.value]}
        for text, answer in zip(messages, answers, strict=True)
    ]  # fmt: skip
    return [*({**turn, "unsure": True} for turn in turns[:-1]), *turns[-1:]]


def check_turns(turns: Sequence[Mapping[str, Any]], passages: Container[str]) -> None:
    """Raises StaffError for turns that are no test, with all that is wrong."""
    wrong = [] if turns else ["There is no message: ask first."]
    for number, turn in enumerate(turns, 1):
        if not isinstance(turn, Mapping) or not isinstance(turn.get("text"), str):
            raise StaffError(f"Message {number} has no text.")
        if turn.get("kind") not in KINDS:
            wrong.append(f"Message {number}: '{turn.get('kind')}' is no kind; use {', '.join(KINDS)}.")
        wrong += [f"Message {number}: '{d}' is no decision." for d in turn.get("decisions", []) if d not in DECISIONS]
        wrong += [
            f"Message {number}: '{label}' is no passage that can be shown."
            for label in (*turn.get("gold", []), *turn.get("also", []))
            if label not in passages
        ]
        if turn.get("kind") == "answerable" and not turn.get("gold"):
            wrong.append(f"Message {number}: choose the passage that answers.")
    if wrong:
        raise StaffError("\n".join(wrong))


def with_test(text: str, turns: Sequence[Mapping[str, Any]]) -> str:
    """A suite with one conversation more. Its id is made of its words, so that it never stands there twice."""
    digest = hashlib.sha256(json.dumps(turns, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return with_line(text, {"id": f"asked-{digest[:12]}", "turns": list(turns)}, ["id"])


def _cited(answer: Answer) -> list[str]:
    """What was shown as an answer: what is only related is right for nothing."""
    return [c.passage.id for c in answer.citations] if answer.decision == Decision.ANSWER else []
