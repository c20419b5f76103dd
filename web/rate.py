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

__all__ = ["SIGN_INS", "TOO_MANY", "RateLimit", "client_key"]

SIGN_INS = 20
"""A minute, from one address: each costs a hash of a password, whoever's it is."""

TOO_MANY = "Too many questions came from your network just now. Please wait {wait}, then ask again."

_QUESTIONS = frozenset(["/api/ask", "/ask", "/gradio_api/run/predict", "/mcp"])
_UNCOUNTED = ("/assets/", "/static/", "/web/", "/livez", "/readyz")
"""Files that a page loads by the dozen, and probes. They cost next to nothing."""
_REQUESTS_TO_A_QUESTION = 10


class RateLimit:
    """Answers 429 to a client that asks more than `questions` a minute, or requests ten times as much."""

    def __init__(self, app: ASGIApp, questions: int, sign_in: str = "") -> None:
        """`sign_in` is the address that a password is sent to, if there is one."""
        self._app = app
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(questions * _REQUESTS_TO_A_QUESTION)
        asked = RateLimitItemPerMinute(questions)
        self._posts = dict.fromkeys(_QUESTIONS, ("question", asked))
        if sign_in:
            self._posts[sign_in] = ("sign-in", RateLimitItemPerMinute(SIGN_INS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNCOUNTED):
            await self._app(scope, receive, send)
            return
        posted = scope["path"] if scope["method"] == "POST" else ""
        what, limit = self._posts.get(posted, ("request", self._requests))
        names = (what, client_key(scope["client"]))
        if self._limiter.hit(limit, *names):
            await self._app(scope, receive, send)
            return
        seconds = max(1, math.ceil(self._limiter.get_window_stats(limit, *names).reset_time - time.time()))
        text = TOO_MANY.format(wait="a second" if seconds == 1 else f"{seconds} seconds")
        await refusal(scope, text, 429, {"retry-after": str(seconds)})(scope, receive, send)


def client_key(client: tuple[str, int] | None) -> str:
    """The address to count by. Of IPv6 the first 64 bits: one household can take any address below them."""
    host = client[0] if client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host
