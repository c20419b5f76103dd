"""Conversations of the API's clients, kept on the server: a client holds a random id and no history."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from assistant.answer import Answer, Conversation, Turn
from assistant.question import MAX_CHARACTERS
from retrieval.text import clean

__all__ = ["LIFETIME", "MAX_TURNS", "Conversations", "continued"]

LIFETIME = 3600.0
"""Seconds that a conversation is kept after its last turn."""

MAX_TURNS = 20
"""Turns that are remembered; the oldest go first."""

_MOST = 10_000
_ID_BYTES = 16


def continued(conversation: Conversation, text: str, answer: Answer) -> Conversation:
    """The conversation with one more turn."""
    # A message too long to be read is cut first: cleaning costs time, and nobody reads it again.
    turn = Turn(clean(text[:MAX_CHARACTERS]), answer)
    return (*conversation, turn)[-MAX_TURNS:]


class Conversations:
    """At most `most` conversations, each for `lifetime` seconds after its last turn. Safe for threads."""

    def __init__(
        self, lifetime: float = LIFETIME, most: int = _MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lifetime, self._most, self._clock = lifetime, most, clock
        self._kept: OrderedDict[str, tuple[float, Conversation]] = OrderedDict()  # the longest unused first
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, identifier: str) -> Conversation:
        """Raises KeyError for an id that was never given out or has expired."""
        with self._lock:
            self._forget()
            return self._kept[identifier][1]

    def put(self, conversation: Conversation, identifier: str | None = None) -> str:
        """Keep a conversation, under a new id if it has none. Returns its id."""
        identifier = identifier or secrets.token_urlsafe(_ID_BYTES)
        with self._lock:
            self._kept[identifier] = (self._clock() + self._lifetime, conversation)
            self._kept.move_to_end(identifier)
            self._forget()
        return identifier

    def _forget(self) -> None:
        now = self._clock()
        while self._kept and (len(self._kept) > self._most or next(iter(self._kept.values()))[0] <= now):
            self._kept.popitem(last=False)
