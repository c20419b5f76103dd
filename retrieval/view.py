"""A view: one text by which a passage can be found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from retrieval.blocks import Span

__all__ = ["ANY_DOCUMENT", "KeptViews", "View", "ViewKind"]

ANY_DOCUMENT = ""
"""In the place of a document's id: what holds for every one."""


class ViewKind(StrEnum):
    TEXT = "text"
    SENTENCE = "sentence"
    PHRASING = "phrasing"
    GAP = "gap"


class View(NamedTuple):
    """One text that is embedded, and the passage that it leads to; a gap leads to none.

    `text` is what is searched, so a monograph's soft hyphens and ligatures are not in it; its offsets are the source's.
    A tuple, because a library has hundreds of thousands.
    """

    passage: str
    kind: ViewKind
    text: str
    start: int
    end: int
    """The offsets to highlight when this view matches: the sentence's, else the passage's."""
    topic: str = ""
    """What a gap is about; of a phrasing the intent that it is a wording of, if any."""
    document: str = ANY_DOCUMENT
    """Id of the monograph that it is a view of, or whose gap it is."""


@dataclass(frozen=True, slots=True)
class KeptViews:
    """What a start needs of a monograph's passages, so that it need not cut (retrieval/monograph_cache.py)."""

    views: tuple[View, ...]
    """Of its passages and their sentences, as `passage_views` makes them."""
    disclaimer: Span | None
    """As `own_disclaimer` finds it."""
