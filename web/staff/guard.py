"""Who gets through to /staff: a session of ours, or whoever a trusted proxy has signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from staff.accounts import Account, Accounts
from staff.errors import RefusedError
from web.security import STAFF, under

__all__ = [
    "COOKIE", "PREFIX", "SIGN_IN", "UPLOAD", "StaffGuard", "Who", "account_of", "from_proxy", "from_session",
    "token_of",
]  # fmt: skip

PREFIX = STAFF
SIGN_IN = f"{PREFIX}/sign-in"
UPLOAD = f"{PREFIX}/gradio_api/upload"
COOKIE = "verbatim_staff"

_ACCOUNT = "verbatim.staff"
"""Where the guard writes into a request's scope who sends it."""

Who = Callable[[HTTPConnection], Account | None]
"""Tells who sends a request; None for nobody known."""

# Gradio serves much more than the page needs. What is not named here does not exist.
_PATHS = frozenset(
    f"{PREFIX}{path}"
    for path in (
        "",
        "/",
        "/sign-in",
        "/sign-out",
        "/config",
        "/theme.css",
        "/manifest.json",
        "/favicon.ico",
        "/gradio_api/info",
        "/gradio_api/run/predict",
        "/gradio_api/upload",
    )
)
_FOLDERS = tuple(f"{PREFIX}/{folder}/" for folder in ("assets", "static", "tables", "gradio_api/heartbeat"))


def from_session(accounts: Accounts) -> Who:
    """Whose session the cookie names."""
    return lambda connection: accounts.account_of(token_of(connection))


def from_proxy(header: str, proxies: Sequence[IPv4Network | IPv6Network], accounts: Accounts) -> Who:
    """Single sign-on: the account whose name a trusted proxy puts into a header.

    A header from any other address counts for nothing. The proxy must drop the header from what browsers send.
    """

    def who(connection: HTTPConnection) -> Account | None:
        address = ip_address(connection.client.host) if connection.client else None
        if address is None or not any(address in network for network in proxies):
            return None
        # Twice is once by somebody else: a proxy replaces what a browser sends, or it is none.
        names = connection.headers.getlist(header)
        return accounts.signed_on(names[0]) if len(names) == 1 else None

    return who


def account_of(connection: HTTPConnection) -> Account:
    """Who sends a request, as the guard has found for this very request. Raises RefusedError for nobody."""
    account = connection.scope.get(_ACCOUNT)
    if not isinstance(account, Account):
        raise RefusedError("Your session has ended. Load the page again and sign in.")
    return account


def token_of(connection: HTTPConnection) -> str:
    """The token in the cookie, empty if there is none."""
    try:
        morsel = SimpleCookie(connection.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class StaffGuard:
    """Lets nobody through to anything under /staff but to the sign-in, whatever Gradio would serve there."""

    def __init__(self, app: ASGIApp, who: Who) -> None:
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or not under(path, PREFIX):
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            account = self._who(HTTPConnection(scope))
            app = self._refusal(scope, path, account) or self._app
            await app({**scope, _ACCOUNT: account}, receive, send)

    def _refusal(self, scope: Scope, path: str, account: Account | None) -> Response | None:
        if path not in _PATHS and not path.startswith(_FOLDERS):
            return JSONResponse({"error": "There is nothing at this address."}, 404)
        if scope["method"] not in ("GET", "HEAD") and not _same_site(Headers(scope=scope)):
            return JSONResponse({"error": "Another site may not ask here."}, 403)
        # Relative: only the browser knows below which path of the host this stands.
        here = f"{PREFIX[1:]}/" if path == PREFIX else ""
        if here and account is not None and scope["method"] == "GET":
            return RedirectResponse(here, 303)
        if path == SIGN_IN or account is not None:
            return None
        if scope["method"] == "GET" and path in (PREFIX, f"{PREFIX}/"):
            return RedirectResponse(f"{here}sign-in", 303)
        return JSONResponse({"error": "Sign in first."}, 401)


def _same_site(headers: Headers) -> bool:
    """A browser names the site that sends: it must be this one. What names none is no browser of today."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
