"""What patients ask of any medicine, as questions of a suite: what two people decided of an intent says what is right.

An intent that a medicine answers is `answerable` with its passages, one that is not covered `unanswerable`. Of one that
nobody has decided on nothing is right or wrong: it can only be told that another answer comes (effects.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from retrieval.corpus import Document
from retrieval.intents import NOT_COVERED, Intent
from staff.errors import StaffError
from staff.suites import Question

__all__ = ["INTENTS", "intent_questions", "suite_with_intents"]

INTENTS = "intents"
"""The kind of a question whose right answer nobody has decided on, and the name of what is asked so."""

_PREFIX = "intent-"


def intent_questions(document: Document, intents: Mapping[str, Intent]) -> tuple[Question, ...]:
    """One question of each intent, in their order: the first wording that holds for this medicine. The id is the
    intent's."""
    return tuple(_questions(document, intents))


def suite_with_intents(text: str, document: Document, intents: Mapping[str, Intent]) -> str:
    """A medicine's suite with a conversation for each intent that was decided on, in the place of what it had of
    intents; what staff wrote stays, byte for byte.

    Raises StaffError if nothing is decided yet.
    """
    decided = [q for q in intent_questions(document, intents) if q.kind != INTENTS]
    if not decided:
        name = document.monograph.id
        raise StaffError(f"Nothing is decided of what patients ask of '{name}': do its first hour first (Onboard).")
    own = [line for line in text.split("\n") if line.strip() and not json.loads(line)["id"].startswith(_PREFIX)]
    return "".join(f"{line}\n" for line in (*own, *map(_line, decided)))


def _questions(document: Document, intents: Mapping[str, Intent]) -> Iterator[Question]:
    answers: dict[str, list[str]] = {}
    for one in document.reviewed:
        if one.holds(intents):
            answers.setdefault(one.intent, []).append(one.passage)
    wordings: dict[str, str] = {}
    worded = [(line.intent, line.question) for line in document.phrasings]
    for intent_id, question in (*worded, *((gap.intent, gap.question) for gap in document.gaps)):
        wordings.setdefault(intent_id, question)
    for intent in intents.values():
        passages = answers.get(intent.id)
        # Staff may have attached each of its wordings elsewhere: it says nothing then.
        if passages is None:
            yield Question(intent.id, 0, intent.questions[0], INTENTS, ())
        elif wording := wordings.get(intent.id):
            gold = tuple(passage for passage in passages if passage != NOT_COVERED)
            yield Question(intent.id, 0, wording, "answerable" if gold else "unanswerable", gold)


def _line(question: Question) -> str:
    turn = {"text": question.text, "kind": question.kind, "gold": list(question.gold), "also": []}
    return json.dumps({"id": f"{_PREFIX}{question.id}", "turns": [turn]}, ensure_ascii=False)
