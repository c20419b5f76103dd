"""The page of one monograph, whole, with a cited place marked: where a citation's permanent link leads.

Made on the server, and whole without scripts (one keeps the reader's text size and colours), so the
link works in any browser and in print. A link names the text it was made for. In another text only the
same passage is marked, by its id (decision 0003); else nothing is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.answer import Disclaimer, Section
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.passages import Level
from web.cards import named_link, render_disclaimer, sections, version_line
from web.layout import Marks, escaped, laid_out
from web.render import render_notice

__all__ = ["source_routes"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{root}web/verbatim.css">
<link rel="stylesheet" href="{root}web/print.css">
<script src="{root}web/display.js"></script>
</head>
<body id="page" class="source">
<div id="top"><aside id="emergency" aria-label="In an emergency">{emergency}</aside>{warning}</div>
<header><p><a href="{root}">Ask a question</a></p><h1 dir="auto">{title}</h1>{head}</header>
<main>{body}</main>
</body>
</html>
"""

_RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {
        "description": "There is no such monograph, or no such place in it: a page that says so.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}

_LONGEST_OFFSET = 12
"""Digits; a longer number is no offset, and reading it would only cost time."""

_SHORTEST_HASH = 8

_NUMBERS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*")


@dataclass(frozen=True, slots=True)
class _Link:
    """What the address of a citation says, as it came."""

    version: str
    start: str | None
    end: str | None
    sha256: str | None
    passage: str | None

    @property
    def names_a_place(self) -> bool:
        return self.start is not None or self.end is not None

    @property
    def span(self) -> Span | None:
        numbers = [
            int(n) for n in (self.start, self.end) if n and n.isascii() and n.isdigit() and len(n) <= _LONGEST_OFFSET
        ]
        return Span(*numbers) if len(numbers) == 2 else None


def source_routes(assistant: Assistant) -> APIRouter:
    """`GET /source/{document}/{version}?start=…&end=…&sha256=…&passage=…`, in code points of the text.

    `start` and `end` come together or not at all. `sha256` is the text's, or its first digits.
    """
    router = APIRouter()

    @router.get("/source/{document}/{version:path}", response_class=HTMLResponse, responses=_RESPONSES, tags=["source"])
    def source(
        document: str,
        version: str,
        start: str | None = None,
        end: str | None = None,
        sha256: str | None = None,
        passage: str | None = None,
    ) -> HTMLResponse:
        """The whole monograph, with the text from `start` to `end` marked (fragment `#cited`)."""
        root = "../" * (2 + version.count("/"))
        found = assistant.corpus.documents.get(document)
        if found is None:
            return error("No such monograph", "There is no monograph at this address.", root)
        link = _Link(version, start, end, sha256, passage)
        if not _made_for(link, found):
            cited = _same_passage(link, found)
            return page(found, cited, root, _other_text(link, found, cited))
        cited = link.span
        if link.names_a_place and (cited is None or not cited.start < cited.end <= len(found.monograph.source)):
            return error("No such place", "This address names no place in the monograph.", root)
        return page(found, cited, root)

    @router.get("/source/{document}", include_in_schema=False)
    def whole(document: str) -> Response:
        """The text in use now, whatever its version."""
        if document not in assistant.corpus.documents:
            return error("No such monograph", "There is no monograph at this address.", "../")
        return RedirectResponse(f"{quote(document, safe='')}/")

    def page(document: Document, cited: Span | None, root: str, warning: str = "") -> HTMLResponse:
        title = escaped(document.monograph.title)
        legal = Disclaimer(document, assistant.notices[NoticeName.DISCLAIMER])
        head = f'<p class="version">{version_line(document.monograph)}</p>{render_disclaimer(legal)}'
        body = f'{_contents(document)}<div class="words" data-source>{_text(document, cited)}</div>'
        return HTMLResponse(made(title, warning, head, body, root))

    def error(title: str, text: str, root: str) -> HTMLResponse:
        return HTMLResponse(made(title, "", "", f"<p>{escaped(text)}</p>", root), 404)

    def made(title: str, warning: str, head: str, body: str, root: str) -> str:
        emergency = render_notice(assistant.notices[NoticeName.EMERGENCY])
        return _PAGE.format(title=title, emergency=emergency, warning=warning, head=head, body=body, root=root)

    return router


def _made_for(link: _Link, document: Document) -> bool:
    """Whether an address was made for the text that is served."""
    monograph = document.monograph
    if not link.version and not link.names_a_place:
        return True  # it names no text: whichever is served
    same_text = link.sha256 is None or (len(link.sha256) >= _SHORTEST_HASH and monograph.sha256.startswith(link.sha256))
    return link.version == monograph.version and same_text


def _same_passage(link: _Link, document: Document) -> Span | None:
    """Where the passage that was cited stands in the text that is served, if it still does."""
    passage = document.passages.by_id.get(link.passage or "")
    return Span(passage.start, passage.end) if passage else None


def _other_text(link: _Link, document: Document, cited: Span | None) -> str:
    """Says that the text here is not the one that the address was made for."""
    monograph = document.monograph
    text = f"This link was made for version {link.version} of this monograph. "
    if link.version == monograph.version:
        text = f"This link was made for another text of version {link.version}. "
    if _is_older(link.version, monograph.version):
        text += f"There is a newer version, {monograph.version}, and it is what you see. "
    else:
        text += f"What you see is version {monograph.version}, the one in use now. "
    if cited:
        text += "The passage that the link leads to is in it, word for word; it is marked."
    elif link.names_a_place:
        text += "The passage that the link leads to is not in it any more, or not in the same words. Nothing is marked."
    said = f"<p>{escaped(text.strip())}</p>"
    return f'<section class="other-text" aria-label="About this link" data-other-text>{said}</section>'


def _is_older(version: str, other: str) -> bool:
    """Whether both are numbers, and the first comes before. Staff may name versions otherwise, and go back to one."""
    if not (_NUMBERS.fullmatch(version) and _NUMBERS.fullmatch(other)):
        return False
    return [int(n) for n in version.split(".")] < [int(n) for n in other.split(".")]


def _contents(document: Document) -> str:
    links = "".join(f"<li>{_link(section)}</li>" for section in sections(document))
    return f'<nav aria-label="Sections"><ul>{links}</ul></nav>'


def _link(section: Section) -> str:
    return named_link(section, f'href="#s{section.quote.start}"')


def _text(document: Document, cited: Span | None) -> str:
    """Every character of the monograph, each section with its address."""
    starts = [section.start for section in document.passages.level(Level.SECTION)]
    edges = [0, *starts[1:], len(document.monograph.source)]
    sections = (
        f'<section id="s{start}" dir="auto">{laid_out(document, Span(a, b), Marks(cited))}</section>'
        for start, (a, b) in zip(starts, pairwise(edges), strict=True)
    )
    return "".join(sections).replace("<mark>", '<mark id="cited">', 1)
