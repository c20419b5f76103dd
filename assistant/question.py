"""The message as a patient sent it: whether it can be read at all."""

from __future__ import annotations

from assistant.notices import NoticeName
from retrieval.text import clean

__all__ = ["MAX_CHARACTERS", "rejection"]

MAX_CHARACTERS = 2000
"""Longest message that is read, in code points: about 350 words."""


def rejection(text: str) -> NoticeName | None:
    """Why a message cannot be read, or None if it can."""
    if len(text) > MAX_CHARACTERS:
        return NoticeName.REJECTED_LONG
    cleaned = clean(text)
    if not cleaned:
        return NoticeName.REJECTED_EMPTY
    return None if any(c.isalnum() for c in cleaned) else NoticeName.REJECTED_NOT_TEXT
