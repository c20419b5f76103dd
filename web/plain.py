"""The page without scripts: a form that is posted, and the same answer as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.failures import log_failure
from assistant.question import MAX_CHARACTERS
from retrieval.corpus import Document
from retrieval.text import clean
from web.conversations import Conversations, continued
from web.first import Frame, answered_page, first_page, form_buttons, hidden, plain_form
from web.rate import ClientLimit
from web.render import (
    render_answer,
    render_busy,
    render_failed,
    render_notice,
    render_question,
    render_too_many,
)
from web.suggestions import follow_ups
from web.waiting import LineFull, WaitingLine

__all__ = ["PLAIN_PATH", "plain_routes"]

PLAIN_PATH = "/ask"

_MOST_FIELDS = 8
_EMPTY = "Write your question first."


def plain_routes(
    assistant: Assistant,
    conversations: Conversations,
    line: WaitingLine,
    frame: Callable[[], Frame],
    limit: ClientLimit,
    public_url: str = "",
) -> APIRouter:
    """`GET /`, the page's first HTML, and `POST /ask`, which its form sends `question` and `conversation` to, and
    `medicine` where the page keeps to one (`/?medicine=ID`). `limit` counts the questions."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def page(medicine: str = "", lang: str = "en") -> HTMLResponse:
        """`lang` is the language of a site that shows the page in a frame: see static/embed.js."""
        return HTMLResponse(first_page(frame(), _kept(medicine), _english_only(assistant, lang)))

    @router.get(PLAIN_PATH)
    def nothing_asked() -> RedirectResponse:
        return RedirectResponse("./", 303)

    @router.post(PLAIN_PATH)
    async def ask(request: Request) -> HTMLResponse:
        fields = _fields(await request.body())
        text, document = fields.get("question", ""), fields.get("document")
        identifier, kept = fields.get("conversation", ""), _kept(fields.get("medicine", ""))
        try:
            before = conversations.get(identifier)
        except KeyError:
            identifier, before = "", ()
        if not clean(text[:MAX_CHARACTERS]):
            return HTMLResponse(answered_page(frame(), "<div></div>", plain_form(identifier, _EMPTY, kept=kept), kept))
        if seconds := limit.seconds_to_wait(request.client):
            return _unanswered(text, identifier, kept, render_too_many(assistant.notices, seconds), 429)
        if document not in assistant.corpus.documents:
            document = None
        asked = assistant.kept_to(kept) if kept else assistant
        try:
            place = line.join(lambda: asked.ask(text, before, True, document))
            async for _ in place.waiting():
                pass
            answer = place.result()
        except LineFull:
            return _unanswered(text, identifier, kept, render_busy(assistant.notices), 503)
        except Exception as error:
            log_failure(error)
            return _unanswered(text, identifier, kept, render_failed(assistant.notices), 500)
        identifier = conversations.put(continued(before, text, answer), identifier or None)
        offered = follow_ups(answer, _documents(answer), [text, *(turn.question for turn in before)])
        shown = render_question(text, MAX_CHARACTERS) + _answered(answer, text, offered, identifier, kept, public_url)
        typed = text if len(text) > MAX_CHARACTERS else ""
        return HTMLResponse(answered_page(frame(), shown, plain_form(identifier, typed=typed, kept=kept), kept))

    def _kept(medicine: str) -> str:
        """The medicine that a page keeps to, if there is such a one in a library."""
        documents = assistant.corpus.documents
        return medicine if len(documents) > 1 and medicine in documents else ""

    def _unanswered(text: str, identifier: str, kept: str, article: str, status: int) -> HTMLResponse:
        shown = render_question(text, MAX_CHARACTERS) + article
        return HTMLResponse(answered_page(frame(), shown, plain_form(identifier, typed=text, kept=kept), kept), status)

    return router


def _english_only(assistant: Assistant, tag: str) -> str:
    """What says, in the language of a tag such as 'pt-BR', that the page answers in English; empty if nothing does."""
    notice = assistant.english_only(tag.partition("-")[0].lower())
    return render_notice(notice) if notice else ""


def _documents(answer: Answer) -> dict[str, Document]:
    """The texts that were answered from: another release may be live by now."""
    return {d.document.monograph.id: d.document for d in answer.disclaimers}


def _answered(answer: Answer, text: str, offered: Sequence[str], conversation: str, kept: str, public_url: str) -> str:
    """The answer, and what the page's buttons ask as the buttons of a form."""
    article = render_answer(answer, _documents(answer), public_url=public_url)
    held = hidden("conversation", conversation) + hidden("medicine", kept)
    forms = ""
    if answer.choices:
        again = held + hidden("question", clean(text[:MAX_CHARACTERS]))
        medicines = [(choice.monograph.id, choice.monograph.title) for choice in answer.choices]
        forms += form_buttons("document", medicines, again)
    if offered:
        forms += f"<h2>You could ask next</h2>{form_buttons('question', [(text, text) for text in offered], held)}"
    return f'{article}<div class="plain-next">{forms}</div>' if forms else article


def _fields(body: bytes) -> dict[str, Any]:
    """What a form has sent; nothing of a body that is no form."""
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}
