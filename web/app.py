"""The web application: the page, the source pages, the API, and what guards them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from assistant.assistant import Assistant
from staff.keys import Keys
from staff.unanswered import KEPT_DAYS
from web.api import api_routes, explain_bad_requests
from web.clients import ForwardedBy, Network
from web.conversations import Conversations
from web.fixed import first_frame
from web.gateway import Gateway
from web.glossary import Glossary
from web.instrumented import InstrumentedAssistant
from web.lifecycle import InHand, Lifecycle
from web.limits import BodyLimit
from web.mcp_tool import MCP_PATH, add_mcp_tool
from web.medicines import medicine_routes
from web.metrics import Metrics
from web.missed import Missed
from web.mounting import mount_page
from web.page import LONGEST_MESSAGE, build_page, renew
from web.plain import PLAIN_PATH, plain_routes
from web.prefix import HeadAsGet, UnderPrefix
from web.rate import REQUESTS_TO_A_QUESTION, ClientLimit, RateLimit
from web.security import STAFF, KnownRoutes, SameOrigin, SecurityHeaders
from web.source import source_routes
from web.staff.guard import SIGN_IN, StaffGuard
from web.staff.mount import LONGEST_OF_STAFF, Staff, add_staff
from web.waiting import WaitingLine

__all__ = ["LONGEST_BODY", "Service", "create_app"]

LONGEST_BODY = 64 << 10
"""Bytes of a request's body."""

# The longest message that fits the box, each character as a JSON escape (\u0000), and Gradio's envelope.
_LONGEST_EVENT = 6 * LONGEST_MESSAGE + LONGEST_BODY

# A character as a form writes it: %F0%9F%92%8A.
_LONGEST_FORM = 12 * LONGEST_MESSAGE + LONGEST_BODY

_MOST_PAGES = 2_000
"""Open pages whose conversation is kept; the longest unused goes first."""

_AT_ONCE = 4
"""Questions that are answered at a time. So many are encoded together; more would only share the same cores."""

_WAITING = 200
"""Questions in the line, with those; who comes later is told so."""

_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Service:
    """Who may ask, how often and by which ways; settings.py says what each is for."""

    origins: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    questions: int = 120
    """A minute, from one address."""
    mcp: bool = False
    root_path: str = ""
    """Where the page stands below its host, behind a proxy."""
    public_url: str = ""
    """The page's address for everybody, without a slash at its end; empty if it has none."""


def create_app(
    assistant: Assistant,
    service: Service = Service(),
    lifecycle: Lifecycle | None = None,
    metrics: Metrics | None = None,
    glossary: Callable[[], Glossary] = Glossary,
    staff: Staff | None = None,
) -> FastAPI:
    """Everything that is served, around one assistant: that of `staff`, where the bench is on."""
    lifecycle, metrics = lifecycle or Lifecycle(assistant), metrics or Metrics(assistant.corpus)
    conversations, line = Conversations(), WaitingLine(_AT_ONCE, _WAITING)
    metrics.watch(lambda: lifecycle.in_hand, lambda: len(conversations))
    app = FastAPI(
        title="Verbatim",
        description="Answers about a medicine in the monograph's own words, cited to the character.",
        docs_url=None,  # its scripts come from another host
        redoc_url=None,
    )
    limit = ClientLimit(service.questions)
    _guard(app, service, limit, lifecycle, metrics, staff)
    explain_bad_requests(app)
    missed = Missed(staff.bench.state, staff.live) if staff else None

    medicine_of = Keys(staff.bench.state).document_of if staff else lambda _: None

    def instrumented(through: str) -> InstrumentedAssistant:
        return InstrumentedAssistant(assistant, metrics, through, *([missed.answered] if missed else []))

    app.include_router(api_routes(Gateway(instrumented("api"), conversations, line, medicine_of), lifecycle))
    app.include_router(source_routes(assistant))
    app.include_router(medicine_routes(assistant))
    app.include_router(
        plain_routes(
            instrumented("plain"), conversations, line, lambda: first_frame(assistant), limit, service.public_url
        )
    )
    app.mount("/web", StaticFiles(directory=_STATIC))
    if service.mcp:
        add_mcp_tool(app, Gateway(instrumented("mcp"), conversations, line))
    told, shared = (missed.told, missed.shared) if missed else (None, None)
    page = build_page(
        instrumented("page"), glossary, told, line, shared, KEPT_DAYS if missed else 0, service.public_url, limit
    )
    page.state_session_capacity = _MOST_PAGES
    if staff:
        add_staff(app, staff, service.root_path)
        staff.live.at_switch(lambda next_one: renew(page, next_one.assistant))
        staff.live.at_switch(lambda next_one: metrics.serve(next_one.assistant.corpus))
    mount_page(app, page, "/", root_path=service.root_path or None)
    return app


def _guard(
    app: FastAPI, service: Service, limit: ClientLimit, lifecycle: Lifecycle, metrics: Metrics, staff: Staff | None
) -> None:
    """What a request passes before it is answered; the last one added is the first one passed."""
    longest = {
        "/gradio_api/run/predict": _LONGEST_EVENT,
        PLAIN_PATH: _LONGEST_FORM,
        **(LONGEST_OF_STAFF if staff else {}),
    }
    app.add_middleware(BodyLimit, most=LONGEST_BODY, others=longest)
    others = service.questions * REQUESTS_TO_A_QUESTION
    app.add_middleware(RateLimit, questions=limit, requests=others, sign_in=SIGN_IN if staff else "")
    app.add_middleware(SameOrigin, origins=service.origins)
    app.add_middleware(KnownRoutes, more=[MCP_PATH] if service.mcp else [], roots=[STAFF] if staff else [])
    # Without it Gradio lets in every origin.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=service.origins,
        allow_methods=["POST"],
        allow_headers=["content-type", "x-api-key"],
    )
    app.add_middleware(ForwardedBy, proxies=service.proxies)
    if staff:
        # Before ForwardedBy: it asks whether the proxy itself is connected.
        app.add_middleware(StaffGuard, who=staff.who)
    app.add_middleware(InHand, lifecycle=lifecycle, metrics=metrics)
    app.add_middleware(SecurityHeaders, origins=service.origins)
    app.add_middleware(HeadAsGet)
    if service.root_path:
        app.add_middleware(UnderPrefix, prefix=service.root_path)
