"""The questions of a message that asks more than one."""

from __future__ import annotations

import re

__all__ = ["MAX_PARTS", "questions"]

MAX_PARTS = 3
"""More questions than passages are shown for are read together only."""

_ASKING = (
    "what|whats|what's|wat|how|hows|how's|when|where|wheres|where's|why|who|whos|who's|whose|which|is|isnt|isn't|are|am|"
    "was|were|can|cant|can't|could|do|does|doesnt|doesn't|did|will|won't|would|should|shall|may|must|has|have|any"
)
_ENDS = re.compile(r"(?<=[?？;\n])\s*|(?<=[.!])\s+")
"""Where a sentence ends; a full stop needs a space after it, or "2.5" would be two."""
_JOINED = re.compile(
    rf"(?:\s*,)?\s+(?:(?:and|also|plus|&|n)\s+)+(?:also\s+|then\s+)?(?=(?:{_ASKING})\b)"
    rf"|\s*,\s*(?=(?:{_ASKING})\b)",
    re.IGNORECASE,
)
"""Where one question follows another in a sentence: "… and how long does it take"."""
_LEAD = r"(?:(?:and|also|plus|so|but|ok|okay|hi|hello|please|pls|btw|oh|&)[\s,]+)*"
_QUESTION = re.compile(rf"{_LEAD}(?:{_ASKING})\b|.*[?？]$", re.IGNORECASE | re.DOTALL)
_LEAST_WORDS = 3
"""Fewer words than this ask nothing by themselves ("is it", "and when")."""


def questions(message: str) -> tuple[str, ...]:
    """The questions that a message asks, each as it stands there, in their order; () if it asks one, or more than
    MAX_PARTS. What only tells is no question."""
    sentences = (part for part in _ENDS.split(message) if part.strip())
    parts = [part.strip() for sentence in sentences for part in _split(sentence.strip())]
    found = tuple(part for part in parts if _QUESTION.match(part) and _enough(part))
    return found if 2 <= len(found) <= MAX_PARTS else ()


def _split(sentence: str) -> list[str]:
    """A sentence that asks, in its questions; one that only tells stays whole."""
    if not _QUESTION.match(sentence):
        return [sentence]
    parts = _JOINED.split(sentence)
    # "is it safe to drive or can I" : what is too short to ask anything belongs to what stands before it.
    return parts if all(map(_enough, parts)) else [sentence]


def _enough(part: str) -> bool:
    """Whether a part has the words to ask something; with its question mark one less ("dry skin?")."""
    return len(part.split()) >= _LEAST_WORDS - part.endswith(("?", "？"))
