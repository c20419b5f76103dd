"""'Was this what you asked?': what a yes or a no is kept as. It holds no word of the patient."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assistant.answer import Answer, Decision
from staff.usage import document_of

__all__ = ["Feedback", "FeedbackCounts"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was shown, by decision and ids, and whether the patient said it was what they asked."""

    decision: Decision
    passages: tuple[str, ...]
    helpful: bool
    topic: str = ""
    """Topic of the nearest known gap."""
    document: str = ""
    """The medicine that the answer was about; empty if about none, or several."""

    @classmethod
    def on(cls, answer: Answer, helpful: bool) -> Feedback:
        shown = tuple(citation.passage.id for citation in answer.citations)
        return cls(answer.decision, shown, helpful, answer.topic, document_of(answer))


class FeedbackCounts:
    """Counts in the memory of the process, until it ends."""

    def __init__(self) -> None:
        self.counts: Counter[Feedback] = Counter()

    def __call__(self, feedback: Feedback) -> None:
        self.counts[feedback] += 1
