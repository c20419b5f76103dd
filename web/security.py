"""What every response says to the browser, and which addresses there are at all."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "KnownRoutes", "SecurityHeaders"]

HEADERS = {
    # Gradio's inline snippets are blocked by this; it then asks for its configuration instead.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

# Gradio serves much more than the page needs (uploads, files, a proxy, run history, direct calls of
# events). What is not named here does not exist.
_PATHS = frozenset(
    [
        "/",
        "/api/ask",
        "/config",
        "/favicon.ico",
        "/gradio_api/info",
        "/gradio_api/queue/data",
        "/gradio_api/queue/join",
        "/livez",
        "/manifest.json",
        "/openapi.json",
        "/readyz",
        "/theme.css",
    ]
)
_FOLDERS = ("/assets/", "/gradio_api/heartbeat/", "/source/", "/static/", "/web/")


class KnownRoutes:
    """Answers 404 to every address that the product does not use."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _known(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await JSONResponse({"error": "There is nothing at this address."}, 404)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


def _known(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["type"] == "http" and (path in _PATHS or path.startswith(_FOLDERS))


class SecurityHeaders:
    """Adds HEADERS to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)
