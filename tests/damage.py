"""Damage to files: one byte after another, each put back before the next."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["flipped"]


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
