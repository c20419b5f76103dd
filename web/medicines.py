"""The medicines of a library: those on the start page, those that fit what is typed, and the link that keeps to one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from assistant.assistant import Assistant
from retrieval.corpus import Corpus, Document
from retrieval.monograph import Monograph
from retrieval.text import plain_words
from web.layout import escaped
from web.suggestions import example_questions

__all__ = ["found", "medicine_routes", "render_library"]

_SHOWN = 20
"""At most so many are listed at a time: who does not see theirs types its name."""

_NO_MEDICINE = {"error": "There is no such medicine."}


def medicine_routes(assistant: Assistant) -> APIRouter:
    """`GET /m/ID`, the page kept to one medicine; `GET /medicines?q=`, those that fit; `GET /medicines/ID`, one."""
    router = APIRouter(include_in_schema=False)

    @router.get("/m/{document}")
    def keep(document: str) -> Response:
        if document not in assistant.corpus.documents:
            return JSONResponse(_NO_MEDICINE, 404)
        # Relative, so that it holds behind a proxy that serves the page under a path of its own.
        return RedirectResponse(f"../?medicine={quote(document, safe='')}", 307)

    @router.get("/medicines")
    def find(q: str = "") -> JSONResponse:
        return JSONResponse({"medicines": [_named(m) for m in found(assistant.corpus, q)], "all": _count(assistant)})

    @router.get("/medicines/{document}")
    def one(document: str) -> JSONResponse:
        known = assistant.corpus.documents.get(document)
        if known is None:
            return JSONResponse(_NO_MEDICINE, 404)
        return JSONResponse({**_named(known.monograph), "examples": list(example_questions(known))})

    return router


def found(corpus: Corpus, text: str) -> list[Monograph]:
    """The first medicines, by title, in whose names every word of `text` begins one; an empty text fits all."""
    asked = plain_words(text).split()
    fits = (d.monograph for d in _by_title(corpus) if all(_begins(word, d.monograph) for word in asked))
    return list(islice(fits, _SHOWN))


def render_library(corpus: Corpus) -> str:
    """A box to find a medicine in and the first of them, each a link; nothing where there is only one."""
    if len(corpus.documents) == 1:
        return ""
    links = "".join(
        f'<li><a href="m/{escaped(quote(m.id, safe=""))}" dir="auto">{_label(m)}</a></li>' for m in found(corpus, "")
    )
    return (
        '<div role="search" class="medicines"><label for="find-medicine">Find your medicine</label>'
        '<input type="search" id="find-medicine" autocomplete="off" maxlength="100">'
        f'<p class="note" id="medicines-found" role="status">{count_line(len(corpus.documents))}</p>'
        f'<ul id="medicines">{links}</ul></div>'
    )


def count_line(total: int) -> str:
    """How many there are, and what to do where they are not all listed."""
    if total <= _SHOWN:
        return f"{total:,} medicines. You can also ask at once and name yours."
    return f"{_SHOWN} of {total:,} medicines. Type the first letters of yours, or ask at once and name it."


def _by_title(corpus: Corpus) -> Iterator[Document]:
    return iter(sorted(corpus.documents.values(), key=lambda d: (d.monograph.title.casefold(), d.monograph.id)))


def _begins(word: str, monograph: Monograph) -> bool:
    names = (monograph.title, monograph.generic_name, monograph.id, *monograph.aliases)
    return any(part.startswith(word) for name in names for part in plain_words(name).split())


def _label(monograph: Monograph) -> str:
    generic = monograph.generic_name
    other = f" <span>{escaped(generic)}</span>" if generic.casefold() != monograph.title.casefold() else ""
    return f"{escaped(monograph.title)}{other}"


def _named(monograph: Monograph) -> dict[str, Any]:
    return {"document": monograph.id, "name": monograph.title, "generic_name": monograph.generic_name}


def _count(assistant: Assistant) -> int:
    return len(assistant.corpus.documents)
