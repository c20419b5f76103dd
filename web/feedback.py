"""'Was this what you asked?': what a yes or a no is kept as. It holds no word of the patient."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assistant.answer import Answer, Decision

__all__ = ["Feedback", "FeedbackCounts"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was shown, by decision and ids, and whether the patient said it was what they asked."""

    decision: Decision
    passages: tuple[str, ...]
    helpful: bool
    topic: str = ""
    """Topic of the nearest known gap."""

    @classmethod
    def on(cls, answer: Answer, helpful: bool) -> Feedback:
        return cls(answer.decision, tuple(citation.passage.id for citation in answer.citations), helpful, answer.topic)


class FeedbackCounts:
    """Counts in the memory of the process, until it ends."""

    def __init__(self) -> None:
        self.counts: Counter[Feedback] = Counter()

    def __call__(self, feedback: Feedback) -> None:
        self.counts[feedback] += 1
