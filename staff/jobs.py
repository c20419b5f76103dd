"""Long work of the staff: it runs in the service, goes on when the page is closed, and is found again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

from retrieval.encoder import Encoder, Progress, Vectors

__all__ = ["Job", "Jobs", "ToldEncoder", "doing"]

Work = Callable[[Progress], Any]


class Job:
    """One piece of work: how far it is, and what came of it. Read from any thread."""

    def __init__(self, kind: str, about: str, words: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`about` tells one piece of work of a kind from another, `words` say what it is, for staff."""
        self.kind, self.about, self.words = kind, about, words
        self.doing = ""
        """The step at hand, in words; empty before it is told."""
        self.result: Any = None
        self.error: BaseException | None = None
        self._progress, self._clock, self._began, self._ended = (0, 0), clock, clock(), Event()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    @property
    def fraction(self) -> float | None:
        """Of the step at hand, from 0 to 1; None before it is known."""
        done, total = self._progress
        return done / total if total else None

    @property
    def seconds(self) -> float:
        return self._clock() - self._began

    def wait(self, seconds: float | None = None) -> bool:
        """Until it has ended, or so long; whether it has."""
        return self._ended.wait(seconds)

    def run(self, work: Work) -> None:
        """Do it here and now; what it raises is kept."""
        try:
            self.result = work(_Report(self))
        except BaseException as error:
            self.error = error
        finally:
            self._ended.set()

    def step(self, words: str) -> None:
        """The step at hand is this one, and nothing of it is done yet."""
        self.doing, self._progress = words, (0, 0)

    def report(self, done: int, total: int) -> None:
        """How far the step at hand is."""
        self._progress = (done, total)


@dataclass(frozen=True, slots=True)
class _Report:
    """The progress of a job, to which the step at hand can be told too."""

    job: Job

    def __call__(self, done: int, total: int) -> None:
        self.job.report(done, total)


def doing(progress: Progress | None, words: str) -> None:
    """Tell which step of long work comes now, if it is told to somebody who shows it."""
    if isinstance(progress, _Report):
        progress.job.step(words)


class ToldEncoder:
    """An encoder whose every call tells how far it is, for work that takes an encoder and no progress."""

    def __init__(self, encoder: Encoder, progress: Progress) -> None:
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self._encoder, self._progress = encoder, progress

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """As the encoder does."""
        return self._encoder.encode(texts, progress or self._progress)


class Jobs:
    """The work that was begun: of each kind the last is kept."""

    def __init__(self) -> None:
        self._latest: dict[str, Job] = {}
        self._lock = Lock()

    def start(self, kind: str, about: str, words: str, work: Work) -> Job:
        """Begin in a thread of its own; the same work that runs already is not begun twice."""
        with self._lock:
            running = self._latest.get(kind)
            if running is not None and running.about == about and not running.ended:
                return running
            job = self._latest[kind] = Job(kind, about, words)
        Thread(target=job.run, args=[work], name=f"staff-{kind}", daemon=True).start()
        return job

    def latest(self, kind: str) -> Job | None:
        """The last of a kind, running or ended."""
        with self._lock:
            return self._latest.get(kind)
