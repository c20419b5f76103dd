"""Sub-headings that nobody marked in a draft: lone short lines above what they name, proposed and never made unasked.

A passage is shown and found under its headings. A lone line above it that is none makes a passage of its own, which
answers nothing, and leaves the lines below it without their subject.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from retrieval.blocks import Block, Kind, parse_blocks

__all__ = ["ProposedHeading", "marked", "proposed_headings"]

_LONGEST, _MOST_WORDS = 90, 12
_LOWEST = 6
_ENDED = re.compile(r"[.,;!…]$")
_OPENS = re.compile(r"(?:\d[\d.]*\s+)?[^\w\s]?[^\W\d_a-zß-ÿ]")
"""A heading opens with a capital, after its number if it has one."""
_AMOUNT = re.compile(r"\d\s*(?:mg|ml|g|µg|mcg|%|°)\b")
_LEADS_IN = re.compile(r"\b(?:is|are|be|may|must|if|following|follows|include|includes|to):$|\b(?:is|are|include) .*:$")
"""A sentence that leads in to a list is context already, and says more than a heading."""
_NAMED = (Kind.PARAGRAPH, Kind.BULLET, Kind.TABLE_HEAD, Kind.TABLE_ROW)


@dataclass(frozen=True, slots=True)
class ProposedHeading:
    """A line of a text, numbered from 1, and the level that it would have."""

    line: int
    text: str
    level: int


def proposed_headings(markdown: str) -> tuple[ProposedHeading, ...]:
    """The lines of a text that may be sub-headings, in their order."""
    return tuple(_found(markdown))


def marked(markdown: str, lines: Collection[int]) -> str:
    """The text with these of its proposed lines marked; what is not proposed stays as it is."""
    chosen = {heading.line: heading for heading in proposed_headings(markdown) if heading.line in lines}
    rows = markdown.split("\n")
    for number, heading in chosen.items():
        rows[number - 1] = f"{'#' * heading.level} {heading.text}"
    return "\n".join(rows)


def _found(markdown: str) -> Iterator[ProposedHeading]:
    blocks = parse_blocks(markdown)
    level = 1
    for block, after in zip(blocks, (*blocks[1:], None), strict=True):
        if block.kind == Kind.HEADING:
            level = block.heading_level
        elif after is not None and _is_lone(markdown, block) and _names(markdown, block, after):
            line = markdown.count("\n", 0, block.start) + 1
            yield ProposedHeading(line, markdown[block.start : block.end].strip(), min(level + 1, _LOWEST))


def _is_lone(markdown: str, block: Block) -> bool:
    text = markdown[block.start : block.end].strip()
    short = len(text) <= _LONGEST and len(text.split()) <= _MOST_WORDS and "\n" not in text
    alone = markdown[: block.start].rpartition("\n")[2].strip() == ""
    return (
        block.kind == Kind.PARAGRAPH
        and short
        and alone
        and not _ENDED.search(text)
        and _OPENS.match(text) is not None
        and not _AMOUNT.search(text)
        and not _LEADS_IN.search(text)
    )


def _names(markdown: str, block: Block, after: Block) -> bool:
    """Whether something stands below it that it can be the heading of: more than a line such as itself."""
    below = markdown[after.start : after.end].strip()
    return after.kind in _NAMED and (
        after.kind != Kind.PARAGRAPH or len(below) > len(markdown[block.start : block.end])
    )
