"""Conversations of the API's clients, kept on the server: a client holds a random id and no history."""

from __future__ import annotations

import secrets
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
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
_MOST_BYTES = 64 << 20
_ID_BYTES = 16

_ANSWER_BYTES = 4096
"""What an answer takes, about: its quotes are offsets into a monograph that is there once."""


def continued(conversation: Conversation, text: str, answer: Answer) -> Conversation:
    """The conversation with one more turn."""
    # A message too long to be read is cut first: cleaning costs time, and nobody reads it again.
    turn = Turn(clean(text[:MAX_CHARACTERS]), answer)
    return (*conversation, turn)[-MAX_TURNS:]


class Conversations:
    """At most `most` conversations of `most_bytes` in all, each for `lifetime` seconds after its last turn.

    The longest unused goes first. Safe for threads.
    """

    def __init__(
        self,
        lifetime: float = LIFETIME,
        most: int = _MOST,
        most_bytes: int = _MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lifetime, self._most, self._most_bytes, self._clock = lifetime, most, most_bytes, clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()  # the longest unused first
        self._bytes = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, identifier: str) -> Conversation:
        """Raises KeyError for an id that was never given out or has expired."""
        with self._lock:
            self._forget()
            return self._kept[identifier].conversation

    def put(self, conversation: Conversation, identifier: str | None = None) -> str:
        """Keep a conversation, under a new id if it has none. Returns its id."""
        identifier = identifier or secrets.token_urlsafe(_ID_BYTES)
        kept = _Kept(self._clock() + self._lifetime, conversation, _size(conversation))
        with self._lock:
            if (before := self._kept.pop(identifier, None)) is not None:
                self._bytes -= before.size
            self._kept[identifier] = kept
            self._bytes += kept.size
            self._forget()
        return identifier

    def _forget(self) -> None:
        now = self._clock()
        while self._kept and (self._is_full() or next(iter(self._kept.values())).until <= now):
            _, gone = self._kept.popitem(last=False)
            self._bytes -= gone.size

    def _is_full(self) -> bool:
        return len(self._kept) > self._most or self._bytes > self._most_bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    conversation: Conversation
    size: int


def _size(conversation: Conversation) -> int:
    return sum(sys.getsizeof(turn.question) + _ANSWER_BYTES for turn in conversation)
