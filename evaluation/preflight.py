"""What would fail at the end, found at the start: the folders to write to, and the room on their disks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evaluation.errors import DataError

__all__ = ["apart", "need_room", "writable_file", "writable_files", "writable_folder"]


def writable_folder(path: Path) -> Path:
    """The folder, made if it is not there, once a file could be made in it. Raises DataError if none can."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"\n")
            file.flush()
    except OSError as error:
        problem = f"nothing can be written into this folder ({error.strerror})."
        raise DataError(
            path, None, problem, "Give a folder that you may write to, on a disk that is not full."
        ) from None
    return path


def writable_file(path: Path) -> Path:
    """The file to write, once its folder is there and takes files. Raises DataError if it cannot be written."""
    writable_folder(path.parent)
    if path.is_dir():
        raise DataError(path, None, "this is a folder.", "Give the name of a file.")
    if path.exists() and not os.access(path, os.W_OK):
        raise DataError(path, None, "this file may not be written.", "Give another name.")
    return path


def writable_files(folder: Path, *names: str) -> Path:
    """The folder, once each file of these names can be written into it. Raises DataError if one cannot."""
    writable_folder(folder)
    for name in names:
        writable_file(folder / name)
    return folder


def need_room(folder: Path, needed: int) -> None:
    """Raises DataError unless the disk of the folder, which must be there, has room for `needed` bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        problem = f"the disk has room for {free / 2**20:.0f} MiB, and {needed / 2**20:.0f} MiB may be written."
        raise DataError(folder, None, problem, "Make room, or give a folder on another disk.")


def apart(specs: Sequence[str], folders: Sequence[Path]) -> None:
    """Raises DataError if two of several systems would write into one folder."""
    for at, folder in enumerate(folders):
        if (first := folders.index(folder)) < at:
            problem = f"'{specs[first]}' and '{specs[at]}' would write into one folder."
            raise DataError(folder, None, problem, "Name each system once, or run them one by one.")
