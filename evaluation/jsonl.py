"""JSON lines: one object a line, read with the number of its line and written in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evaluation.errors import DataError

__all__ = ["read_lines", "read_objects", "write_objects"]


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that are not blank, each with its number from 1.

    Raises DataError if the file cannot be read or is not UTF-8.
    """
    number = 0
    try:
        # newline="\n": a text may hold U+2028 or a lone carriage return, which end no line here.
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except OSError as error:
        raise DataError(path, None, f"the file cannot be read ({error.strerror}).", "Check its name.") from error
    except UnicodeDecodeError as error:
        raise DataError(path, number + 1, "the file is not UTF-8.", "Save it as UTF-8.") from error


def read_objects(path: Path, *keys: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file, each with its line. Raises DataError for a line that is none or lacks a key."""
    for line, text in read_lines(path):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise DataError(path, line, f"not JSON ({error}).", "Write one JSON object a line.") from None
        if not isinstance(value, dict):
            raise DataError(path, line, "not a JSON object.", "Write one JSON object a line.")
        for key in keys:
            if key not in value:
                raise DataError(path, line, f"the key '{key}' is missing.", f"Each line needs {', '.join(keys)}.")
        yield line, value


def write_objects(path: Path, objects: Iterable[Mapping[str, Any]]) -> int:
    """Write one object a line, in the order given. Returns how many."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for value in objects:
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
            count += 1
    return count
