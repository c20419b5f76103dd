"""The life of a serving process: when it is ready, what it still has in hand, and how it stops."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from threading import Lock
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.assistant import Assistant
from assistant.failures import log_failure
from retrieval.ranking import holds
from web.logs import log_event
from web.metrics import Metrics

__all__ = ["GracefulServer", "InHand", "Lifecycle"]

_LONGEST_DRAIN = 30.0
"""Seconds after which a process that was told to stop waits for no question any more."""

_BETWEEN = 2.0
"""Seconds between two requests of a page that waits for its answer, on a slow network."""

# Open as long as the page is; all other requests end by themselves.
_ENDLESS = ("/gradio_api/heartbeat/", "/staff/gradio_api/heartbeat/")


class Lifecycle:
    """Whether this process should get questions, and whether it may end. Safe for threads."""

    def __init__(self, assistant: Assistant, drain: float = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """`drain` is how many seconds it answers on after it was told to stop, so that a balancer sees it."""
        self._assistant, self._drain, self._clock = assistant, drain, clock
        self._golden: str | None = None
        self._told: float | None = None
        self._busy = -math.inf
        self._lock = Lock()
        self.in_hand = 0

    def problem(self) -> str:
        """Why no question should come here; empty if the process is ready.

        A question whose answer is known is asked once, through all of the assistant, and remembered.
        """
        if self._told is not None:
            return "The process is stopping."
        with self._lock:
            if self._golden is None:
                self._golden = _golden_problem(self._assistant)
            return self._golden

    @property
    def is_stopping(self) -> bool:
        return self._told is not None

    def stop(self) -> None:
        self._told = self._clock()
        log_event("stopping", in_hand=self.in_hand)

    def may_end(self) -> bool:
        """It was told to stop, the time to be seen as not ready is over, and for a moment nothing was in hand.

        To be asked some times a second.
        """
        if self._told is None:
            return False
        now = self._clock()
        if self.in_hand:
            self._busy = now
        waited, idle = now - self._told, now - self._busy >= _BETWEEN
        return waited >= self._drain and (idle or waited >= self._drain + _LONGEST_DRAIN)


class InHand:
    """Counts the requests that are being answered, and the responses by status.

    A page that waits for its answer has a request in hand nearly all the time.
    """

    def __init__(self, app: ASGIApp, lifecycle: Lifecycle, metrics: Metrics) -> None:
        self._app, self._lifecycle, self._metrics = app, lifecycle, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_ENDLESS):
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.responses.labels(message["status"]).inc()
            await send(message)

        self._lifecycle.in_hand += 1
        try:
            await self._app(scope, receive, counted)
        finally:
            self._lifecycle.in_hand -= 1


class GracefulServer(uvicorn.Server):
    """Ends on SIGTERM when nothing is in hand, with status 0; on a second one, or on SIGINT, at once."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, tick: Callable[[], object] = lambda: None) -> None:
        """`tick` is called some times a second; it must not take long."""
        super().__init__(config)
        self._lifecycle, self._tick = lifecycle, tick

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and not self._lifecycle.is_stopping:
            self._lifecycle.stop()
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        self._tick()
        return await super().on_tick(counter) or self._lifecycle.may_end()


def _golden_problem(assistant: Assistant) -> str:
    """Why the first approved phrasing is not answered by its passage, or by the list that holds it; empty if it is."""
    phrasings = (phrasing for document in assistant.corpus.documents.values() for phrasing in document.phrasings)
    golden: Any = next(phrasings, None)
    try:
        if golden is None:
            assistant.ask("Is anything here?")
            return ""
        passage = assistant.corpus.passages[golden.passage]
        answer = assistant.ask(golden.question, document=passage.document)
        answered = any(holds(citation.passage, passage) for citation in answer.citations)
    except Exception as error:
        log_failure(error)
        return f"The assistant raised {type(error).__name__}."
    return "" if answered else "The golden question is not answered by its passage."
