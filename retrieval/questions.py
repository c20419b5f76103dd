"""Patients' questions: approved phrasings, each attached to its passage, and gaps, which no passage answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retrieval.errors import CorpusError

__all__ = ["Gap", "Phrasing", "held_out", "read_gaps", "read_phrasings", "read_records"]

_HELD_OUT = 32
"""Of 256: one question in eight."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question that patients ask and the id of the passage that answers it."""

    passage: str
    question: str
    intent: str = ""
    """Id of the intent that it is a wording of, '' where staff attached it by itself."""
    suggestion: str = field(default="", compare=False)
    """The approved wording in which the page offers it, if it may be offered."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that is known not to be answered, and its topic."""

    topic: str
    question: str
    intent: str = ""
    """As of a phrasing."""


def held_out(question: str) -> bool:
    """Whether the encoder never learns from this question, by its hash.

    What the encoder makes of these is what it makes of a question nobody has written down yet: they
    are the ones that thresholds are taken from.
    """
    return hashlib.sha256(question.encode()).digest()[0] < _HELD_OUT


def read_gaps(path: Path) -> tuple[tuple[Gap, ...], tuple[CorpusError, ...]]:
    """The questions of one file that are not covered (`{"topic": …, "q": …}` a line), and its bad lines."""
    records, bad = read_records(path, frozenset({"topic", "q"}))
    good: dict[Gap, int] = {}
    for line, record in records:
        gap = Gap(record["topic"], record["q"])
        if gap in good:
            bad.append(CorpusError(path, line, f"the same as line {good[gap]}.", "Remove one of the two."))
        else:
            good[gap] = line
    return tuple(good), tuple(bad)


def read_phrasings(path: Path, passages: Container[str]) -> tuple[tuple[Phrasing, ...], tuple[CorpusError, ...]]:
    """The phrasings of one file (`{"passage": id, "q": question}` a line), and its bad lines.

    One that the page may offer has besides `suggestion`, the approved wording in which it does.
    A bad line costs only itself: malformed, twice the same, or attached to no passage of `passages`.
    """
    good: dict[Phrasing, int] = {}
    records, bad = read_records(path, frozenset({"passage", "q"}), frozenset({"suggestion"}))
    for line, record in records:
        phrasing = Phrasing(record["passage"], record["q"], suggestion=record.get("suggestion", ""))
        if phrasing.passage not in passages:
            bad.append(
                CorpusError(
                    path, line,
                    f"the phrasing “{phrasing.question}” is attached to '{phrasing.passage}', which is no passage.",
                    "Attach it to the passage that answers it now (python -m retrieval passages), or remove it.",
                )
            )  # fmt: skip
        elif phrasing in good:
            bad.append(CorpusError(path, line, f"the same as line {good[phrasing]}.", "Remove one of the two."))
        else:
            good[phrasing] = line
    return tuple(good), tuple(bad)


def read_records(
    path: Path, keys: frozenset[str], others: frozenset[str] = frozenset()
) -> tuple[list[tuple[int, dict[str, Any]]], list[CorpusError]]:
    """The JSON objects of a file, each with its line (from 1) and with just `keys`, all non-empty text.

    Each may have keys of `others` too.
    """
    good: list[tuple[int, dict[str, Any]]] = []
    bad: list[CorpusError] = []
    try:
        # Not splitlines(): a question may hold U+2028, which JSON allows inside a text.
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return [], [CorpusError(path, 1, "the file is not UTF-8.", "Save it as UTF-8.")]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        problem = _problem(line, keys, others)
        if problem:
            bad.append(CorpusError(path, number, problem, f"Write an object with the keys {', '.join(sorted(keys))}."))
        else:
            good.append((number, json.loads(line)))
    return good, bad


def _problem(line: str, keys: frozenset[str], others: frozenset[str]) -> str | None:
    try:
        record = json.loads(line)
    except ValueError as error:
        return f"not JSON ({error})."
    if not isinstance(record, dict) or not keys <= set(record) <= keys | others:
        return "not an object with the keys expected."
    empty = sorted(key for key in record if not isinstance(record[key], str) or not record[key].strip())
    return f"'{empty[0]}' is not a text with words." if empty else None
