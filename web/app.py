"""The web application: the page, the source pages, the API, and what guards them."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from assistant.assistant import Assistant
from web.api import api_routes, explain_bad_requests
from web.conversations import Conversations
from web.limits import BodyLimit
from web.page import HEAD, LONGEST_MESSAGE, build_page, theme
from web.security import KnownRoutes, SecurityHeaders
from web.source import source_routes

__all__ = ["LONGEST_BODY", "create_app"]

LONGEST_BODY = 64 << 10
"""Bytes of a request's body."""

# The longest message that fits the box, each character as a JSON escape (\u0000), and Gradio's envelope.
_LONGEST_EVENT = 6 * LONGEST_MESSAGE + LONGEST_BODY

_STATIC = Path(__file__).parent / "static"


def create_app(assistant: Assistant) -> FastAPI:
    """Everything that is served, around one assistant."""
    app = FastAPI(
        title="Verbatim",
        description="Answers about a medicine in the monograph's own words, cited to the character.",
        docs_url=None,  # its scripts come from another host
        redoc_url=None,
    )
    app.add_middleware(CORSMiddleware, allow_origins=[])  # without it Gradio lets in every origin
    app.add_middleware(BodyLimit, most=LONGEST_BODY, others={"/gradio_api/queue/join": _LONGEST_EVENT})
    app.add_middleware(KnownRoutes)
    app.add_middleware(SecurityHeaders)
    explain_bad_requests(app)
    app.include_router(api_routes(assistant, Conversations()))
    app.include_router(source_routes(assistant))
    app.mount("/web", StaticFiles(directory=_STATIC))
    gr.mount_gradio_app(
        app,
        build_page(assistant),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        theme=theme(),
        head=HEAD,
    )
    return app
