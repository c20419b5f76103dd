"""How often a client may ask: counted by address in memory, and a clear word for who asks too often."""

from __future__ import annotations

import math
import time
from ipaddress import ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from web.refusals import refusal
from web.security import STAFF

__all__ = ["REQUESTS_TO_A_QUESTION", "SIGN_INS", "ClientLimit", "RateLimit", "client_key", "too_many"]

SIGN_INS = 20
"""A minute, from one address: each costs a hash of a password, whoever's it is."""

_QUESTIONS = frozenset(["/api/ask", "/mcp"])
"""Each request to these is a question. The page's own routes count theirs themselves, for most of what the page sends
asks nothing: what has come of a question, a yes or no, a start over, a reload."""
_UNCOUNTED = ("/assets/", "/static/", "/web/", f"{STAFF}/assets/", f"{STAFF}/static/", "/livez", "/readyz")
"""Files that a page loads by the dozen, and probes. They cost next to nothing."""
REQUESTS_TO_A_QUESTION = 10
"""Other requests that a client may send for each question that it may ask."""


def too_many(seconds: int) -> str:
    """What is said to who asks too often."""
    wait = "a second" if seconds == 1 else f"{seconds} seconds"
    return f"Too many questions came from your network just now. Please wait {wait}, then ask again."


class ClientLimit:
    """So many a minute from each client, whichever way they come."""

    def __init__(self, most: int) -> None:
        self._limiter, self._most = SlidingWindowCounterRateLimiter(MemoryStorage()), RateLimitItemPerMinute(most)

    def seconds_to_wait(self, client: tuple[str, int] | None) -> int:
        """Count one more of a client. Returns the seconds until another may come; 0 if this one may."""
        key = client_key(client)
        if self._limiter.hit(self._most, key):
            return 0
        return max(1, math.ceil(self._limiter.get_window_stats(self._most, key).reset_time - time.time()))


class RateLimit:
    """Answers 429 to a client that asks more than `questions` allows, or sends more than `requests` others a minute."""

    def __init__(self, app: ASGIApp, questions: ClientLimit, requests: int, sign_in: str = "") -> None:
        """`sign_in` is the address that a password is sent to, if there is one."""
        self._app, self._requests = app, ClientLimit(requests)
        self._posts: dict[str, ClientLimit] = dict.fromkeys(_QUESTIONS, questions)
        if sign_in:
            self._posts[sign_in] = ClientLimit(SIGN_INS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNCOUNTED):
            await self._app(scope, receive, send)
            return
        posted = scope["path"] if scope["method"] == "POST" else ""
        seconds = self._posts.get(posted, self._requests).seconds_to_wait(scope["client"])
        if not seconds:
            await self._app(scope, receive, send)
            return
        await refusal(scope, too_many(seconds), 429, {"retry-after": str(seconds)})(scope, receive, send)


def client_key(client: tuple[str, int] | None) -> str:
    """The address to count by. Of IPv6 the first 64 bits: one household can take any address below them."""
    host = client[0] if client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host
