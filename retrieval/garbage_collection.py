"""Reading a library without Python's collector of cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_garbage_collection"]


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """For work that makes much and throws no cycles away: the collector would look through all of it again and again.

    That is a fifth of building a library of 4,000 monographs, and more the larger it is. The collector is on
    again afterwards if it was before. What is in no cycle is freed as always.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
