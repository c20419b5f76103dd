"""JSON lines: one object a line, read with the number of its line and written in UTF-8.

What is read may be compressed (evaluation/compressed.py) and may have byte order marks, as editors write at the start
of a file and as they stand within one that was joined of several.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from evaluation.compressed import open_plain
from evaluation.errors import DataError

__all__ = ["half_character", "read_lines", "read_objects", "read_text", "write_objects"]

_BYTE_ORDER_MARK = "\ufeff"
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
"""The longer ones first: one of them begins with one of the shorter."""
_HEAD = 1 << 16
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""How JSON writes half a character beyond the first plane; two of them make one, one alone is no text."""


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file that are not blank, each with its number from 1, without byte order marks.

    The text is UTF-8, or what its byte order mark says (UTF-16, UTF-32). Lines end with a line feed, a carriage return
    before it or not; with a carriage return where the file has no line feed.

    Raises DataError if the file cannot be read, is damaged, or is no such text.
    """
    number = 0
    try:
        file = open_plain(path)
        encoding, newline = _layout(file)
        # newline: a text may hold U+2028 or a lone carriage return, which end no line here.
        with io.TextIOWrapper(file, encoding=encoding, newline=newline) as text:
            for number, marked in enumerate(text, 1):
                line = marked.lstrip(_BYTE_ORDER_MARK)
                if "\0" in line:
                    raise DataError(path, number, "there is a zero byte: this is no UTF-8 text.", "Save it as UTF-8.")
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except OSError as error:
        raise DataError(path, None, f"the file cannot be read ({error.strerror}).", "Check its name.") from error
    except UnicodeError as error:
        raise DataError(path, _bad_line(path) or number + 1, "the file is not UTF-8.", "Save it as UTF-8.") from error


def read_text(path: Path) -> str:
    """The whole of a text file without byte order marks at its start, its lines ended by line feeds.

    Raises DataError as read_lines does.
    """
    try:
        with open_plain(path) as file:
            encoding, _ = _layout(file)
            text = file.read().decode(encoding)
    except OSError as error:
        raise DataError(path, None, f"the file cannot be read ({error.strerror}).", "Check its name.") from error
    except UnicodeError as error:
        raise DataError(path, _bad_line(path), "the file is not UTF-8.", "Save it as UTF-8.") from error
    return text.lstrip(_BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")


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
        if _HALF.search(text) and (half := half_character(value)):
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


def _layout(file: BinaryIO) -> tuple[str, str]:
    """How a text is written, and what ends its lines; told by its first bytes."""
    head = file.read(_HEAD)
    file.seek(0)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    start = head.decode(encoding, "ignore")
    return encoding, "\r" if "\r" in start[:-1] and "\n" not in start else "\n"


def _bad_line(path: Path) -> int | None:
    """The first line that is no UTF-8: what reads a file reads many lines at once, and cannot tell."""
    with open_plain(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeError:
                return number
    return None


def half_character(value: object) -> str:
    """The first lone surrogate of any text in a JSON value, as JSON writes it; empty if there is none."""
    found = re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False))
    return f"\\u{ord(found[0]):04x}" if found else ""
