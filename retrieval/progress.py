"""A progress bar on standard error for work that reports (done, total)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from retrieval.encoder import Progress

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(description: str, unit: str = "text") -> Iterator[Progress]:
    """A bar that follows the reports; work of under half a second draws none."""
    with tqdm(desc=description, unit=unit, file=sys.stderr, delay=0.5) as bar:

        def show(done: int, total: int) -> None:
            if done < bar.n:  # a second piece of work
                bar.reset()
            bar.total = total
            bar.update(done - bar.n)

        yield show
