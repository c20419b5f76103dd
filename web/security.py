"""What every response says to the browser, which addresses there are at all, and which sites may ask."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.refusals import refusal

__all__ = ["STAFF", "KnownRoutes", "SameOrigin", "SecurityHeaders", "security_headers", "under"]

STAFF = "/staff"
"""Where the staff page stands, if it is on."""

# Gradio's inline snippets are blocked by this; it then asks for its configuration instead.
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action {forms}; "
    "frame-ancestors {ancestors}"
)

# Gradio serves much more than the page needs (uploads, files, a proxy, run history, direct calls of
# events). What is not named here does not exist.
_PATHS = frozenset(
    [
        "/",
        "/api/ask",
        "/ask",
        "/config",
        "/favicon.ico",
        "/gradio_api/info",
        "/gradio_api/run/predict",
        "/livez",
        "/manifest.json",
        "/medicines",
        "/openapi.json",
        "/readyz",
        "/theme.css",
    ]
)
_PLAIN = ("/", "/ask")
_SOURCE = "/source/"
_FOLDERS = ("/assets/", "/gradio_api/heartbeat/", "/m/", "/medicines/", _SOURCE, "/static/", "/web/")


def under(path: str, root: str) -> bool:
    """Whether a path is `root` or stands under it."""
    return path == root or path.startswith(f"{root}/")


def security_headers(path: str = "/", origins: Sequence[str] = ()) -> dict[str, str]:
    """The headers of a response; `origins` may show the page in a frame of theirs.

    The text of a monograph may besides be shown in a frame of our own page.
    """
    forms, referrer = "'none'", "no-referrer"
    if path in _PLAIN or under(path, STAFF):
        # Their forms are sent to themselves, with their origin: without a referrer it would be 'null'.
        forms, referrer = "'self'", "same-origin"
    if under(path, STAFF):
        origins = ()  # nobody else's page frames it
    ancestors = [*(["'self'"] if path.startswith(_SOURCE) else []), *origins]
    return {
        "Content-Security-Policy": _POLICY.format(forms=forms, ancestors=" ".join(ancestors) or "'none'"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": referrer,
    }


class KnownRoutes:
    """Answers 404 to every address that the product does not use.

    `more` are addresses that a setting adds, `roots` such with all that stands under them.
    """

    def __init__(self, app: ASGIApp, more: Sequence[str] = (), roots: Sequence[str] = ()) -> None:
        self._app, self._paths, self._roots = app, _PATHS | set(more), roots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_known(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, "There is nothing at this address.", 404)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _is_known(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return scope["type"] == "http" and (
            path in self._paths or path.startswith(_FOLDERS) or any(under(path, root) for root in self._roots)
        )


class SameOrigin:
    """Answers 403 to what a page of a site that is not in `origins` would send in a visitor's name.

    Browsers state the site in `Origin`; programs send none and are let through.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            # The host alone is compared: behind a proxy this server may not know that it is reached by https.
            if origin not in (None, *self._origins) and urlsplit(origin).netloc != headers.get("host"):
                text = "This site may not ask here. Its address is not in the setting 'origins'."
                await refusal(scope, text, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SecurityHeaders:
    """Adds `security_headers` to every response."""

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(security_headers(scope["path"], self._origins))
            await send(message)

        await self._app(scope, receive, with_headers)
