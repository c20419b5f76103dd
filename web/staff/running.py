"""Long work on the staff page: its progress while it runs, what came of it, and again when the page is opened anew."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import wraps
from threading import Lock
from typing import Any

import gradio as gr

from staff.jobs import Job
from web.layout import escaped
from web.staff.page_context import QUIET

__all__ = ["Follower", "awaited", "followed", "progress_markup"]

_EVERY = 0.8
"""Seconds that a look waits for the end of the work."""

_BETWEEN = 0.2
"""Seconds between two looks."""

_PAGES = 1000
"""Pages whose work is followed at once; the one that began longest ago is forgotten first."""


class Follower:
    """Events that yield, followed look by look: one request and its answer each (docs/page.md says why not a stream).

    An event goes as far as its first yield; from then on a timer of the page takes it from yield to yield to its end.
    What begins anew on a page takes the place of what was followed there.
    """

    def __init__(self, outputs: Sequence[Any]) -> None:
        """`outputs` are the components that the events fill. To be made where they are."""
        self._outputs = list(outputs)
        self._steps: dict[str, Iterator[Any]] = {}  # by the page's session
        self._lock = Lock()
        self._timer = gr.Timer(_BETWEEN, active=False)
        self._timer.tick(self._look, None, self._filled, show_progress="hidden", **QUIET)

    def on(self, listener: Callable[..., Any], event: Callable[..., Iterator[Any]], inputs: Any, **options: Any) -> Any:
        """Have `listener` (as `button.click`) start an event that asks for the request; returns the dependency."""

        @wraps(event)
        def begin(*arguments: Any, **named: Any) -> list[Any]:
            steps = event(*arguments, **named)
            page = next(str(a.session_hash) for a in (*arguments, *named.values()) if isinstance(a, gr.Request))
            with self._lock:
                self._steps.pop(page, None)
                self._steps[page] = steps
                while len(self._steps) > _PAGES:
                    del self._steps[next(iter(self._steps))]
            return self._step(page, steps)

        return listener(begin, inputs, self._filled, **options, **QUIET)

    @property
    def _filled(self) -> list[Any]:
        return [*self._outputs, self._timer]

    def _look(self, request: gr.Request) -> list[Any]:
        page = str(request.session_hash)
        with self._lock:
            steps = self._steps.get(page)
        return self._step(page, steps) if steps else [*self._nothing, gr.Timer(active=False)]

    def _step(self, page: str, steps: Iterator[Any]) -> list[Any]:
        try:
            values = next(steps)
        except BaseException as error:
            with self._lock:
                last = self._steps.get(page) is steps
                if last:
                    del self._steps[page]
            if not isinstance(error, StopIteration):
                raise
            return [*self._nothing, gr.Timer(active=False) if last else gr.skip()]
        return [*(values if isinstance(values, tuple) else (values,)), gr.Timer(active=True)]

    @property
    def _nothing(self) -> list[Any]:
        return [gr.skip() for _ in self._outputs]


def followed(job: Job, shown: Callable[[Any], Any], waiting: Callable[[str], Any]) -> Iterator[Any]:
    """What an event gives back until a job has ended, `waiting` of its progress, and then `shown` of its result.

    Closing the page ends this and not the job. Raises what the job raised.
    """
    yield shown((yield from awaited(job, waiting)))


def awaited(job: Job, waiting: Callable[[str], Any]) -> Generator[Any, None, Any]:
    """What an event gives back until a job has ended; returns its result, or raises what it raised."""
    while not job.wait(_EVERY):
        yield waiting(progress_markup(job))
    if job.error is not None:
        raise job.error
    return job.result


def progress_markup(job: Job) -> str:
    """A bar with what is done; a closed page loses nothing."""
    share = job.fraction
    bar = "<progress></progress>" if share is None else f'<progress value="{share:.3f}"></progress>'
    told = "" if share is None else f" {100 * share:.0f}%"
    step = f", {escaped(job.doing)}" if job.doing else ""
    words = f"{escaped(job.words)}{step}:{told} after {job.seconds:.0f} s. It goes on if you close the page."
    return f'<p class="said" role="status">{bar} {words}</p>'
