"""Markdown to blocks with exact character offsets.

markdown-it-py (CommonMark) says on which lines a block stands; lines become offsets into the text as
it was read, so CRLF, tabs and odd Unicode stay where they are. Only headings, lists and tables are
parsed: a monograph has no code, no HTML and no links to resolve, and everything else is a paragraph,
shown as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["LONE", "Block", "Kind", "Span", "parse_blocks", "trim"]

LONE = 7
"""Heading level, below all of Markdown's, of a line that is a heading without a mark (retrieval/subheadings.py)."""

# The line ends that markdown-it knows (its NEWLINES_RE); str.splitlines() knows more and would drift.
_NEWLINE = re.compile(r"\r\n?|\n")
_LIST_MARK = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_HEADING_MARK = re.compile(r"#{1,6}(?:\s+|$)")
_HEADING_TAIL = re.compile(r"\s+#+$")
_DEEPEST_LIST = 100
_CELL = re.compile(r"(?:\\.|[^|\\])+", re.DOTALL)
_PIPE_LINE = re.compile(r"\|.*\|", re.DOTALL)


class Kind(StrEnum):
    """What a stretch of a monograph is."""

    SECTION = "section"
    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    TABLE_HEAD = "table_head"
    TABLE_ROW = "table_row"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`source[start:end]`, in Unicode code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest unit of layout. Blocks cover the text; between them there is only white space."""

    kind: Kind
    start: int
    end: int
    content: tuple[Span, ...]
    """The words without Markdown's marks: one span, or one for each cell of a table row."""
    heading_level: int = 0
    """1 to 6 for a heading, from LONE for one without a mark, else 0."""
    container: int | None = None
    """Number of the outermost list, or of the table, that the block belongs to."""
    items: tuple[int, ...] = ()
    """Numbers of the list items around the block, outermost first, its own last."""
    heads: tuple[Span, ...] = ()
    """The headings without a mark that hold for the block, outermost first."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A block in lines: [first, last)."""

    kind: Kind
    first: int
    last: int
    heading_level: int = 0
    container: int | None = None
    items: tuple[int, ...] = ()


def parse_blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text in order, without gaps but white space, without overlaps."""
    starts = [0, *(match.end() for match in _NEWLINE.finditer(source)), len(source)]
    leaves = _merge(list(_leaves(_markdown().parse(source), source, starts)))
    blocks = (_block(source, leaf, starts) for leaf in _fill_gaps(leaves, source, starts))
    return tuple(block for block in blocks if block.start < block.end)


def trim(source: str, start: int, end: int) -> Span:
    """The span without the white space at its ends."""
    text = source[start:end]
    lead = len(text) - len(text.lstrip())
    return Span(start + lead, max(start + lead, start + len(text.rstrip())))


@cache
def _markdown() -> MarkdownIt:
    # Beyond maxNesting the parser takes the whole rest of the text as one block; a list uses two levels.
    parser = MarkdownIt("zero", {"maxNesting": 2 * _DEEPEST_LIST}).enable(["heading", "list", "table"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _leaves(tokens: Sequence[Token], source: str, starts: Sequence[int]) -> Iterator[_Leaf]:
    """Walk markdown-it's tokens and yield what has lines of its own."""
    items: list[tuple[int, int]] = []  # (number, first line) of the open list items
    lists = tables = numbered = 0
    depth = 0
    used_items: set[int] = set()
    for position, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += depth == 0
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open" and token.map:
            numbered += 1
            items.append((numbered, token.map[0]))
        elif token.type == "list_item_close":
            items.pop()
        elif token.type in ("heading_open", "paragraph_open") and token.map:
            first, last = token.map
            numbers = tuple(number for number, _ in items)
            if items:
                # The mark may stand on an earlier line than the text; it belongs to the first leaf.
                first = min([first, *(line for number, line in items if number not in used_items)])
                used_items.update(numbers)
                yield _Leaf(Kind.BULLET, first, last, container=lists, items=numbers)
            elif token.type == "heading_open":
                yield _Leaf(Kind.HEADING, first, last, heading_level=int(token.tag[1]))
            elif _is_bare_table(lines := [source[starts[n] : starts[n + 1]] for n in range(first, last)]):
                tables += 1
                for offset in range(len(lines)):
                    row = first + offset
                    yield _Leaf(Kind.TABLE_ROW, row, row + 1, container=-tables)
            else:
                yield _Leaf(Kind.PARAGRAPH, first, last)
        elif token.type == "table_open" and token.map:
            tables += 1
            body = next((t.map[0] for t in tokens[position:] if t.type == "tbody_open" and t.map), token.map[1])
            numbers = tuple(number for number, _ in items)
            used_items.update(numbers)
            yield _Leaf(Kind.TABLE_HEAD, token.map[0], min(body, token.map[1]), container=-tables, items=numbers)
        elif token.type == "tr_open" and token.map and token.level and _in_body(tokens, position):
            numbers = tuple(number for number, _ in items)
            yield _Leaf(Kind.TABLE_ROW, token.map[0], token.map[1], container=-tables, items=numbers)


