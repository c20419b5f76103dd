"""The JSON API: one question, one answer, by the same Assistant as the page; and two health checks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route

from web.gateway import Gateway
from web.lifecycle import Lifecycle
from web.models import AskRequest, AskResponse, Failure

__all__ = ["api_routes", "explain_bad_requests"]

_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}

_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "The body is not UTF-8."},
    401: {
        "model": Failure,
        "description": "What came as `X-API-Key`, which no client needs, is no key.",
    },
    403: {"model": Failure, "description": "The request comes from a page of a site that may not ask here."},
    404: {"model": Failure, "description": "The conversation or the document is not known, or no longer."},
    408: {"model": Failure, "description": "The body did not come in time."},
    413: {"model": Failure, "description": "The body is longer than the server reads."},
    422: {
        "model": AskResponse | Failure,
        "description": "The message cannot be read (an answer with the decision 'rejected'), or the JSON is not right.",
    },
    429: {
        "model": Failure,
        "description": "Too many questions from this address; `Retry-After` says how long to wait.",
        "headers": _RETRY_AFTER,
    },
    500: {"model": Failure, "description": "The question was not answered; `notice_texts` says what to show."},
    503: {
        "model": Failure,
        "description": "Too many questions are waiting; `Retry-After` says how long to wait.",
        "headers": _RETRY_AFTER,
    },
}


def api_routes(gateway: Gateway, lifecycle: Lifecycle) -> APIRouter:
    """`POST /api/ask`, `GET /livez`, `GET /readyz`."""
    router = APIRouter()

    @router.post("/api/ask", response_model=AskResponse, responses=_RESPONSES, tags=["ask"])
    async def ask(
        request: AskRequest, x_api_key: Annotated[str | None, Header(include_in_schema=False)] = None
    ) -> JSONResponse:
        """Answer a message in the monograph's own words, or say that it does not answer."""
        reply = await gateway.ask(request.text, request.conversation, request.context, request.document, x_api_key)
        return JSONResponse(reply.body, reply.status, reply.headers)

    @router.get("/livez", tags=["health"])
    async def livez() -> dict[str, str]:
        """The process is up."""
        return {"status": "live"}

    @router.get("/readyz", tags=["health"], responses={503: {"model": Failure}})
    def readyz() -> JSONResponse:
        """A question whose answer is known was answered, through all of the assistant, and nothing is stopping."""
        problem = lifecycle.problem()
        return JSONResponse({"error": problem}, 503) if problem else JSONResponse({"status": "ready"})

    _refuse_other_methods(router)
    return router


def _refuse_other_methods(router: APIRouter) -> None:
    """Answer 405 at the addresses of a router: the page, which is mounted at /, would say that nothing is there."""
    for route in [route for route in router.routes if isinstance(route, Route)]:
        methods = route.methods or set()
        allowed = {"allow": ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))}
        refusal: Any = JSONResponse({"error": "Method Not Allowed."}, 405, allowed)
        router.add_route(route.path, refusal, include_in_schema=False)


def explain_bad_requests(app: FastAPI) -> None:
    """Answer with a Failure of one sentence. FastAPI's own answer would send the patient's message back."""

    @app.exception_handler(HTTPException)
    def refuse(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": f"{error.detail}."}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    def explain(request: Request, error: RequestValidationError) -> JSONResponse:
        if "content-type" not in request.headers:
            return JSONResponse({"error": "Send JSON, with the header 'content-type: application/json'."}, 422)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, str)) or "The body"
        return JSONResponse({"error": f"{place}: {first['msg']}."}, 422)
