"""Long work on the staff page: its progress while it runs, what came of it, and again when the page is opened anew."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from staff.jobs import Job
from web.layout import escaped

__all__ = ["awaited", "followed", "progress_markup"]

_EVERY = 0.4
"""Seconds between two looks."""


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