def _in_body(tokens: Sequence[Token], position: int) -> bool:
    """Whether the row at `position` is a body row: the nearest opening above it says so."""
    above = next(t.type for t in reversed(tokens[:position]) if t.type in ("thead_open", "tbody_open"))
    return above == "tbody_open"


def _is_bare_table(lines: Sequence[str]) -> bool:
    """Rows without a header are no Markdown table, but a reader sees one: each line is `| … |`."""
    return all(_PIPE_LINE.fullmatch(line.strip()) for line in lines)


def _merge(leaves: list[_Leaf]) -> list[_Leaf]:
    """Join the paragraphs of one list item that stand next to each other into one bullet."""
    merged: list[_Leaf] = []
    for leaf in leaves:
        previous = merged[-1] if merged else None
        if previous and leaf.kind == Kind.BULLET == previous.kind and leaf.items == previous.items:
            merged[-1] = replace(previous, last=leaf.last)
        else:
            merged.append(leaf)
    return merged


def _fill_gaps(leaves: list[_Leaf], source: str, starts: Sequence[int]) -> Iterator[_Leaf]:
    """Lines that no leaf holds (an empty bullet, nesting too deep to parse) become paragraphs."""
    edge = 0
    for leaf in [*leaves, _Leaf(Kind.PARAGRAPH, len(starts) - 1, len(starts) - 1)]:
        if source[starts[edge] : starts[max(edge, leaf.first)]].strip():
            yield _Leaf(Kind.PARAGRAPH, edge, leaf.first)
        if leaf.first < leaf.last:
            yield leaf
        edge = leaf.last


def _block(source: str, leaf: _Leaf, starts: Sequence[int]) -> Block:
    span = trim(source, starts[leaf.first], starts[leaf.last])
    return Block(
        leaf.kind,
        span.start,
        span.end,
        _content(source, leaf.kind, span),
        leaf.heading_level,
        leaf.container,
        leaf.items,
    )


def _content(source: str, kind: Kind, span: Span) -> tuple[Span, ...]:
    """The spans of a block's words, Markdown's marks left out."""
    start, end = span.start, span.end
    if kind in (Kind.BULLET, Kind.TABLE_HEAD, Kind.TABLE_ROW):
        while (mark := _LIST_MARK.match(source, start, end)) and mark.end() > start:
            start = mark.end()
    if kind == Kind.HEADING:
        if mark := _HEADING_MARK.match(source, start, end):
            start = mark.end()
        if tail := _HEADING_TAIL.search(source, start, end):
            end = tail.start()
    if kind in (Kind.TABLE_HEAD, Kind.TABLE_ROW):
        # A head's second line is the rule under it (| --- |), which holds no words.
        line = _NEWLINE.search(source, start, end)
        cells = _CELL.finditer(source, start, line.start() if line else end)
        spans = [trim(source, cell.start(), cell.end()) for cell in cells]
    else:
        spans = [trim(source, start, end)]
    return tuple(s for s in spans if s.start < s.end)
