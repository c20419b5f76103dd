"""Tells the staff bench what patients could not find, behind the answer's back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from assistant.answer import Answer, Decision, Turn
from assistant.failures import log_failure
from staff.live import LiveAssistant
from staff.state import State
from staff.unanswered import NOT_ANSWERED, Signal, Unanswered
from staff.usage import Usage, document_of
from web.feedback import Feedback

__all__ = ["Missed"]


class Missed:
    """Notes in a thread of its own: no patient waits for a disk, and none sees that it is full."""

    def __init__(self, state: State, live: LiveAssistant) -> None:
        self._state, self._live = state, live
        self._answers: Counter[tuple[str, Decision]] = Counter()
        self._lock = Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="missed")

    def answered(self, answer: Answer) -> None:
        """Count an answer, and one that was none again; to ask which medicine is meant is not to miss."""
        document = document_of(answer)
        with self._lock:
            written = not self._answers
            self._answers[document, answer.decision] += 1
        if written:
            self._later(lambda _: self._write())
        if answer.decision in NOT_ANSWERED and not answer.choices:
            self._later(lambda to: to.count(Signal.NOT_ANSWERED, *_shown(answer), document=document))

    def told(self, said: Feedback) -> None:
        """Count a no to 'Was this what you asked?'."""
        if not said.helpful:
            self._later(
                lambda to: to.count(Signal.THUMBS_DOWN, said.decision, said.passages, said.topic, said.document)
            )

    def shared(self, turn: Turn) -> None:
        """Keep the question, masked, that a patient chose to share."""
        signal = Signal.NOT_ANSWERED if turn.answer.decision in NOT_ANSWERED else Signal.THUMBS_DOWN
        self._later(lambda to: to.share(signal, *_shown(turn.answer), text=turn.question))

    def settle(self) -> None:
        """Wait until all that was told is written."""
        self._writer.submit(lambda: None).result()

    def _write(self) -> None:
        """All answers since the last time at once: however many come in meanwhile, the disk is waited for once."""
        with self._lock:
            answers, self._answers = self._answers, Counter()
        Usage(self._state).add(answers)

    def _later(self, act: Callable[[Unanswered], object]) -> None:
        done = self._writer.submit(lambda: act(Unanswered(self._state, self._live.vocabulary)))
        done.add_done_callback(_report)


def _shown(answer: Answer) -> tuple[Decision, tuple[str, ...], str]:
    return answer.decision, tuple(citation.passage.id for citation in answer.citations), answer.topic


def _report(done: Future[Any]) -> None:
    if isinstance(error := done.exception(), Exception):
        log_failure(error)
