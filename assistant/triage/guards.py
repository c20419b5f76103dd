"""What makes a red flag no alarm: negation, the past, 'what if', questions about it, stories, idioms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.triage.words import CLAUSE, SENTENCE

__all__ = ["Context", "Form", "Guard", "GuardKind", "Label", "context_of"]

_REACH_OF_NO = 4
_NOT_REACHED = frozenset({SENTENCE, CLAUSE, "and", "but", "because", "so", "yet", "now", "just", "y", "et", "e", "और"})


class Label(StrEnum):
    """What an alarm says: something is happening to somebody now, or somebody may harm or be harmed."""

    URGENT = "urgent"
    CRISIS = "crisis"


class Form(StrEnum):
    """A statement says by itself that it is happening ('my tongue is swelling'); a topic does not."""

    STATEMENT = "statement"
    TOPIC = "topic"


class GuardKind(StrEnum):
    """Why a term is no alarm. The last two are about a conversation after an alarm."""

    IDIOM = "idiom"
    DENIED = "denied"
    PAST = "past"
    NOW = "now"
    HYPOTHETICAL = "hypothetical"
    ABOUT = "about"
    STORY = "story"
    SETTLED = "settled"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Guard:
    pattern: str
    kind: GuardKind
    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Context:
    """A message without its idioms, and where its guards stand: (start, end, pattern) by kind."""

    text: str
    spans: Mapping[GuardKind, Sequence[tuple[int, int, str]]]

    def held(self, start: int, form: Form, label: Label) -> str | None:
        """The guard that holds back a red flag that starts at `start`, or None.

        The past holds back its whole sentence unless something there says 'now'. 'What if' and
        'can it cause' hold back what comes after them in the sentence. A statement is not held back
        by 'can it cause'; a crisis in the speaker's own words not by 'what if' either.
        """
        first = self.text.rfind(f" {SENTENCE} ", 0, start) + 1
        last = self.text.find(f" {SENTENCE} ", start - 1) % (len(self.text) + 1)
        now = any(first <= a < last for a, _, _ in self.spans[GuardKind.NOW])
        denied = (p for _, b, p in self.spans[GuardKind.DENIED] if b <= start and self._reaches(b, start))
        past = (p for a, _, p in self.spans[GuardKind.PAST] if first <= a < last and not now)
        own_words = form == Form.STATEMENT and label == Label.CRISIS
        supposed = (p for a, _, p in self.spans[GuardKind.HYPOTHETICAL] if first <= a <= start and not own_words)
        topic = form == Form.TOPIC
        about = (p for a, _, p in self.spans[GuardKind.ABOUT] if first <= a <= start and topic and not now)
        story = (p for _, _, p in self.spans[GuardKind.STORY] if topic)
        return next((p for patterns in (denied, past, supposed, about, story) for p in patterns), None)

    def _reaches(self, end: int, start: int) -> bool:
        between = self.text[end:start].split()
        return len(between) <= _REACH_OF_NO and _NOT_REACHED.isdisjoint(between)


def context_of(text: str, guards: Sequence[Guard]) -> Context:
    """Look for the guards in a text as `spaced` writes it."""
    for guard in guards:
        if guard.kind == GuardKind.IDIOM:
            text = guard.expression.sub("", text)
    spans: dict[GuardKind, list[tuple[int, int, str]]] = {kind: [] for kind in GuardKind}
    for guard in guards:
        if guard.kind != GuardKind.IDIOM:
            spans[guard.kind].extend((m.start(), m.end(), guard.pattern) for m in guard.expression.finditer(text))
    return Context(text, spans)
