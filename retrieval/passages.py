"""Passages: a monograph cut into sections, groups, blocks and sentences, each an exact slice.

Level     Kinds                                    Covers the text (white space aside)
section   section                                  yes: a heading and all below it, up to the next
group     text, list, table                        yes: a block with its headings, a whole list with its
                                                   heading or lead-in, a whole table
block     heading, paragraph, bullet, table_head,  yes
          table_row
sentence  sentence                                 all words: Markdown's marks lie outside
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from retrieval.blocks import LONE, Block, Kind, Span, parse_blocks
from retrieval.corrections import correction
from retrieval.passage import Context, Level, Passage, Role
from retrieval.sentences import split_sentences
from retrieval.subheadings import with_subheadings
from retrieval.view import KeptViews

__all__ = ["Context", "Level", "Passage", "Passages", "Role", "cut"]


_LONGEST_UNFINISHED = 200
"""Characters of a paragraph that is the lead-in of the list below it though it has no colon."""


@dataclass(frozen=True)
class Passages:
    """All passages of one monograph, each level in reading order; its text is cut when they are first asked for."""

    document: str
    source: str = field(repr=False)
    given: tuple[Passage, ...] | None = field(default=None, repr=False)
    """In the place of what the text is cut into."""
    kept: KeptViews | None = field(default=None, repr=False, compare=False)

    @cached_property
    def all(self) -> tuple[Passage, ...]:
        return tuple(_cut(self.document, self.source)) if self.given is None else self.given

    def level(self, level: Level) -> tuple[Passage, ...]:
        return self._by_level.get(level, ())

    @cached_property
    def _by_level(self) -> dict[Level, tuple[Passage, ...]]:
        return {level: tuple(p for p in self.all if p.level == level) for level in Level}

    @cached_property
    def by_id(self) -> dict[str, Passage]:
        return {p.id: p for p in self.all}

    def inside(self, level: Level, passage: Passage) -> tuple[Passage, ...]:
        """The passages of a lower level that lie inside one of a higher level."""
        passages = self.level(level)
        first = bisect_left(passages, passage.start, key=lambda p: p.start)
        last = bisect_left(passages, passage.end, key=lambda p: p.start)
        return passages[first:last]

    def correction(self, section: Passage) -> Context | None:
        """What takes back the heading of a section, if anything does: the heading is not to be read without it."""
        around = (context for passage in self.inside(Level.BLOCK, section) for context in passage.context)
        return next((context for context in around if context.role == Role.CORRECTION), None)

    def showable(self) -> tuple[Passage, ...]:
        """What can be shown as an answer: blocks that stand alone, whole lists and whole tables.

        A lead-in ("it has two jobs:"), an item that only leads to those below it ("Bleeding:") and a table's heads do
        not stand alone; their group does. A list or table of one item is the item itself.
        """
        blocks = self.level(Level.BLOCK)
        lead_ins = {
            (c.start, c.end)
            for p in blocks
            for c in p.context
            if c.role == Role.LEAD_IN or (c.role == Role.ITEM and self._leads_on(c))
        }
        shown = [
            p
            for p in blocks
            if p.kind in (Kind.PARAGRAPH, Kind.BULLET, Kind.TABLE_ROW)
            and (p.start, p.end) not in lead_ins
            and any(c.isalnum() for c in p.text)
        ]
        items = Counter(p.parent for p in shown)
        groups = [p for p in self.level(Level.GROUP) if p.kind in (Kind.LIST, Kind.TABLE) and items[p.id] > 1]
        return tuple(sorted([*shown, *groups], key=lambda p: (p.start, -p.end)))

    def _leads_on(self, item: Context) -> bool:
        blocks = self.level(Level.BLOCK)
        block = blocks[bisect_left(blocks, item.start, key=lambda p: p.start)]
        return not block.text.rstrip("*_ ").endswith((".", "!", "?", ";", ",", ")"))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A passage before it has an id. `parent` is the draft's position in the list of drafts."""

    level: Level
    kind: Kind
    start: int
    end: int
    parent: int | None
    section: str
    content: tuple[Span, ...]
    context: tuple[Context, ...]


def cut(document: str, source: str) -> Passages:
    """A monograph's text as passages."""
    return Passages(document, source)


def _cut(document: str, source: str) -> Iterator[Passage]:
    blocks = with_subheadings(source, parse_blocks(source))
    drafts: list[_Draft] = []
    for section in _sections(blocks):
        first = section[0]
        name = _words(source, first) if first.kind == Kind.HEADING else ""
        place = len(drafts)
        drafts.append(_draft(Level.SECTION, Kind.SECTION, section, None, name, ()))
        context: list[tuple[Context, ...]] = list(_contexts(source, section))
        at = 0
        for group in _groups(source, section):
            group_place = len(drafts)
            drafts.append(_draft(Level.GROUP, _group_kind(group), group, place, name, context[at]))
            for block in group:
                block_place = len(drafts)
                drafts.append(_draft(Level.BLOCK, block.kind, [block], group_place, name, context[at]))
                drafts.extend(
                    _Draft(Level.SENTENCE, Kind.SENTENCE, s.start, s.end, block_place, name, (s,), context[at])
                    for span in block.content
                    for s in split_sentences(source, span)
                )
                at += 1
    return _name(document, source, drafts)


