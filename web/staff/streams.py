"""Gradio's stream of events, closed and opened anew without losing one.

The events of a page share one stream. The server ends it when nothing is under way (`close_stream`), and the page opens
another for its next event, unless it believes that the first is open. An event that is sent in that moment was lost:
the server had ended the stream, and the page, told that the event is under way before it was told of the end, opened
none. Here the end is not over until the page has hung up, and until then no event is told to be under way.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SettledStreams"]

_END = b'"msg":"close_stream"'

_LONGEST = 5.0
"""Seconds to hang up: a proxy may not pass it on that a page has."""


class SettledStreams:
    """Holds the reply to an event back while a stream of the same page is being closed."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        """`root` is the path that the page stands at."""
        self._app = app
        self._join, self._data = f"{root}/gradio_api/queue/join", f"{root}/gradio_api/queue/data"
        self._closing: dict[str, asyncio.Event] = {}  # by the page's session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path")
        if path == self._data:
            await self._streamed(scope, receive, send)
        elif path == self._join:
            await self._joined(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        gone = asyncio.Event()
        end: list[Message] = []

        async def told(message: Message) -> None:
            if _END in message.get("body", b""):
                self._closing[session] = gone
            if session in self._closing and message["type"] == "http.response.body" and not message.get("more_body"):
                end.append(message)
            else:
                await send(message)

        try:
            await self._app(scope, receive, told)
            if end:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST):
                        while (await receive())["type"] != "http.disconnect":
                            pass
                await send(end[0])
        finally:
            gone.set()
            if self._closing.get(session) is gone:
                del self._closing[session]

    async def _joined(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()  # BodyLimit gives it whole
        session = _session(message.get("body", b""))
        unread = [message]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        async def held(message: Message) -> None:
            if message["type"] == "http.response.start":
                while gone := self._closing.get(session):
                    await gone.wait()
            await send(message)

        await self._app(scope, replay, held)


def _session(body: bytes) -> str:
    """The session that an event is of; empty for what is no event, which Gradio then refuses."""
    with suppress(ValueError):
        event = json.loads(body)
        if isinstance(event, dict):
            return str(event.get("session_hash", ""))
    return ""
