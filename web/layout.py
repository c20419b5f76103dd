"""A stretch of a monograph as HTML that reads well and still holds every character.

The text content of what comes out is `source[start:end]`, code point for code point: Markdown's marks
(`- `, `| `, `### `, the rule under column heads) and the line ends between blocks stay in the DOM, in
spans that are hidden from view and from screen readers. A browser test compares the two.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from retrieval.blocks import Kind, Span
from retrieval.corpus import Document
from retrieval.passages import Level, Passage, Role
from web.glossary import Glossary, TermPlace

__all__ = ["Marks", "column_heads", "escaped", "laid_out", "table_row"]

_TABLE = (Kind.TABLE_HEAD, Kind.TABLE_ROW)
_DEEPEST = 4
"""Nested bullets are indented up to here."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in a text, without changing it: the sentence that answers, and terms that are explained."""

    highlight: Span | None = None
    terms: tuple[TermPlace, ...] = ()


_NO_MARKS = Marks()

# As references, so that neither a Markdown reader nor the newline rule of HTML parsers sees them.
_WHITE = {ord(c): f"&#{ord(c)};" for c in "\t\n\r"}


def escaped(text: str) -> str:
    """Text for an element or a quoted attribute, on one line."""
    return html.escape(text).translate(_WHITE)


def laid_out(
    document: Document, span: Span, marks: Marks = _NO_MARKS, top: int = 2, hidden_heading: int | None = None
) -> str:
    """The blocks of `span` as headings, paragraphs, lists and tables.

    Headings start at the HTML level `top`. The heading that starts at `hidden_heading` is kept, but not
    shown: it stands above already.
    """
    blocks = [b for b in document.passages.level(Level.BLOCK) if span.start <= b.start and b.end <= span.end]
    edges = [span.start, *(b.start for b in blocks[1:]), span.end]
    pieces = [(b, Span(a, z)) for b, (a, z) in zip(blocks, pairwise(edges), strict=True)]
    parts: list[str] = []
    for _, same in groupby(_numbered(pieces), key=lambda piece: piece[0]):
        group = [(block, extent) for _, block, extent in same]
        parts.append(_group(document, group, marks, top, hidden_heading))
    return "".join(parts)


def column_heads(document: Document, block: Span, glossary: Glossary) -> str:
    """A `thead` for the row of column heads at `block`."""
    head = next(b for b in document.passages.level(Level.BLOCK) if b.start == block.start)
    marks = Marks(terms=glossary.places(document.monograph.source, head.content))
    return f"<thead>{table_row(document, head, block, marks)}</thead>"


def table_row(document: Document, row: Passage, extent: Span, marks: Marks) -> str:
    """A `tr`. What stands between two cells goes, hidden, into the second."""
    source = document.monograph.source
    tag, close = ('th scope="col"', "th") if row.kind == Kind.TABLE_HEAD else ("td", "td")
    cells: list[str] = []
    at = extent.start
    for cell in row.content:
        # An empty cell has no words of its own: two bars in a row tell of it.
        bars = source.count("|", at, cell.start) - 1
        cells.extend(["<td></td>"] * bars)
        cells.append(f"{_hidden(source[at : cell.start])}{_text(source, cell, marks)}")
        at = cell.end
    cells = cells or [""]
    cells[-1] += _hidden(source[at : extent.end])
    return "<tr>" + "".join(c if c == "<td></td>" else f"<{tag}>{c}</{close}>" for c in cells) + "</tr>"


def _numbered(pieces: Sequence[tuple[Passage, Span]]) -> Iterator[tuple[int, Passage, Span]]:
    """Number the elements that the blocks go into: bullets in a row share one, and so does a table."""
    number = 0
    before: Kind | None = None
    for block, extent in pieces:
        bullets = before == Kind.BULLET == block.kind
        rows = before in _TABLE and block.kind == Kind.TABLE_ROW
        number += not (bullets or rows)
        yield number, block, extent
        before = block.kind


def _group(
    document: Document, group: Sequence[tuple[Passage, Span]], marks: Marks, top: int, hidden_heading: int | None
) -> str:
    source = document.monograph.source
    first, extent = group[0]
    if first.kind == Kind.BULLET:
        return f"<ul>{''.join(_bullet(source, b, e, marks) for b, e in group)}</ul>"
    if first.kind in _TABLE:
        rows = [(b.kind, table_row(document, b, e, marks)) for b, e in group]
        head = "".join(row for kind, row in rows if kind == Kind.TABLE_HEAD)
        body = "".join(row for kind, row in rows if kind == Kind.TABLE_ROW)
        return f"<table>{head and f'<thead>{head}</thead>'}<tbody>{body}</tbody></table>"
    if first.kind == Kind.HEADING:
        if first.start == hidden_heading:
            return _hidden(source[extent.start : extent.end])
        hashes = len(first.text) - len(first.text.lstrip("#"))
        level = min(6, max(top, hashes))
        return f"<h{level}>{_inner(source, first, extent, marks)}</h{level}>"
    return f"<p>{_inner(source, first, extent, marks)}</p>"


def _bullet(source: str, block: Passage, extent: Span, marks: Marks) -> str:
    depth = min(_DEEPEST, 1 + sum(c.role == Role.ITEM for c in block.context))
    lead = source[extent.start : block.content[0].start] if block.content else ""
    if any(c.isdigit() for c in lead):
        # The number of an ordered item is part of what it says.
        rest = Span(block.content[0].start, extent.end)
        inner = f"{escaped(lead)}{_inner(source, block, rest, marks)}"
        return f'<li class="numbered depth-{depth}">{inner}</li>'
    return f'<li class="depth-{depth}">{_inner(source, block, extent, marks)}</li>'


def _inner(source: str, block: Passage, extent: Span, marks: Marks) -> str:
    parts: list[str] = []
    at = extent.start
    for words in block.content:
        parts += [_hidden(source[at : words.start]), _text(source, words, marks)]
        at = words.end
    return "".join([*parts, _hidden(source[at : extent.end])])


def _text(source: str, span: Span, marks: Marks) -> str:
    """The words of a span, with what the highlight covers of them in a `mark`."""
    over = marks.highlight
    start, end = (max(span.start, over.start), min(span.end, over.end)) if over else (span.end, span.end)
    if start >= end:
        return _words(source, span, marks)
    before, marked, after = Span(span.start, start), Span(start, end), Span(end, span.end)
    return f"{_words(source, before, marks)}<mark>{_words(source, marked, marks)}</mark>{_words(source, after, marks)}"


def _words(source: str, span: Span, marks: Marks) -> str:
    """The words of a span; a term that lies inside it can be tapped."""
    parts: list[str] = []
    at = span.start
    for place in marks.terms:
        if at <= place.span.start and place.span.end <= span.end:
            parts += [escaped(source[at : place.span.start]), _term(source, place)]
            at = place.span.end
    return "".join([*parts, escaped(source[at : span.end])])


def _term(source: str, place: TermPlace) -> str:
    # No <button>: it would not break over two lines as words do.
    word = escaped(source[place.span.start : place.span.end])
    name, meaning = escaped(place.term.term), escaped(place.term.explanation)
    return f'<span class="term" role="button" tabindex="0" data-term="{name}" data-meaning="{meaning}">{word}</span>'


def _hidden(text: str) -> str:
    return f'<span class="mark" hidden>{escaped(text)}</span>' if text else ""