def _draft(
    level: Level, kind: Kind, blocks: Sequence[Block], parent: int | None, section: str, context: tuple[Context, ...]
) -> _Draft:
    content = tuple(span for block in blocks for span in block.content)
    return _Draft(level, kind, blocks[0].start, blocks[-1].end, parent, section, content, context)


def _words(source: str, block: Block) -> str:
    return " ".join(source[s.start : s.end] for s in block.content)


def _sections(blocks: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """Sections start at headings of levels 1 and 2, or of the highest level used if that is lower."""
    levels = [b.heading_level for b in blocks if 0 < b.heading_level < LONE]
    top = max(2, min(levels, default=2))
    starts = [i for i, b in enumerate(blocks) if b.kind == Kind.HEADING and b.heading_level <= top]
    edges = sorted({0, *starts, len(blocks)})
    for a, b in pairwise(edges):
        yield blocks[a:b]


def _groups(source: str, section: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """Headings go with what follows them; a list or table with its lead-in; else each block alone."""
    group: list[Block] = []
    for block, after in zip(section, [*section[1:], None], strict=True):
        group.append(block)
        if after is None or not (
            (block.kind == Kind.HEADING and after.kind != Kind.HEADING)
            or (block.kind == Kind.HEADING and after.heading_level > block.heading_level)
            or (block.container is not None and after.container == block.container)
            or _is_lead_in(source, block, after)
            or bool(block.items and set(block.items[:1]) == set(after.items[:1]))
        ):
            yield group
            group = []


def _is_lead_in(source: str, block: Block, after: Block) -> bool:
    """A paragraph that the list or table below it completes: it has a colon, or a list is where its stop should be."""
    words = source[block.start : block.end].rstrip("*_ ")
    short = len(words) <= _LONGEST_UNFINISHED
    unfinished = short and after.kind == Kind.BULLET and not words.endswith((".", "!", "?", "…", ")", "”", '"', "。"))
    return block.kind == Kind.PARAGRAPH and after.container is not None and (unfinished or words.endswith((":", "：")))


def _group_kind(group: Sequence[Block]) -> Kind:
    kinds = {block.kind for block in group}
    if Kind.BULLET in kinds:
        return Kind.LIST
    return Kind.TABLE if kinds & {Kind.TABLE_HEAD, Kind.TABLE_ROW} else Kind.TEXT


def _contexts(source: str, section: Sequence[Block]) -> Iterator[tuple[Context, ...]]:
    """For each block what must be read with it: headings and what corrects them, lead-in, the items around it, column
    heads."""
    headings: list[Block] = []
    corrections: dict[int, Span] = {}
    lead_ins: dict[int, Block] = {}
    heads: dict[int, Block] = {}
    items: dict[int, Block] = {}
    for before, block in zip([None, *section], section, strict=False):
        if 0 < block.heading_level < LONE:
            headings = [h for h in headings if h.heading_level < block.heading_level]
        if before is not None and before.kind == Kind.HEADING and (found := correction(source, before, block)):
            corrections[before.start] = found
        container = block.container
        if container is not None:
            if before is not None and _is_lead_in(source, before, block):
                lead_ins[container] = before
            if block.kind == Kind.TABLE_HEAD:
                heads[container] = block
        if block.items:
            items.setdefault(block.items[-1], block)
        around: list[tuple[Role, Block | Span]] = [
            *((role, part) for h in headings for role, part in _heading(h, corrections.get(h.start))),
            *((Role.HEADING, h) for h in block.heads),
            *((Role.LEAD_IN, lead_ins[c]) for c in [container] if c in lead_ins),
            *((Role.ITEM, items[i]) for i in block.items if i in items),
            *((Role.COLUMNS, heads[c]) for c in [container] if c in heads),
        ]
        yield tuple(Context(role, b.start, b.end) for role, b in around if not block.start <= b.start < block.end)
        if 0 < block.heading_level < LONE:
            headings.append(block)


def _heading(heading: Block, corrected: Span | None) -> tuple[tuple[Role, Block | Span], ...]:
    """A heading, and right after it what takes it back."""
    alone = (Role.HEADING, heading)
    return (alone,) if corrected is None else (alone, (Role.CORRECTION, corrected))


def _name(document: str, source: str, drafts: Sequence[_Draft]) -> Iterator[Passage]:
    """Give each draft its id; equal passages under equal headings are numbered in reading order."""
    seen: Counter[str] = Counter()
    ids: list[str] = []
    for draft in drafts:
        text = source[draft.start : draft.end]
        headings = [source[c.start : c.end] for c in draft.context if c.role == Role.HEADING]
        key = "\x1f".join([document, draft.level, draft.kind, *headings, text])
        digest = hashlib.sha256(f"{key}\x1f{seen[key]}".encode()).hexdigest()[:10]
        seen[key] += 1
        ids.append(f"{document}:{_slug(source, draft)}-{digest}")
        parent = None if draft.parent is None else ids[draft.parent]
        yield Passage(
            ids[-1], document, draft.level, draft.kind, draft.start, draft.end, text,
            parent, draft.section, draft.content, draft.context,
        )  # fmt: skip


def _slug(source: str, draft: _Draft) -> str:
    """The first words of a passage, for people who read ids."""
    text = source[draft.content[0].start : draft.content[0].end][:80] if draft.content else ""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:3]) or draft.kind.value
