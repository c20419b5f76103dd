"""JSON lines: one object a line, read with the number of its line and written in UTF-8.

What is read may be compressed (evaluation/compressed.py) and may have byte order marks, as editors write at the start
of a file and as they stand within one that was joined of several.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evaluation.compressed import open_plain
from evaluation.errors import DataError

__all__ = ["read_lines", "read_objects", "write_objects"]

_BYTE_ORDER_MARK = "\ufeff"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""How JSON writes half a character beyond the first plane; two of them make one, one alone is no text."""


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that are not blank, each with its number from 1, without byte order marks.

    Raises DataError if the file cannot be read, is damaged or is not UTF-8.
    """
    number = 0
    try:
        # newline="\n": a text may hold U+2028 or a lone carriage return, which end no line here.
        with io.TextIOWrapper(open_plain(path), encoding="utf-8", newline="\n") as file:
            for number, marked in enumerate(file, 1):
                line = marked.lstrip(_BYTE_ORDER_MARK)
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except OSError as error:
        raise DataError(path, None, f"the file cannot be read ({error.strerror}).", "Check its name.") from error
    except UnicodeDecodeError as error:
        raise DataError(path, number + 1, "the file is not UTF-8.", "Save it as UTF-8.") from error


def read_objects(path: Path, *keys: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file, each with its line.

    Raises DataError for a line that is none, lacks a key or has half a character, which no file could hold.
    """
    for line, text in read_lines(path):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(path, line, f"not JSON ({error}).", "Write one JSON object a line.") from None
        if not isinstance(value, dict):
            raise DataError(path, line, "not a JSON object.", "Write one JSON object a line.")
        if _HALF.search(text) and (half := _half(value)):
            problem = f"half a character, {half}, stands alone."
            raise DataError(path, line, problem, "Write the whole character, or take the half out.")
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


def _half(value: object) -> str:
    """The first lone surrogate of any text in a JSON value, as JSON writes it; empty if there is none."""
    found = re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False))
    return f"\\u{ord(found[0]):04x}" if found else ""
