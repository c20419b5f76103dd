"""Which labelled lines a quote covers: by its offsets in the source, or by its text where it has none.

A quote covers a line when it holds at least half of the line's characters; a line of fewer than 39
characters must be whole, since half of it could stand anywhere. Characters are counted after folding
(see `fold`). docs/measures.md has the definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import DataError
from evaluation.jsonl import read_lines, read_objects

__all__ = ["Line", "Span", "covered_by_spans", "covered_by_text", "fold", "map_lines", "read_source_lines"]

Span = tuple[int, int]
"""(start, end) in code points of a document."""

_MARKS = re.compile(r"^\s*[-*]\s+|\*\*|^#+\s*", re.MULTILINE)
_BLANKS = re.compile(r"[\s|]+")
_SHORTEST_HALF = 20
_STEP = 10
"""A half that starts anywhere in a line is looked for at every tenth character."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that labels name. `text == source[start:end]` of the document, in code points."""

    document: str
    number: int
    start: int
    end: int
    text: str

    @property
    def needed(self) -> int:
        """How many folded characters of it a quote must hold."""
        length = len(fold(self.text))
        half = (length + 1) // 2
        return half if half >= _SHORTEST_HALF else length


def fold(text: str) -> str:
    """The text without what Markdown may write differently: list dashes, heading marks, bold, pipes, spaces."""
    return _BLANKS.sub(" ", _MARKS.sub("", text)).strip()


def covered_by_text(text: str, lines: Iterable[Line]) -> frozenset[int]:
    """The numbers of the lines of which `text` holds enough, wherever the text stands.

    A repeated sentence covers each line that has it. Used for systems that give no offsets.
    """
    folded = fold(text)
    return frozenset(line.number for line in lines if _holds(folded, fold(line.text)))


def covered_by_spans(spans: Mapping[str, Sequence[Span]], lines: Iterable[Line]) -> frozenset[int]:
    """The numbers of the lines of which the spans of their document, taken together, hold enough."""
    return frozenset(line.number for line in lines if _held(spans.get(line.document, ()), line) >= line.needed)


def read_source_lines(path: Path) -> tuple[Line, ...]:
    """The lines that labels name, from a file that map_lines made.

    Raises DataError for a malformed line, or offsets that are not as long as the text.
    """
    lines = []
    keys = ("document", "line", "start", "end", "text")
    for number, record in read_objects(path, *keys):
        line = Line(*(record[key] for key in keys))
        whole = all(type(n) is int and n >= 0 for n in (line.number, line.start, line.end))
        if not whole or not isinstance(line.document, str) or not isinstance(line.text, str):
            remedy = "Make the file anew (python -m evaluation lines)."
            raise DataError(path, number, "this is no line of a document: a name, three numbers and a text.", remedy)
        if line.end - line.start != len(line.text):
            raise DataError(path, number, "the offsets are not as long as the text.", "Make the file anew.")
        lines.append(line)
    return tuple(lines)


def map_lines(path: Path, document: str, source: str) -> tuple[Line, ...]:
    """Find each line of a plain text file in the Markdown that was made of it, in order.

    Blank lines have no place. Raises DataError naming the first line that `source` does not have after
    the one before.
    """
    lines: list[Line] = []
    at = 0
    for number, text in read_lines(path):
        wanted = fold(text)
        while True:
            end = source.find("\n", at)
            end = len(source) if end < 0 else end
            found = source[at:end]
            if fold(found) == wanted:
                break
            if end == len(source):
                raise DataError(path, number, "the monograph does not have this line.", "Give the text it was made of.")
            at = end + 1
        lines.append(Line(document, number, at, at + len(found.rstrip()), found.rstrip()))
        at = end + 1
    return tuple(lines)


def _holds(text: str, line: str) -> bool:
    if line in text:
        return True
    half = (len(line) + 1) // 2
    if len(text) < half or half < _SHORTEST_HALF:
        return False
    return text in line or any(line[at : at + half] in text for at in range(0, len(line) - half + 1, _STEP))


def _held(spans: Sequence[Span], line: Line) -> int:
    """How many folded characters of a line the spans hold; what two of them hold counts once."""
    merged: list[Span] = []
    for start, end in sorted((max(a, line.start), min(b, line.end)) for a, b in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return sum(len(fold(line.text[a - line.start : b - line.start])) for a, b in merged)
