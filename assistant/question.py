"""The message as a patient sent it: whether it can be read, and its words without odd characters."""

from __future__ import annotations

import unicodedata

from assistant.notices import NoticeName

__all__ = ["MAX_CHARACTERS", "clean", "plain_words", "rejection"]

MAX_CHARACTERS = 2000
"""Longest message that is read, in code points: about 350 words."""

# Controls, private use, lone surrogates and unassigned code points; format characters such as
# bidirectional overrides, which can make a text look like another.
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def rejection(text: str) -> NoticeName | None:
    """Why a message cannot be read, or None if it can."""
    if len(text) > MAX_CHARACTERS:
        return NoticeName.REJECTED_LONG
    cleaned = clean(text)
    if not cleaned:
        return NoticeName.REJECTED_EMPTY
    return None if any(c.isalnum() for c in cleaned) else NoticeName.REJECTED_NOT_TEXT


def clean(text: str) -> str:
    """The message on one line, in compatibility form (NFKC: full-width letters become plain ones)."""
    folded = unicodedata.normalize("NFKC", text)
    kept = (" " if c.isspace() else c for c in folded if c.isspace() or unicodedata.category(c) not in _DROPPED)
    return " ".join("".join(kept).split())


def plain_words(text: str) -> str:
    """The words of a message in small letters, without punctuation, for matching word for word."""
    letters = (c if c.isalnum() else "" if c in "'’" else " " for c in clean(text).casefold())
    return " ".join("".join(letters).split())
