"""The line of questions: a few are worked on at a time, in the order in which they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

__all__ = ["LineFull", "Place", "WaitingLine"]

T = TypeVar("T")

_MOMENT = 0.15
"""Seconds in which most answers are there; a note that they are looked up would only flicker."""

_LOOK = 5.0
"""Seconds between two looks at how many are before: telling it is work that the answers wait for, and each page that is
told asks again."""


class LineFull(Exception):  # noqa: N818 - it is no fault
    """As many questions wait as the service takes."""


class WaitingLine:
    """Works on `at_once` questions at a time and lets `most` be in it. Safe for threads.

    A question that has joined is worked on whether or not its patient is still there: a place is never
    held by somebody who has gone.
    """

    def __init__(self, at_once: int, most: int) -> None:
        self._at_once, self._most = at_once, most
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix="answer")
        self._unfinished: dict[Future[Any], None] = {}  # in order of arrival

    def join(self, work: Callable[[], T]) -> Place[T]:
        """Raises LineFull if the line is as long as it may be."""
        if len(self._unfinished) >= self._most:
            raise LineFull
        future: Future[T] = self._workers.submit(work)
        self._unfinished[future] = None
        future.add_done_callback(lambda done: self._unfinished.pop(done, None))
        return Place(future, lambda: self._ahead(future))

    def _ahead(self, future: Future[T]) -> int:
        """How many must be finished before this one is begun."""
        order = list(self._unfinished)
        place = order.index(future) if future in order else 0
        return max(0, place - self._at_once + 1)


class Place(Generic[T]):
    """One question in the line."""

    def __init__(self, future: Future[T], ahead: Callable[[], int]) -> None:
        self._future, self._ahead = future, ahead

    async def waiting(self) -> AsyncIterator[int]:
        """How many are before this one: in a moment, and again each time it has changed, until it is done."""
        told: int | None = None
        done = asyncio.wrap_future(self._future)
        done.add_done_callback(lambda future: future.cancelled() or future.exception())  # `result` raises it
        await asyncio.wait([done], timeout=_MOMENT)
        while not done.done():
            if (ahead := self._ahead()) != told:
                told = ahead
                yield ahead
            await asyncio.wait([done], timeout=_LOOK)

    def result(self) -> T:
        """The result of the work, once `waiting` has ended; raises what the work raised."""
        return self._future.result()
