"""How a message is read after others: the texts whose vectors make one query (docs/decisions/0006-follow-ups.md)."""

from __future__ import annotations

__all__ = ["question_before", "readings_of"]

_CHARACTERS = 400
"""Of what was asked before: the encoder reads some 250 tokens, and the message stands at the end."""


def question_before(question: str) -> str:
    """A question as it stands before a message that came after it: of a long story the end."""
    return question if len(question) <= _CHARACTERS else question[-_CHARACTERS:].partition(" ")[2]


def readings_of(message: str, before: str = "", shown: str = "") -> tuple[str, ...]:
    """The message alone; after the question before it; and after the words of the passage shown for it."""
    return (
        message,
        *([f"{before}. {message}"] if before else []),
        *([f"{shown} {message}"] if before and shown else []),
    )
