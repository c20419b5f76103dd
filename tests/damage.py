"""Damage to files, one byte after another, each put back before the next; and a disk that is full."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

__all__ = ["flipped", "full"]


def flipped(path: Path, places: Iterable[int], *masks: int) -> Iterator[int]:
    """Change the byte at each place by each mask in turn, and give the place. The file is opened once, for speed."""
    sound = path.read_bytes()
    with path.open("r+b") as file:
        for place in places:
            for mask in masks:
                os.pwrite(file.fileno(), bytes([sound[place] ^ mask]), place)
                yield place
            os.pwrite(file.fileno(), sound[place : place + 1], place)
    assert path.read_bytes() == sound


def full(real: Callable[..., object], left: list[int]) -> Callable[..., object]:
    """A call that finds no space left on the disk once `left` calls were made."""

    def call(*arguments: object, **named: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **named)

    return call
