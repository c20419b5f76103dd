"""Conversations of open pages by a random key, so that one outlives a reload of its page."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from web.conversations import LIFETIME
from web.session import Visit

__all__ = ["MOST_VISITS", "Visits"]

MOST_VISITS = 2_000
"""Visits whose conversation is kept; the longest unused goes first."""

_KEY_BYTES = 16


class Visits:
    """At most `most` visits, each for `lifetime` seconds after it was last used.

    Only the event loop's own thread may use it, as the visits themselves.
    """

    def __init__(
        self, most: int = MOST_VISITS, lifetime: float = LIFETIME, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._lifetime, self._clock = most, lifetime, clock
        self._kept: OrderedDict[str, tuple[float, Visit]] = OrderedDict()  # the longest unused first

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, visit: Visit) -> None:
        """Keep a visit from now on, under a key of its own."""
        visit.key = visit.key or secrets.token_urlsafe(_KEY_BYTES)
        self._kept[visit.key] = (self._clock() + self._lifetime, visit)
        self._kept.move_to_end(visit.key)
        self._forget()

    def get(self, key: str) -> Visit | None:
        """The visit of a key; None for one that was never given out, or whose visit is forgotten."""
        self._forget()
        _, visit = self._kept.get(key, (0.0, None))
        return visit

    def _forget(self) -> None:
        now = self._clock()
        while self._kept and (len(self._kept) > self._most or next(iter(self._kept.values()))[0] <= now):
            self._kept.popitem(last=False)
