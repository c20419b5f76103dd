"""What makes a red flag no alarm, or one for today: negation, the past, 'what if', questions, stories, idioms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.triage.words import CLAUSE, SENTENCE, Part, Shortlist

__all__ = ["ALARMS", "Context", "Form", "Guard", "GuardKind", "Label", "context_of"]

_REACH_OF_NO = 4


class Label(StrEnum):
    """What a message is: something is happening to somebody now; somebody may harm or be harmed; or somebody has
    what is to be reported today and is no emergency."""

    URGENT = "urgent"
    CRISIS = "crisis"
    SOON = "soon"


ALARMS = (Label.URGENT, Label.CRISIS)
"""The labels that take the place of an answer. `soon` stands above one."""


class Form(StrEnum):
    """A statement says by itself that it is happening ('my tongue is swelling'); a topic does not."""

    STATEMENT = "statement"
    TOPIC = "topic"


class GuardKind(StrEnum):
    """Why a term is no alarm. MILD holds nothing back: the learned part weighs it.

    LASTING makes of an emergency what is to be reported today. SETTLED and DOUBT are about a conversation after an
    alarm.
    """

    IDIOM = "idiom"
    DENIED = "denied"
    PAST = "past"
    NOW = "now"
    HYPOTHETICAL = "hypothetical"
    ABOUT = "about"
    NOTED = "noted"
    STORY = "story"
    OTHERS = "others"
    LASTING = "lasting"
    MILD = "mild"
    SETTLED = "settled"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Guard:
    pattern: str
    kind: GuardKind
    part: Part


@dataclass(frozen=True, slots=True)
class Context:
    """A message, its text without idioms, and where its guards stand: (start, end, pattern) by kind."""

    message: str
    text: str
    ends_denial: frozenset[str]
    """Words over which a 'no' does not reach: 'no rash but …'."""
    ends_question: frozenset[str]
    """Words over which a question does not: 'can it cause that, because my …'."""
    spans: Mapping[GuardKind, Sequence[tuple[int, int, str]]]

    def held(self, start: int, form: Form, label: Label) -> str | None:
        """The guard that holds back a red flag that starts at `start`, or None.

        The past holds back topics in its sentence and statements in its clause, unless something in the
        sentence says 'now'. 'What if' and 'can it cause' hold back what comes after them in the sentence.
        A statement is not held back by 'can it cause'; a crisis in own words not by 'what if' either.
        In notes the question comes last ('chills post dose - expected?'): it holds back topics before it too.
        Nor does a question hold back what people give as their reason to ask it.
        What befell others long ago, or on a screen, holds back all of its sentence but a crisis.
        """
        first, last = self._around(start, SENTENCE)
        now = any(first <= a < last for a, _, _ in self.spans[GuardKind.NOW])
        denied = (p for _, b, p in self.spans[GuardKind.DENIED] if b <= start and self._reaches(b, start))
        then, until = (first, last) if form == Form.TOPIC else self._around(start, CLAUSE)
        past = (p for a, _, p in self.spans[GuardKind.PAST] if max(first, then) <= a < min(last, until) and not now)
        own_words = form == Form.STATEMENT and label == Label.CRISIS
        asked = max(first, self._reason_before(start))
        supposed = (p for a, _, p in self.spans[GuardKind.HYPOTHETICAL] if asked <= a <= start and not own_words)
        topic = form == Form.TOPIC
        about = (p for a, _, p in self.spans[GuardKind.ABOUT] if asked <= a <= start and topic and not now)
        noted = (p for a, _, p in self.spans[GuardKind.NOTED] if first <= a < last and topic and not now)
        story = (p for _, _, p in self.spans[GuardKind.STORY] if topic)
        others = (
            p for a, _, p in self.spans[GuardKind.OTHERS] if first <= a < last and label != Label.CRISIS and not now
        )
        return next((p for patterns in (denied, past, supposed, about, noted, story, others) for p in patterns), None)

    def lasting(self) -> str | None:
        """The guard that says that it has been so for long, or comes and goes; None if something says 'now'."""
        found = None if self.spans[GuardKind.NOW] else self.spans[GuardKind.LASTING]
        return found[0][2] if found else None

    def _around(self, start: int, mark: str) -> tuple[int, int]:
        """Where the text between two marks begins and ends."""
        first = self.text.rfind(f" {mark} ", 0, start) + 1
        return first, f"{self.text} {mark} ".find(f" {mark} ", start - 1)

    def _reason_before(self, start: int) -> int:
        """Where the last 'because' before a place stands, -1 if there is none."""
        return max(self.text.rfind(f" {word} ", 0, start) for word in self.ends_question)

    def _reaches(self, end: int, start: int) -> bool:
        between = self.text[end:start].split()
        return len(between) <= _REACH_OF_NO and self.ends_denial.isdisjoint(between)


def context_of(
    message: str, guards: Shortlist[Guard], ends_denial: Iterable[str], ends_question: Iterable[str]
) -> Context:
    """Look for the guards in a message as `spaced` writes it."""
    spans: dict[GuardKind, list[tuple[int, int, str]]] = {kind: [] for kind in GuardKind}
    # What an idiom leaves of the message has no word that the message has not.
    text, possible = message, guards.of(message)
    for guard in possible:
        if guard.kind == GuardKind.IDIOM:
            spans[guard.kind].extend(
                (m.start(), m.end(), guard.pattern) for m in guard.part.expression.finditer(message)
            )
            text = guard.part.expression.sub("", text)
    for guard in possible:
        if guard.kind != GuardKind.IDIOM:
            spans[guard.kind].extend((m.start(), m.end(), guard.pattern) for m in guard.part.expression.finditer(text))
    return Context(message, text, frozenset({SENTENCE, CLAUSE, *ends_denial}), frozenset(ends_question), spans)
