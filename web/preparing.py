"""What is served until the chat can be: a page that says what is being prepared and how far it is.

The first start builds an index, which takes minutes. The port answers from the beginning: with this page, whose script
asks for the same address until something else is there and then shows that; `/livez` is 200, all else 503.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.layout import escaped
from web.prefix import HeadAsGet, UnderPrefix
from web.refusals import refusal
from web.security import SecurityHeaders

__all__ = ["Preparation", "preparing_app", "serving_meanwhile"]

_STATIC = Path(__file__).parent / "static"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Getting ready</title>
<link rel="stylesheet" href="{root}web/verbatim.css">
<script src="{root}web/display.js"></script>
<script defer src="{root}web/preparing.js"></script>
<noscript><meta http-equiv="refresh" content="3; url={again}"></noscript>
</head>
<body id="page" class="source">
<div id="top"><aside id="emergency" aria-label="In an emergency">{emergency}</aside></div>
<main><h1>Getting ready</h1>
<p id="doing" role="status">{doing}</p>
<p id="done">{done}</p>
<p>You can ask here in a moment: this page opens the chat by itself.</p></main>
</body>
</html>
"""

_AGAIN = {"Retry-After": "2", "Cache-Control": "no-store"}
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Preparation:
    """What is being done, and how far it is. One thread writes, others read."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.begin("Starting")

    def begin(self, doing: str) -> None:
        """Take up the next piece of work, named in words for patients."""
        self._doing, self._counts, self._since = doing, (0, 0), self._clock()

    def progress(self, done: int, total: int) -> None:
        """As retrieval.encoder.Progress: `done` of `total` texts."""
        if done < self._counts[0]:  # a second piece of work
            self._since = self._clock()
        self._counts = done, total

    @property
    def doing(self) -> str:
        return f"{self._doing}."

    @property
    def done(self) -> str:
        """How much is done, and about how long the rest takes; empty where nothing is counted."""
        done, total = self._counts
        if not 0 < done < total:
            return ""
        minutes = (self._clock() - self._since) * (total - done) / done / 60
        left = f"about {round(minutes)} minutes left" if minutes >= 1.5 else "about a minute left"
        return f"{done:,} of {total:,} texts, {'less than a minute left' if minutes < 0.75 else left}."


def preparing_app(
    preparation: Preparation, emergency: str, origins: Sequence[str] = (), root_path: str = ""
) -> ASGIApp:
    """The application that says so. `emergency` is the markup of the emergency line; the others as web.app.Service."""

    def live(_: Request) -> Response:
        return JSONResponse({"status": "preparing"})

    def wait(request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            root = "../" * (request.scope["path"].count("/") - 1) or "./"
            words = {"doing": preparation.doing, "done": preparation.done, "again": _again(request.scope)}
            shown = {name: escaped(text) for name, text in words.items()}
            return HTMLResponse(_PAGE.format(root=root, emergency=emergency, **shown), 503, _AGAIN)
        said = f"Getting ready. {preparation.doing} {preparation.done}".strip()
        return refusal(request.scope, said, 503, _AGAIN)

    routes = [
        Route("/livez", live),
        Mount("/web", StaticFiles(directory=_STATIC)),
        Route("/{path:path}", wait, methods=_METHODS),
    ]
    app: ASGIApp = HeadAsGet(SecurityHeaders(_Closing(Starlette(routes=routes)), origins))
    return UnderPrefix(app, root_path) if root_path else app


def _again(scope: Scope) -> str:
    """The same address from itself. Without it browsers would only move to the fragment, if there is one."""
    query = scope["query_string"].decode("ascii", "replace")
    return f"./{quote(scope['path'].rpartition('/')[2])}{'?' if query else ''}{query}"


class _Closing:
    """Ends each connection with its answer: the next request is another server's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, closing)


@contextmanager
def serving_meanwhile(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serve on a socket from another thread while the block runs; then the socket is free for the next server.

    Who connects between the two waits in the socket's line.
    """
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    # It closes the socket that it is given.
    thread = Thread(target=server.run, kwargs={"sockets": [listening.dup()]}, name="preparing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
