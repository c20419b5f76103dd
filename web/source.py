"""The page of one monograph, whole, with a cited place marked: where a citation's permanent link leads.

Made on the server and without scripts, so the link works in any browser and in print.
"""

from __future__ import annotations

from itertools import pairwise

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.answer import Disclaimer
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.passages import Level
from web.layout import escaped, laid_out
from web.render import render_disclaimer, render_notice, version_line

__all__ = ["source_routes"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="../../web/verbatim.css">
</head>
<body id="page" class="source">
<aside id="emergency" aria-label="In an emergency">{emergency}</aside>
<header><p><a href="../../">Ask a question</a></p><h1 dir="auto">{title}</h1>{head}</header>
<main>{body}</main>
</body>
</html>
"""

_LONGEST_OFFSET = 12
"""Digits; a longer number is no offset, and reading it would only cost time."""


def source_routes(assistant: Assistant) -> APIRouter:
    """`GET /source/{document}/{version}?start=…&end=…`, in code points of the text; both or neither."""
    router = APIRouter()

    @router.get("/source/{document}/{version:path}", response_class=HTMLResponse, tags=["source"])
    def source(document: str, version: str, start: str | None = None, end: str | None = None) -> HTMLResponse:
        """The whole monograph, with the text from `start` to `end` marked (fragment `#cited`)."""
        found = assistant.corpus.documents.get(document)
        if found is None:
            return error("No such monograph", "There is no monograph at this address.", 404)
        if version != found.monograph.version:
            served = f"The version here is {found.monograph.version}. The version in this address is not kept here."
            return error("No such version", served, 404)
        if start is None and end is None:
            return page(found, None)
        cited = _span(start, end)
        if cited is None or not cited.start < cited.end <= len(found.monograph.source):
            return error("No such place", "This address names no place in the monograph.", 422)
        return page(found, cited)

    emergency = render_notice(assistant.notices[NoticeName.EMERGENCY])

    def page(document: Document, cited: Span | None) -> HTMLResponse:
        title = escaped(document.monograph.title)
        head = f'<p class="version">{version_line(document.monograph)}</p>{render_disclaimer(Disclaimer(document))}'
        body = f'{_contents(document)}<div class="words" data-source>{_text(document, cited)}</div>'
        return HTMLResponse(_PAGE.format(title=title, emergency=emergency, head=head, body=body))

    def error(title: str, text: str, status: int) -> HTMLResponse:
        body = f"<p>{escaped(text)}</p>"
        return HTMLResponse(_PAGE.format(title=title, emergency=emergency, head="", body=body), status)

    return router


def _span(start: str | None, end: str | None) -> Span | None:
    numbers = [int(n) for n in (start, end) if n and n.isascii() and n.isdigit() and len(n) <= _LONGEST_OFFSET]
    return Span(*numbers) if len(numbers) == 2 else None


def _contents(document: Document) -> str:
    named = [s for s in document.passages.level(Level.SECTION) if s.section]
    links = "".join(f'<li><a href="#s{s.start}">{escaped(s.section)}</a></li>' for s in named)
    return f'<nav aria-label="Sections"><ul>{links}</ul></nav>'


def _text(document: Document, cited: Span | None) -> str:
    """Every character of the monograph, each section with its address."""
    starts = [section.start for section in document.passages.level(Level.SECTION)]
    edges = [0, *starts[1:], len(document.monograph.source)]
    sections = (
        f'<section id="s{start}" dir="auto">{laid_out(document, Span(a, b), cited)}</section>'
        for start, (a, b) in zip(starts, pairwise(edges), strict=True)
    )
    return "".join(sections).replace("<mark>", '<mark id="cited">', 1)
