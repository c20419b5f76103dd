"""An assistant that waits until it is told to answer, and may break."""

from __future__ import annotations

from threading import Event

from assistant.answer import Answer, Conversation
from assistant.assistant import Assistant
from tests.conftest import Parts
from tests.web.conftest import PATIENCE

__all__ = ["Held"]


class Held(Assistant):
    """Answers once `go` is set: every question, or only `slow`; raises for the question `broken`."""

    def __init__(self, parts: Parts, slow: str | None = None, broken: str | None = None) -> None:
        super().__init__(*parts)
        self.go, self._slow, self._broken = Event(), slow, broken

    def ask(
        self, text: str, conversation: Conversation = (), use_context: bool = True, document: str | None = None
    ) -> Answer:
        if text == self._broken:
            raise RuntimeError(text)
        if self._slow in (None, text):
            assert self.go.wait(PATIENCE / 1000)
        return super().ask(text, conversation, use_context, document)
