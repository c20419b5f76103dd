"""The views of a monograph's passages and of their sentences, and where its own disclaimer stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.blocks import Kind, Span
from retrieval.heading_lines import names_a_topic
from retrieval.monograph import DISCLAIMER
from retrieval.passages import Level, Passage, Passages, Role
from retrieval.text import searchable
from retrieval.view import View, ViewKind

__all__ = ["own_disclaimer", "passage_views", "shown_words"]

_SHOWN_BEFORE = 200
"""Characters: what a passage is about is said at its beginning, and the message shall still count beside it."""


def passage_views(passages: Passages) -> tuple[View, ...]:
    """Of every showable passage its text, then those of its sentences that say less."""
    return passages.kept.views if passages.kept else tuple(_views(passages))


def own_disclaimer(passages: Passages) -> Span | None:
    """The text under a monograph's heading Legal Disclaimer, if it has one."""
    if passages.kept:
        return passages.kept.disclaimer
    blocks = [p for p in passages.level(Level.BLOCK) if p.section == DISCLAIMER and p.kind != Kind.HEADING]
    return Span(blocks[0].start, blocks[-1].end) if blocks else None


def shown_words(source: str, passage: Passage) -> str:
    """The words of a passage as they stand before a message that may lean on them: its beginning, whole words."""
    words = searchable(_words(source, passage.content))
    return words if len(words) <= _SHOWN_BEFORE else words[:_SHOWN_BEFORE].rpartition(" ")[0]


def _views(passages: Passages) -> Iterator[View]:
    source, own = passages.source, passages.document
    for passage in passages.showable():
        above = _context_words(source, passage)
        text = searchable(f"{above}{_words(source, passage.content)}")
        yield View(passage.id, ViewKind.TEXT, text, passage.start, passage.end, document=own)
        for sentence in _sentences(passages, passage):
            text = searchable(f"{above}{sentence.text}")
            yield View(passage.id, ViewKind.SENTENCE, text, sentence.start, sentence.end, document=own)


def _sentences(passages: Passages, passage: Passage) -> Sequence[Passage]:
    """The sentences of a block that say less than the block: not an only one, not a row's label."""
    if passage.level != Level.BLOCK:
        return ()
    sentences = passages.inside(Level.SENTENCE, passage)
    if passage.kind == Kind.TABLE_ROW:
        return [s for s in sentences if s.start >= passage.content[0].end]
    return sentences if len(sentences) > 1 else ()


def _context_words(source: str, passage: Passage) -> str:
    """The headings above a passage, as words: patients ask for what only the heading names."""
    headings = [source[c.start : c.end] for c in passage.context if c.role == Role.HEADING]
    marked = [heading.strip("# ") for heading in headings if heading.startswith("#")]
    # Of those without a mark the nearest: what stands further out, and how often it happens, only dilutes the words.
    nearest = [heading.rstrip(":") for heading in headings if not heading.startswith("#") and names_a_topic(heading)]
    return "".join(f"{heading}: " for heading in [*marked, *nearest[-1:]])


def _words(source: str, content: Sequence[Span]) -> str:
    return ". ".join(source[s.start : s.end].rstrip(".:") for s in content) + "."
