"""An Answer as escaped HTML. Pure: the same answer gives the same markup.

Each function gives one line that starts with a block element, so that the page's carrier shows it as
it is (docs/decisions/0007-page.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from assistant.answer import Answer, Citation, Decision, Disclaimer, Section
from assistant.notices import Notice, NoticeName, Notices
from retrieval.blocks import Kind, Span
from retrieval.corpus import Document
from retrieval.monograph import DISCLAIMER, Monograph
from retrieval.passages import Role
from retrieval.text import clean
from web.layout import column_heads, escaped, laid_out, table_row

__all__ = [
    "PENDING",
    "SHOWN_OF_QUESTION",
    "render_answer",
    "render_disclaimer",
    "render_failed",
    "render_notice",
    "render_question",
    "source_link",
    "version_line",
]

SHOWN_OF_QUESTION = 300
"""Characters of a message that was too long to be read which are shown back."""

PENDING = '<p class="pending">Looking in the monograph…</p>'

_CARD_HEADINGS = 4
_ANSWER = '<article class="answer {kind}"><h2 class="unseen">Answer</h2>{body}</article>'


def render_question(text: str, longest: int) -> str:
    """What the patient asked, without the characters that could disturb the page.

    A text of more than `longest` characters is cut to the first SHOWN_OF_QUESTION, and says so.
    """
    words, note = clean(text), ""
    if len(text) > longest:
        words = clean(text[:SHOWN_OF_QUESTION])
        note = f' <span class="note">(the first {SHOWN_OF_QUESTION} of {len(text):,} characters)</span>'
    elif not words:
        note = '<span class="note">(an empty message)</span>'
    return f'<div class="asked"><h2>You asked</h2><p><bdi dir="auto">{escaped(words)}</bdi>{note}</p></div>'


def render_answer(answer: Answer, documents: Mapping[str, Document]) -> str:
    """An answer: notices, the first passage in full, further ones folded, the disclaimer."""
    parts = [render_notice(notice) for notice in answer.notices]
    if answer.citations:
        is_answer = answer.decision != Decision.RELATED
        first, *more = [_card(c, documents[c.quote.monograph.id], is_answer) for c in answer.citations]
        label = "From the monograph" if is_answer else "Something close to it in the monograph"
        parts += [f'<p class="from">{label}</p>', first, _folded(more)]
    if answer.see_also:
        links = "".join(f"<li>{_section_link(section)}</li>" for section in answer.see_also)
        parts.append(f'<div class="nearest"><h3>You can look in</h3><ul>{links}</ul></div>')
    parts += [render_disclaimer(disclaimer) for disclaimer in answer.disclaimers]
    return _ANSWER.format(kind=answer.decision.value, body="".join(parts))


def render_failed(notices: Notices) -> str:
    """What stands in the place of an answer when the assistant broke."""
    body = render_notice(notices[NoticeName.EMERGENCY]) + render_notice(notices[NoticeName.FAILED])
    return _ANSWER.format(kind="failed", body=body)


def render_notice(notice: Notice) -> str:
    paragraphs = "".join(f"<p>{escaped(text.strip())}</p>" for text in notice.text.split("\n\n"))
    # An alarm breaks in on what a screen reader is saying; all else waits its turn in the log.
    role = ' role="alert"' if notice.name in (NoticeName.URGENT, NoticeName.CRISIS) else ""
    return f'<div class="notice {notice.name.value}" data-notice="{notice.name.value}"{role}>{paragraphs}</div>'


def render_disclaimer(disclaimer: Disclaimer) -> str:
    document = disclaimer.document
    text = laid_out(document, document.disclaimer, top=_CARD_HEADINGS)
    name = escaped(document.monograph.id)
    return f'<div class="disclaimer"><p class="label">{DISCLAIMER}</p><div data-disclaimer="{name}">{text}</div></div>'


def source_link(monograph: Monograph, start: int, end: int) -> str:
    """The permanent address of a place in a version of a monograph, relative to the page."""
    return f"{_source(monograph)}?start={start}&end={end}#cited"


def version_line(monograph: Monograph) -> str:
    title, version = escaped(monograph.title), escaped(monograph.version)
    return f"{title} · version {version} · effective {_day(monograph.effective)}"


def _source(monograph: Monograph) -> str:
    return f"source/{quote(monograph.id, safe='')}/{quote(monograph.version, safe='')}"


def _day(day: date) -> str:
    return f'<time datetime="{day}">{day.day} {day:%B %Y}</time>'


def _card(citation: Citation, document: Document, is_answer: bool) -> str:
    monograph, passage = citation.quote.monograph, citation.passage
    link = escaped(source_link(monograph, citation.quote.start, citation.quote.end))
    words = _context(citation, document) + _passage(citation, document, is_answer)
    return (
        '<section class="card">'
        f'<h3 dir="auto">{escaped(passage.section or monograph.title)}</h3>'
        f'<p class="version">{version_line(monograph)}</p>'
        f'<blockquote class="words" dir="auto">{words}</blockquote>'
        f'<p><a class="show" href="{link}" target="_blank" rel="noopener">Show in the monograph'
        '<span class="unseen"> (opens a new tab)</span></a></p>'
        "</section>"
    )


def _context(citation: Citation, document: Document) -> str:
    """What must be read with the passage, above it. The card's heading is the section's already."""
    above = list(citation.context)
    if citation.passage.section and above and above[0].role == Role.HEADING:
        del above[0]
    shown = [Span(c.quote.start, c.quote.end) for c in above if c.role != Role.COLUMNS]
    text = "".join(laid_out(document, span, top=_CARD_HEADINGS) for span in shown)
    return f'<div class="context" data-context>{text}</div>' if text else ""


def _passage(citation: Citation, document: Document, is_answer: bool) -> str:
    passage, span = citation.passage, Span(citation.quote.start, citation.quote.end)
    # The highlight is the sentence that answers. Of a whole list or table every part does.
    mark = citation.highlight if is_answer and passage.kind not in (Kind.LIST, Kind.TABLE) else None
    name = f'data-passage="{escaped(passage.id)}"'
    if passage.kind == Kind.TABLE_ROW:
        heads = [Span(c.quote.start, c.quote.end) for c in citation.context if c.role == Role.COLUMNS]
        head = "".join(column_heads(document, span) for span in heads)
        return f"<table>{head}<tbody {name}>{table_row(document, passage, span, mark)}</tbody></table>"
    # A list right under its section's heading starts with that heading.
    hidden = None if citation.context or not passage.section else span.start
    return f"<div {name}>{laid_out(document, span, mark, _CARD_HEADINGS, hidden)}</div>"


def _folded(cards: Sequence[str]) -> str:
    if not cards:
        return ""
    label = "1 more passage" if len(cards) == 1 else f"{len(cards)} more passages"
    return f'<details class="more"><summary>{label}</summary>{"".join(cards)}</details>'


def _section_link(section: Section) -> str:
    address = escaped(f"{_source(section.quote.monograph)}#s{section.quote.start}")
    return f'<a href="{address}" target="_blank" rel="noopener">{escaped(section.name)}</a>'
