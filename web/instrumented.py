"""An assistant whose answers are counted, timed and logged: what was decided, never what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from assistant.answer import Answer, Conversation
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.corpus import Corpus
from web.logs import log_event
from web.metrics import Metrics

__all__ = ["InstrumentedAssistant"]

_FAILED = "failed: "
"""How the evidence of an answer begins that stands in the place of a stage that broke."""


class InstrumentedAssistant(Assistant):
    """The assistant given, in all but that it is seen to answer. `through` says by which way: page, api or mcp."""

    def __init__(
        self, assistant: Assistant, metrics: Metrics, through: str, note: Callable[[Answer], None] = lambda _: None
    ) -> None:
        """`note` is told of each answer; it must neither raise nor take long."""
        self._assistant, self._metrics, self._through, self._note = assistant, metrics, through, note

    def __getattr__(self, name: str) -> Any:
        """Whatever an assistant has: this one was not made of parts, so it is the other's."""
        return getattr(self._assistant, name)

    @property
    def corpus(self) -> Corpus:
        return self._assistant.corpus

    def kept_to(self, document: str) -> Assistant:
        kept = self._assistant.kept_to(document)
        return InstrumentedAssistant(kept, self._metrics, self._through, self._note)

    def ask(
        self, text: str, conversation: Conversation = (), use_context: bool = True, document: str | None = None
    ) -> Answer:
        started = time.perf_counter()
        try:
            with self._metrics.answering.track_inprogress():
                answer = self._assistant.ask(text, conversation, use_context, document)
        except Exception:
            self._metrics.failures.labels(self._through).inc()
            raise
        seconds = time.perf_counter() - started
        if any(reason.startswith(_FAILED) for reason in answer.evidence):
            self._metrics.failures.labels(self._through).inc()
        self._metrics.seconds.observe(seconds)
        self._metrics.answers.labels(self._through, answer.decision.value).inc()
        if any(notice.name == NoticeName.SOON for notice in answer.notices):
            self._metrics.soon.labels(self._through).inc()
        log_event(
            "answered",
            through=self._through,
            decision=answer.decision.value,
            milliseconds=round(1000 * seconds, 1),
            notices=[notice.name.value for notice in answer.notices],
            # With these an answer replays to the same words: staff/replay.py.
            passages=[citation.passage.id for citation in answer.citations],
            texts={citation.quote.monograph.id: citation.quote.monograph.sha256 for citation in answer.citations},
        )
        self._note(answer)
        return answer
