"""How a message is read after others: the texts whose vectors make one query (docs/decisions/0006-follow-ups.md)."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["questions_before", "readings_of"]

_QUESTIONS = 2
_CHARACTERS = 400
"""Of what was asked before: the encoder reads some 250 tokens, and the message stands at the end."""


def questions_before(questions: Sequence[str]) -> str:
    """What was asked before, oldest first, as it stands before a message: of more than two the last two.

    One that leaned on another says little without it. Of a long story the end counts.
    """
    asked = ". ".join(questions[-_QUESTIONS:])
    return asked if len(asked) <= _CHARACTERS else asked[-_CHARACTERS:].partition(" ")[2]


def readings_of(message: str, before: str = "", shown: str = "") -> tuple[str, ...]:
    """The message alone; after the questions before it; and after the words of the passage shown for the last."""
    return (
        message,
        *([f"{before}. {message}"] if before else []),
        *([f"{shown} {message}"] if before and shown else []),
    )
