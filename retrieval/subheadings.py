"""Leaflets as they are: sub-headings that stand in the text without Markdown's marks, and what they govern.

A leaflet that came out of a page or a PDF has its sub-headings as lone lines ("Do not take X") or run into the line
below them ("Children Do not give …"), and frequencies of side effects ("Common (may affect up to 1 in 10 people)")
likewise. What stands below must not be read without them. Nothing here changes a character: blocks are parted, and told
which headings hold for them (docs/decisions/0002-levels-of-passages.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.blocks import LONE, Block, Kind, Span, trim
from retrieval.heading_lines import (
    ANEW,
    CLOSING,
    FREQUENCY,
    can_be_heading,
    forbids,
    heading_before,
    heading_behind,
    names_in,
    words_of,
)
from retrieval.loose_lists import lists_of_lines

__all__ = ["with_subheadings"]

_SHORTEST = 40
"""Characters from which a heading is taken out of a line."""


def with_subheadings(source: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same text in blocks that know their sub-headings: `Block.heads`, outermost first."""
    names = names_in(source)
    own: set[int] = set()
    parted = [part for block in blocks for part in _parted(source, block, names, own)]
    return tuple(_governed(source, _marked(source, lists_of_lines(source, parted)), own))


def _parted(source: str, block: Block, names: frozenset[str], own: set[int]) -> Iterator[Block]:
    """A paragraph without the heading that runs into it, before or behind; a bullet without a frequency behind it.

    `own` learns the places of those that keep the heading they begin with.
    """
    if block.kind not in (Kind.PARAGRAPH, Kind.BULLET) or len(block.content) != 1:
        yield block
        return
    start, end = block.content[0].start, block.content[0].end
    text = source[start:end]
    ahead = heading_before(text, names) if block.kind == Kind.PARAGRAPH else 0
    behind = heading_behind(text, ahead, block.kind)
    often = FREQUENCY.fullmatch(text[:ahead]) or FREQUENCY.fullmatch(text[behind:])
    if not often and (len(text) < _SHORTEST or (behind or len(text)) - ahead < len(text) / 2):
        # So little is left that it stands better with its heading.
        own.update([block.start] if ahead else [])
        yield block
        return
    if ahead:
        yield _lone(source, start, start + ahead)
    first = start + ahead if ahead else block.start
    last = start + behind if behind else block.end
    body, words = trim(source, first, last), trim(source, start + ahead, min(last, end))
    yield replace(block, start=body.start, end=body.end, content=(words,))
    if behind:
        yield _lone(source, start + behind, end)


def _lone(source: str, start: int, end: int) -> Block:
    span = trim(source, start, end)
    return Block(Kind.HEADING, span.start, span.end, (span,), LONE)


def _marked(source: str, blocks: Sequence[Block]) -> list[Block]:
    """The lone lines that are headings, as such: there must be something below them."""
    marked = list(blocks)
    for place, (block, after) in enumerate(pairwise(blocks)):
        if block.kind != Kind.PARAGRAPH or (after.kind == Kind.HEADING and after.heading_level < LONE):
            continue
        text = words_of(source, block)
        lists = after.kind == Kind.BULLET
        if lists and text.endswith(":") and not FREQUENCY.fullmatch(text):
            continue  # a lead-in
        if FREQUENCY.fullmatch(text) or can_be_heading(text) or (lists and forbids(text)):
            marked[place] = _lone(source, block.start, block.end)
    return marked


def _governed(source: str, blocks: Sequence[Block], own: AbstractSet[int]) -> Iterator[Block]:
    """Every block with the lone headings that hold for it; `own` are the places of those that begin with their own."""
    state = _State()
    for before, block, after in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
        if block.kind == Kind.HEADING and block.heading_level < LONE:
            state = _State()
            yield block
        elif block.kind == Kind.HEADING:
            above = state.enter(source, block, before, after)
            yield replace(block, heading_level=LONE + len(above), heads=above)
        else:
            if block.start in own:
                state = _State()
            heads = state.over(source, block, before, after)
            yield replace(block, heads=heads) if heads else block


@dataclass
class _State:
    """The headings that hold at a place of a section.

    One that a list comes right below holds for the list; else one holds up to the next. A frequency holds for lists,
    but not for one that has a lead-in of its own, and for text only before the first list. Headings right below a
    frequency ("Infections") are parts of it.
    """

    outer: Span | None = None
    head: Span | None = None
    only: int | None = None
    """The list that `head` holds for."""
    frequency: Span | None = None
    part: Span | None = None
    """A heading below the frequency."""
    has_parts: bool = False
    listed: bool = False
    """Whether a list of the frequency was there already."""

    def enter(self, source: str, block: Block, before: Block | None, after: Block | None) -> tuple[Span, ...]:
        """Take a heading in; gives those above it."""
        span = Span(block.start, block.end)
        directly = Span(before.start, before.end) if before else None
        if FREQUENCY.fullmatch(source[span.start : span.end]):
            self.frequency, self.part, self.has_parts, self.listed = span, None, False, False
            return _known(self.outer, self.head)
        if (
            self.frequency
            and (directly == self.frequency or self.has_parts)
            and not ANEW.search(source, span.start, span.end)
        ):
            self.part, self.has_parts, self.listed = span, True, False
            return _known(self.outer, self.head, self.frequency)
        self.outer = self.head if self.head and directly == self.head else None
        self.head, self.frequency, self.part, self.has_parts = span, None, None, False
        self.only = after.container if after and after.kind == Kind.BULLET else None
        return _known(self.outer)

    def over(self, source: str, block: Block, before: Block | None, after: Block | None) -> tuple[Span, ...]:
        """The headings that hold for a block that is none."""
        is_lead_in = block.kind == Kind.PARAGRAPH and after is not None and after.kind == Kind.BULLET
        titles = (
            is_lead_in and can_be_heading(source[block.start : block.end]) and before and before.kind != Kind.HEADING
        )
        if CLOSING.match(source, block.start) or titles or (self.only is not None and block.container != self.only):
            self.outer = self.head = self.only = None
        holds = True
        if block.kind == Kind.BULLET:
            self.listed = True
        elif is_lead_in and self.listed and not _is_complete(source, block):
            self.frequency = self.part = None
        else:
            holds = not self.listed
        return _known(self.outer, self.head, *((self.frequency, self.part) if holds else ()))


def _known(*spans: Span | None) -> tuple[Span, ...]:
    return tuple(span for span in spans if span)


def _is_complete(source: str, block: Block) -> bool:
    return source[: block.end].rstrip("*_ ")[-1:] in (".", "!", "?", ")")
