"""The assistant that is live: it follows the pointer to the release while questions are being answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from assistant.answer import Answer
from assistant.assistant import Assistant
from retrieval.corpus import Corpus

__all__ = ["LiveAssistant", "Served"]

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Served:
    """An assistant and the folder of the corpus that it answers from."""

    assistant: Assistant
    corpus: Path


class LiveAssistant(Assistant):
    """Holds the assistant of the live release and takes the next one's place behind its back.

    Whoever calls `current()` gets a whole assistant of one release and may keep it for as long as one question
    takes. A switch is noticed by the next call; the new release is loaded in the background meanwhile, so
    nobody waits. If it cannot be loaded, the last good one goes on, and `report` gets a line.
    """

    def __init__(
        self,
        pointer: Path,
        load: Callable[[], Served],
        report: Callable[[str], None] = lambda _: None,
        first: Callable[[], Served] | None = None,
    ) -> None:
        """`load` starts the release that the pointer names, `first` what is served at the start, by default the same;
        what it raises is raised."""
        self._pointer, self._load, self._tell = pointer, load, report
        self._lock = Lock()
        self._before: list[Callable[[Served], object]] = []
        self._seen = self._stamp()
        self._served = (first or load)()

    def current(self) -> Assistant:
        """The assistant to ask now. Never waits."""
        if self._stamp() != self._seen and self._lock.acquire(blocking=False):
            Thread(target=self._follow, daemon=True).start()
        return self._served.assistant

    @property
    def folder(self) -> Path:
        """The corpus that is answered from now."""
        return self._served.corpus

    def at_switch(self, act: Callable[[Served], object]) -> None:
        """Have something done with each release that is loaded, before it is asked; if it raises, the release is not
        taken into use."""
        self._before.append(act)

    def ask(self, *arguments: Any, **options: Any) -> Answer:
        """As Assistant.ask: one question, answered wholly by one release."""
        return self.current().ask(*arguments, **options)

    def kept_to(self, document: str) -> Assistant:
        """As Assistant.kept_to, of the release that is live now: for one question."""
        return self.current().kept_to(document)

    def __getattr__(self, name: str) -> Any:
        """Whatever an assistant has: this one was not made of parts, so it is the current one's."""
        return getattr(self.current(), name)

    @property
    def corpus(self) -> Corpus:
        return self.current().corpus

    def settle(self) -> None:
        """Wait until the release that is live now is loaded, or has failed to be."""
        while self._stamp() != self._seen:
            self.current()
            with self._lock:
                pass

    def _follow(self) -> None:
        try:
            # The stamp is taken first: a switch while this one is loading is noticed by the next call.
            stamp = self._stamp()
            try:
                served = self._load()
                for act in self._before:
                    act(served)
                self._served = served
            except Exception as error:
                self._tell(f"The release cannot be loaded; the one before goes on. {type(error).__name__}: {error}")
            self._seen = stamp
        finally:
            self._lock.release()

    def _stamp(self) -> _Stamp | None:
        try:
            found = self._pointer.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
