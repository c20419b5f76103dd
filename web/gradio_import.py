"""How Gradio is imported at a start: without what it would write about itself each time."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["without_stubs"]


@contextmanager
def without_stubs() -> Iterator[None]:
    """Of the classes that are made meanwhile Gradio writes no stubs for editors (.pyi).

    Else it writes one of each of its components into its own folder whenever it is imported, which takes a third of
    that time, and which processes that start together do at once. It leaves out a class that stands in no file; here
    none of its own seems to. Everybody else's classes are found as ever.
    """
    real = inspect.getfile

    def file_of(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no stub of it is wanted")
        return real(thing)

    inspect.getfile = file_of  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = real
