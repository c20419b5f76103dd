"""A passage: one exact slice of a monograph, and what must be read with it. `retrieval/passages.py` cuts them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from retrieval.blocks import Kind, Span

__all__ = ["Context", "Level", "Passage", "Role"]


class Level(StrEnum):
    SECTION = "section"
    GROUP = "group"
    BLOCK = "block"
    SENTENCE = "sentence"


class Role(StrEnum):
    """Why a stretch of text must be read with a passage."""

    HEADING = "heading"
    CORRECTION = "correction"
    """The sentence that takes back what the heading above it claims (retrieval/corrections.py)."""
    LEAD_IN = "lead_in"
    ITEM = "item"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Context:
    """`source[start:end]` outside a passage without which its meaning would change."""

    role: Role
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """`text == source[start:end]` of the document it names."""

    id: str
    """`document:first-words-hash`. It hashes document, level, kind, headings and text, but no offsets:
    it survives edits elsewhere in the monograph and changes with its own words or headings."""
    document: str
    level: Level
    kind: Kind
    start: int
    end: int
    text: str
    parent: str | None
    """Id of the passage of the level above that holds this one; None for sections."""
    section: str
    """Words of the section's heading; empty before the first heading."""
    content: tuple[Span, ...]
    """The words, without Markdown's marks."""
    context: tuple[Context, ...]
