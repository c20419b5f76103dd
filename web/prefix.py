"""Where the application stands below its host, and requests that ask for the head of an answer alone."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HeadAsGet", "UnderPrefix", "WithPrefix"]


class UnderPrefix:
    """Takes the public prefix off a path, where the proxy has left it there."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        """`prefix` starts with a slash and does not end with one."""
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if path.startswith(f"{self._prefix}/"):
            raw: bytes = scope.get("raw_path") or path.encode()
            scope = {**scope, "path": path[len(self._prefix) :], "raw_path": raw[len(self._prefix.encode()) :]}
        await self._app(scope, receive, send)


class WithPrefix:
    """Puts the public prefix before a path again, for an application that is told its whole public root.

    FastAPI takes `root_path` off a path that begins with it; a page mounted at /staff gets /prefix/staff as its root,
    and would find nothing at /staff/….
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "path": f"{self._prefix}{scope.get('path', '')}"}, receive, send)


class HeadAsGet:
    """Answers HEAD as GET: probes and link checkers ask so. The server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
