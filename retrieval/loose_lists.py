"""Lists that have lost their marks or their levels: lines and bullets below what leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise, takewhile

from retrieval.blocks import Block, Kind
from retrieval.heading_lines import ENDS, FREQUENCY, words_of

__all__ = ["lists_of_lines"]

_LONGEST = 90
"""Characters of a line with a capital that can be an item between those in small letters."""


def lists_of_lines(source: str, blocks: Sequence[Block]) -> list[Block]:
    """Lines that a lead-in or an unfinished bullet leads to become bullets; bullets that a bullet leads to, its own."""
    found: list[Block] = []
    lists = max((b.container for b in blocks if b.container is not None), default=0)
    items = max((i for b in blocks for i in b.items), default=0)
    goes_on: dict[int | None, int | None] = {}
    place = 0
    while place < len(blocks):
        block = blocks[place]
        if block.container in goes_on:
            block = replace(block, container=goes_on[block.container])
        found.append(block)
        place += 1
        run = _lines_below(source, block, blocks[place:])
        if not run:
            continue
        lists += 1
        container = block.container if block.kind == Kind.BULLET else lists
        for line in run:
            items += 1
            found.append(replace(line, kind=Kind.BULLET, container=container, items=(*block.items, items)))
        place += len(run)
        if block.kind == Kind.BULLET and place < len(blocks) and blocks[place].kind == Kind.BULLET:
            # The list that the lines stand in goes on.
            goes_on[blocks[place].container] = container
    return [b for _, same in groupby(found, key=lambda b: b.container) for b in _nested(source, list(same))]


def _lines_below(source: str, block: Block, below: Sequence[Block]) -> Sequence[Block]:
    """The lines below a lead-in with a colon, or below a bullet without an end, that are its items.

    They begin with a small letter (a name between them may not); below a colon also two or more without a stop.
    """
    text = words_of(source, block)
    colon = text.endswith(":")
    leads = colon if block.kind == Kind.PARAGRAPH else block.kind == Kind.BULLET and not text.endswith(ENDS)
    if not leads:
        return ()
    run = list(takewhile(lambda b: b.kind == Kind.PARAGRAPH and not FREQUENCY.fullmatch(words_of(source, b)), below))
    small = [_starts_small(source, line) for line in run]
    if small[:1] == [True]:
        short = list(takewhile(lambda n: small[n] or len(words_of(source, run[n])) <= _LONGEST, range(len(run))))
        return run[: max(n for n in short if small[n]) + 1]
    items = list(takewhile(lambda b: not words_of(source, b).endswith((".", "!", "?", ":")), run)) if colon else []
    return items if len(items) > 1 else ()


def _starts_small(source: str, block: Block) -> bool:
    return source[block.content[0].start].islower() if block.content else False


def _nested(source: str, bullets: list[Block]) -> Iterator[Block]:
    """Of one list without levels: what a bullet leads to stands below it."""
    if {len(b.items) for b in bullets if b.kind == Kind.BULLET} != {1}:
        yield from bullets
        return
    apart = [False, *(source.count("\n", a.end, b.start) > 1 for a, b in pairwise(bullets)), True]
    tight = not all(apart[1:-1])
    lead: Block | None = None
    small = by_case = False
    for place, block in enumerate(bullets):
        words, is_small, last = words_of(source, block), _starts_small(source, block), place == len(bullets) - 1
        colon = words.endswith(":")
        if lead is not None and (is_small != small if by_case else apart[place] and bullets[place - 1] is not lead):
            lead = None
        title = tight and (apart[place] or not place) and apart[place + 1] and not words.endswith((*ENDS, ":", ")"))
        if not last and ((colon and (lead is None or not by_case)) or (title and lead is None)):
            lead, small = block, _starts_small(source, bullets[place + 1])
            by_case = colon and is_small != small
            yield block
        else:
            yield block if lead is None else replace(block, items=(*lead.items, *block.items))
