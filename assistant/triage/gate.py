"""Triage: whether a message is an emergency or a crisis, decided before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.triage.examples import Example
from assistant.triage.guards import GuardKind, Label
from assistant.triage.model import Model
from assistant.triage.rules import Findings, Rules
from retrieval.encoder import Vectors

__all__ = ["ALARM_ABOVE", "LIKE", "SURE_ABOVE", "UNLIKE_ABOVE", "Alarm", "Label", "Triage", "raises_alarm"]

ALARM_ABOVE = 0.3
"""The learned part raises an alarm from here; chosen by cross-validation (docs/decisions/0009-triage.md)."""
LIKE = 0.5
"""… if an example of an alarm is as near as this (cosine similarity) …"""
UNLIKE_ABOVE = 0.9
"""… and from here whatever is near: what is like nothing known must say so in plain words."""
SURE_ABOVE = 0.8
"""… from here, when the message says that help is on its way, or is one word that no rule knows ('I')."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What to show, and for staff what raised it: terms, readings, the learned score, the nearest example."""

    label: Label
    evidence: tuple[str, ...]


class Triage:
    """The gate: reviewed rules or the learned part may each raise an alarm."""

    def __init__(self, rules: Rules, model: Model) -> None:
        self._rules = rules
        self._model = model

    def read(self, text: str, vector: Vectors, previous_alarm: Label | None = None) -> Alarm | None:
        """The alarm of a message, or None.

        `vector` is the unit vector of the whole cleaned message, shape (1, dimension); `previous_alarm`
        the alarm of the turn before.
        """
        found = self._rules.find(text)
        likely = self._model.probabilities(vector, found)
        settled = previous_alarm is not None and found.guards(GuardKind.SETTLED)
        # Of ASCII alone: scripts without spaces write whole sentences as one word.
        one_word = text.isascii() and len(text.split()) < 2
        learned = self._learned(likely, vector, surely=bool(settled or one_word))
        if labels := found.labels():
            label = max(labels, key=likely.__getitem__)
            return Alarm(label, (*found.evidence(), *learned))
        if learned:
            return Alarm(max(likely, key=likely.__getitem__), learned)
        return _still(found, previous_alarm) if previous_alarm else None

    def learned(self, text: str, vector: Vectors) -> str:
        """What the learned part makes of a message, alarm or not, for staff; `vector` as `read` takes it."""
        score = sum(self._model.probabilities(vector, self._rules.find(text)).values())
        return _in_words(score, *self._model.nearest(vector))

    def _learned(self, likely: Mapping[Label, float], vector: Vectors, surely: bool) -> tuple[str, ...]:
        """What raised an alarm in words, or nothing if the learned part raises none."""
        score = sum(likely.values())
        if score < ALARM_ABOVE:  # most messages: the examples need not be looked through
            return ()
        example, similarity = self._model.nearest(vector)
        raised = score >= SURE_ABOVE if surely else raises_alarm(score, similarity)
        return (_in_words(score, example, similarity),) if raised else ()


def raises_alarm(score: float, similarity: float) -> bool:
    """Whether the learned part raises an alarm, by its score and the similarity of the nearest example of one."""
    return score >= UNLIKE_ABOVE or (score >= ALARM_ABOVE and similarity >= LIKE)


def _in_words(score: float, example: Example, similarity: float) -> str:
    return f"learned, score {score:.2f}; nearest example “{example.text}” ({example.subtype}, {similarity:.2f})"


def _still(found: Findings, previous: Label) -> Alarm | None:
    """A doubt about the alarm before ('could it just be the normal reaction?') does not end it."""
    doubts = found.guards(GuardKind.DOUBT)
    return Alarm(previous, (f"doubt after an alarm “{doubts[0]}”",)) if doubts else None
