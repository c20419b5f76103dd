"""How much a client may send and for how long: counted on the server, with or without a Content-Length."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.refusals import refusal

__all__ = ["SECONDS_TO_SEND", "BodyLimit"]

SECONDS_TO_SEND = 10
"""A body that takes longer holds a place for nothing: the longest is half a megabyte."""

_READ_AWAY = 8 << 20

_CLOSE = {"connection": "close"}
"""Or the server would go on to read, and throw away, a body that has no end."""


class BodyLimit:
    """Answers 413 to a body of more than `most` bytes, 408 to one that does not come, and passes on the others.

    `others` gives paths a limit of their own. A body is read before the application sees it, so that
    one that is too long never gets as far as a parser.
    """

    def __init__(self, app: ASGIApp, most: int, others: Mapping[str, int]) -> None:
        self._app, self._most, self._others = app, most, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._others.get(scope["path"], self._most)
        try:
            async with asyncio.timeout(SECONDS_TO_SEND):
                body = await _read(scope, receive, most)
        except TimeoutError:
            text = f"The body did not come within {SECONDS_TO_SEND} seconds."
            await refusal(scope, text, 408, _CLOSE)(scope, receive, send)
            return
        if body is None:
            await refusal(scope, f"The body is longer than {most} bytes.", 413, _CLOSE)(scope, receive, send)
            return
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, replay, send)


async def _read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The body, or None if it is longer than `most` bytes.

    Somewhat more than that is read and thrown away: a client that is still sending when the
    connection closes sees a broken line in place of the answer.
    """
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    if not stated.isdigit() or int(stated) > _READ_AWAY:
        return None
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        length += len(part)
        if length <= most:
            parts.append(part)
        if length > _READ_AWAY or not message.get("more_body", False):
            return b"".join(parts) if length <= most else None
