"""The JSON API: one question, one answer, by the same Assistant as the page; and two health checks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.answer import Decision
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from web.conversations import Conversations, continued
from web.failures import log_failure
from web.models import AskRequest, AskResponse, Failure

__all__ = ["api_routes", "explain_bad_requests"]

_RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {"model": Failure, "description": "The conversation is not known, or no longer."},
    413: {"model": Failure, "description": "The body is longer than the server reads."},
    422: {
        "model": AskResponse | Failure,
        "description": "The message cannot be read (an answer with the decision 'rejected'), or the JSON is not right.",
    },
    500: {"model": Failure, "description": "The question was not answered; `notice_texts` says what to show."},
}


def api_routes(assistant: Assistant, conversations: Conversations) -> APIRouter:
    """`POST /api/ask`, `GET /livez`, `GET /readyz`."""
    router = APIRouter()

    @router.post("/api/ask", response_model=AskResponse, responses=_RESPONSES, tags=["ask"])
    def ask(request: AskRequest) -> JSONResponse:
        """Answer a message in the monograph's own words, or say that it does not answer."""
        try:
            before = conversations.get(request.conversation) if request.conversation is not None else ()
        except KeyError:
            return JSONResponse({"error": "There is no such conversation, or it has expired. Send none."}, 404)
        try:
            answer = assistant.ask(request.text, before)
        except Exception as error:
            log_failure(error)
            names = (NoticeName.EMERGENCY, NoticeName.FAILED)
            texts = {name.value: assistant.notices[name].text for name in names}
            return JSONResponse({"error": "The question was not answered.", "notice_texts": texts}, 500)
        identifier = conversations.put(continued(before, request.text, answer), request.conversation)
        status = 422 if answer.decision == Decision.REJECTED else 200
        return JSONResponse({**answer.as_json(), "conversation": identifier}, status)

    @router.get("/livez", tags=["health"])
    def livez() -> dict[str, str]:
        """The process is up."""
        return {"status": "live"}

    @router.get("/readyz", tags=["health"], responses={503: {"model": Failure}})
    def readyz() -> JSONResponse:
        """A question whose answer is known was answered just now, through all of the assistant."""
        try:
            reason = _not_ready(assistant)
        except Exception as error:
            log_failure(error)
            reason = f"The assistant raised {type(error).__name__}."
        return JSONResponse({"error": reason}, 503) if reason else JSONResponse({"status": "ready"})

    return router


def explain_bad_requests(app: FastAPI) -> None:
    """Answer with a Failure of one sentence. FastAPI's own answer would send the patient's message back."""

    @app.exception_handler(HTTPException)
    def refuse(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": f"{error.detail}."}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    def explain(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, str)) or "The body"
        return JSONResponse({"error": f"{place}: {first['msg']}."}, 422)


def _not_ready(assistant: Assistant) -> str:
    """Why the first approved phrasing is not answered by its passage; empty if it is."""
    phrasings = (phrasing for document in assistant.corpus.documents.values() for phrasing in document.phrasings)
    golden = next(phrasings, None)
    if golden is None:
        assistant.ask("Is anything here?")
        return ""
    cited = [citation.passage.id for citation in assistant.ask(golden.question).citations]
    return "" if golden.passage in cited else "The golden question is not answered by its passage."
