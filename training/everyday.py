"""Messages that no monograph answers: of four writers, and everyday requests of a public set (CLINC150)."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluation.errors import DataError
from evaluation.jsonl import read_objects

__all__ = ["ENCODER_SOURCES", "EVERYDAY", "for_encoder", "read_everyday", "read_intents"]

EVERYDAY = Path(__file__).parent / "everyday"
"""One file for each writer."""

ENCODER_SOURCES = frozenset({"e1", "e3"})
"""The encoder learns from these, and from half of the public intents; the decision from what it never saw."""


def read_everyday(folder: Path = EVERYDAY) -> Mapping[str, Sequence[str]]:
    """The messages of each writer. Raises DataError for a line that has no text."""
    return {p.stem: tuple(r["text"] for _, r in read_objects(p, "text")) for p in sorted(folder.glob("*.jsonl"))}


def read_intents(path: Path, split: str) -> Mapping[str, Sequence[str]]:
    """The messages of one split by intent, from a table with the columns split, intent and text (CLINC150's layout).

    Raises DataError if the table is not there or has other columns.
    """
    found: dict[str, list[str]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["split"] == split:
                    found[row["intent"]].append(row["text"])
    except OSError as error:
        raise DataError(
            path, None, f"the file cannot be read ({error.strerror}).", "Give the folder of data."
        ) from error
    except KeyError as error:
        raise DataError(path, 1, f"there is no column {error}.", "Name the columns split, intent and text.") from error
    return found


def for_encoder(intent: str) -> bool:
    """Whether the encoder learns from an intent; by its hash, so that it stays so."""
    return hashlib.sha256(intent.encode()).digest()[0] % 2 == 0
