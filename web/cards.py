"""A citation as a card: where it stands, the passage with what must be read with it, and what can be done with it."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote, urlencode

from assistant.answer import Citation, ContextQuote, Disclaimer, Section
from retrieval.blocks import Kind, Span
from retrieval.corpus import Document
from retrieval.monograph import DISCLAIMER, Monograph
from retrieval.passages import Level, Role
from web.glossary import Glossary
from web.layout import Marks, column_heads, escaped, laid_out, table_row
from web.public import public_address, qr_code

__all__ = [
    "CARD_HEADINGS",
    "SHOWN_OF_HASH",
    "citation_link",
    "folded_disclaimer",
    "named_link",
    "render_card",
    "render_disclaimer",
    "section_link",
    "sections",
    "version_line",
]

CARD_HEADINGS = 4
"""HTML level of the highest heading inside a passage."""

SHOWN_OF_HASH = 16
"""Hexadecimal digits of a text's SHA-256 in addresses: enough to tell one text from another."""

_OPENS = 'target="_blank" rel="noopener" data-opens'


def render_card(
    citation: Citation,
    document: Document,
    is_answer: bool,
    glossary: Glossary,
    names_medicine: bool = False,
    public_url: str = "",
) -> str:
    """A passage. Where there are several medicines, its heading begins with the name of its own.

    Where the page has an address for everybody, the citation has one too, with a code that is seen on paper.
    """
    monograph, passage = citation.quote.monograph, citation.passage
    words = _context(citation, document) + _passage(citation, document, is_answer, glossary)
    link = citation_link(citation)
    public = public_address(public_url, link)
    address, code = (f' data-public="{escaped(public)}"', qr_code(public)) if public else ("", "")
    medicine = f'<span class="medicine">{escaped(monograph.title)}</span> ' if names_medicine else ""
    return (
        '<section class="card">'
        f'<h3 dir="auto">{medicine}{escaped(passage.section or monograph.title)}</h3>'
        f'<p class="version">{version_line(monograph)}</p>'
        f'<blockquote class="words" dir="auto">{words}</blockquote>'
        f'<div class="tools"><a class="show" href="{escaped(link)}"{address} {_OPENS}>'
        'Show in the monograph</a><button type="button" class="copy">Copy</button>'
        '<button type="button" class="aloud">Read aloud</button></div>'
        f"{code}</section>"
    )


def render_disclaimer(disclaimer: Disclaimer) -> str:
    name, text = escaped(disclaimer.document.monograph.id), _disclaimer(disclaimer)
    return f'<div class="disclaimer"><p class="label">{DISCLAIMER}</p><div data-disclaimer="{name}">{text}</div></div>'


def folded_disclaimer(disclaimer: Disclaimer) -> str:
    """The same before anything is asked, where no answer needs it yet."""
    text = _disclaimer(disclaimer)
    return f'<details class="disclaimer"><summary>{DISCLAIMER}</summary><div>{text}</div></details>'


def _disclaimer(disclaimer: Disclaimer) -> str:
    document, own = disclaimer.document, disclaimer.document.disclaimer
    if own:
        return laid_out(document, own, top=CARD_HEADINGS)
    return "".join(f"<p>{escaped(part)}</p>" for part in disclaimer.notice.text.split("\n\n"))


def sections(document: Document) -> tuple[Section, ...]:
    """All sections of a monograph that have a name, in its order."""
    named = [passage for passage in document.passages.level(Level.SECTION) if passage.section]
    return tuple(Section.of(document, passage) for passage in named)


def section_link(section: Section) -> str:
    address = f"{_source(section.quote.monograph)}#s{section.quote.start}"
    return named_link(section, f'href="{escaped(address)}" {_OPENS}')


def named_link(section: Section, attributes: str) -> str:
    """The name of a section as a link, and what takes the name back, if anything does."""
    said = f" <q>{escaped(section.correction.text)}</q>" if section.correction else ""
    return f"<a {attributes}>{escaped(section.name)}</a>{said}"


def citation_link(citation: Citation) -> str:
    """The permanent address of a citation, relative to the page.

    It names the text that was cited, so that no other text is ever marked in its place, and the passage,
    which may stand in a later version too (decision 0003).
    """
    place = {
        "start": citation.quote.start,
        "end": citation.quote.end,
        "sha256": citation.quote.monograph.sha256[:SHOWN_OF_HASH],
        "passage": citation.passage.id,
    }
    return f"{_source(citation.quote.monograph)}?{urlencode(place)}#cited"


def version_line(monograph: Monograph) -> str:
    title, version = escaped(monograph.title), escaped(monograph.version)
    return f"{title} · version {version} · effective {_day(monograph.effective)}"


def _source(monograph: Monograph) -> str:
    return f"source/{quote(monograph.id, safe='')}/{quote(monograph.version, safe='')}"


def _day(day: date) -> str:
    return f'<time datetime="{day}">{day.day} {day:%B %Y}</time>'


def _context(citation: Citation, document: Document) -> str:
    """What must be read with the passage, above it. The card's heading is the section's already."""
    above = list(citation.context)
    if citation.passage.section and above and above[0].role == Role.HEADING:
        del above[0]
    text = "".join(_above(context, document) for context in above if context.role != Role.COLUMNS)
    return f'<div class="context" data-context>{text}</div>' if text else ""


def _above(context: ContextQuote, document: Document) -> str:
    if context.role == Role.CORRECTION:
        # A sentence of a paragraph, and no whole block.
        return f"<p>{escaped(context.quote.text)}</p>"
    return laid_out(document, Span(context.quote.start, context.quote.end), top=CARD_HEADINGS)


def _passage(citation: Citation, document: Document, is_answer: bool, glossary: Glossary) -> str:
    passage, span = citation.passage, Span(citation.quote.start, citation.quote.end)
    # The highlight is the sentence that answers. Of a whole list or table every part does.
    highlight = citation.highlight if is_answer and passage.kind not in (Kind.LIST, Kind.TABLE) else None
    marks = Marks(highlight, glossary.places(document.monograph.source, passage.content))
    name = f'data-passage="{escaped(passage.id)}"'
    if passage.kind == Kind.TABLE_ROW:
        heads = [Span(c.quote.start, c.quote.end) for c in citation.context if c.role == Role.COLUMNS]
        head = "".join(column_heads(document, span, glossary) for span in heads)
        return f"<table>{head}<tbody {name}>{table_row(document, passage, span, marks)}</tbody></table>"
    # A list right under its section's heading starts with that heading.
    hidden = None if citation.context or not passage.section else span.start
    return f"<div {name}>{laid_out(document, span, marks, CARD_HEADINGS, hidden)}</div>"
