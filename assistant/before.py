"""What the turns before leave for a message: an alarm, and what they were about."""

from __future__ import annotations

from assistant.answer import Conversation, Decision
from assistant.triage.gate import Label

__all__ = ["about_before", "alarm_before"]


def alarm_before(conversation: Conversation) -> Label | None:
    """The alarm of the turn before, if it raised one."""
    labels = {Decision.URGENT: Label.URGENT, Decision.CRISIS: Label.CRISIS}
    return labels.get(conversation[-1].answer.decision) if conversation else None


def about_before(conversation: Conversation) -> tuple[str, ...]:
    """Ids of the monographs that the last turn with any was about."""
    return next((turn.answer.about for turn in reversed(conversation) if turn.answer.about), ())
