"""What makes a red flag no alarm, or one for today: negation, the past, 'what if', questions, stories, idioms."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.triage.words import CLAUSE, SENTENCE, Part, Shortlist

__all__ = ["ALARMS", "Context", "Form", "Found", "Guard", "GuardKind", "Label", "context_of"]

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
    """A statement says by itself that it is happening ('my tongue is swelling'); a topic does not. A value is one that
    nobody asks about in general ('is 100.6 high?')."""

    STATEMENT = "statement"
    TOPIC = "topic"
    VALUE = "value"


class GuardKind(StrEnum):
    """Why a term is no alarm. MILD holds nothing back: the learned part weighs it.

    LASTING makes of an emergency what is to be reported today. SETTLED and DOUBT are about a conversation after an
    alarm.
    """

    IDIOM = "idiom"
    DENIED = "denied"
    FINE = "fine"
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
    language: str
    """It counts where a red flag of this language stands: Indonesian "dan" is 'and', Spanish "dan" is 'they give'."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a guard stands in a message."""

    start: int
    end: int
    guard: Guard


@dataclass(frozen=True, slots=True)
class Context:
    """A message, its text without idioms, and where its guards stand, by kind."""

    message: str
    text: str
    ends_denial: frozenset[str]
    """Words over which a 'no' does not reach: 'no rash but …'."""
    ends_question: frozenset[str]
    """Words over which a question does not: 'can it cause that, because my …'."""
    spans: Mapping[GuardKind, Sequence[Found]]

    def held(self, start: int, form: Form, label: Label, languages: Container[str] | None = None) -> str | None:
        """The guard that holds back a red flag that starts at `start`, or None; of `languages`, those that the message
        may be in, or of any.

        What is said to be fine holds back what begins within its own words: 'breathing ok', but not 'not breathing ok'.
        The past holds back topics in its sentence and statements in its clause, but none of these past an 'and' ("told
        two years ago and my throat is closing"), unless something in the sentence says 'now'. 'What if' and 'can it
        cause' hold back what comes after them in the sentence.
        A statement is not held back by 'can it cause'; a crisis in own words, and a value, not by 'what if' either.
        In notes the question comes last ('chills post dose - expected?'): it holds back topics before it too.
        Nor does a question hold back what people give as their reason to ask it.
        What befell others long ago, or on a screen, holds back all of its sentence but a crisis.
        """
        first, last = self._around(start, SENTENCE)
        topic = form == Form.TOPIC

        def of(kind: GuardKind) -> list[Found]:
            return [found for found in self.spans[kind] if languages is None or found.guard.language in languages]

        now = any(first <= g.start < last for g in of(GuardKind.NOW))
        denied = (g for g in of(GuardKind.DENIED) if self._reaches(g.end, start))
        fine = (g for g in of(GuardKind.FINE) if g.start <= start < g.end)
        then, until = (first, last) if topic else self._around(start, CLAUSE)
        past = (
            g
            for g in of(GuardKind.PAST)
            if max(first, then) <= g.start < min(last, until) and not now and (topic or self._joined(g, start))
        )
        own_words = form == Form.VALUE or (form == Form.STATEMENT and label == Label.CRISIS)
        asked = max(first, self._reason_before(start))
        supposed = (g for g in of(GuardKind.HYPOTHETICAL) if asked <= g.start <= start and not own_words)
        about = (g for g in of(GuardKind.ABOUT) if asked <= g.start <= start and topic and not now)
        noted = (g for g in of(GuardKind.NOTED) if first <= g.start < last and topic and not now)
        story = (g for g in of(GuardKind.STORY) if topic)
        others = (g for g in of(GuardKind.OTHERS) if first <= g.start < last and label != Label.CRISIS and not now)
        holding = (denied, fine, past, supposed, about, noted, story, others)
        return next((found.guard.pattern for guards in holding for found in guards), None)

    def lasting(self) -> str | None:
        """The guard that says that it has been so for long, or comes and goes; None if something says 'now'."""
        found = None if self.spans[GuardKind.NOW] else self.spans[GuardKind.LASTING]
        return found[0].guard.pattern if found else None

    def _around(self, start: int, mark: str) -> tuple[int, int]:
        """Where the text between two marks begins and ends."""
        first = self.text.rfind(f" {mark} ", 0, start) + 1
        return first, f"{self.text} {mark} ".find(f" {mark} ", start - 1)

    def _reason_before(self, start: int) -> int:
        """Where the last 'because' before a place stands, -1 if there is none."""
        return max(self.text.rfind(f" {word} ", 0, start) for word in self.ends_question)

    def _joined(self, guard: Found, start: int) -> bool:
        """Whether no word that ends the reach of a 'no' stands between a guard and a red flag."""
        between = self.text[guard.end : start] if guard.end <= start else self.text[start : guard.start]
        return self.ends_denial.isdisjoint(between.split())

    def _reaches(self, end: int, start: int) -> bool:
        between = self.text[end:start].split()
        return end <= start and len(between) <= _REACH_OF_NO and self.ends_denial.isdisjoint(between)


def context_of(
    message: str, guards: Shortlist[Guard], ends_denial: Iterable[str], ends_question: Iterable[str]
) -> Context:
    """Look for the guards in a message as `spaced` writes it."""
    spans: dict[GuardKind, list[Found]] = {kind: [] for kind in GuardKind}
    # What an idiom leaves of the message has no word that the message has not.
    text, possible = message, guards.of(message)
    for guard in possible:
        if guard.kind == GuardKind.IDIOM:
            spans[guard.kind].extend(_found(guard, message))
            text = guard.part.expression.sub("", text)
    for guard in possible:
        if guard.kind != GuardKind.IDIOM:
            spans[guard.kind].extend(_found(guard, text))
    return Context(message, text, frozenset({SENTENCE, CLAUSE, *ends_denial}), frozenset(ends_question), spans)


def _found(guard: Guard, text: str) -> Iterator[Found]:
    return (Found(match.start(), match.end(), guard) for match in guard.part.expression.finditer(text))
