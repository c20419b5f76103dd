"""Messages that no monograph answers: of four writers, and everyday requests of a public set (CLINC150)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluation.everyday import read_messages
from evaluation.jsonl import read_objects

__all__ = ["ENCODER_SOURCES", "EVERYDAY", "for_encoder", "read_everyday", "read_intents"]

EVERYDAY = Path(__file__).parent / "everyday"
"""One file for each writer."""

ENCODER_SOURCES = frozenset({"e1", "e3"})
"""The encoder learns from these, and from half of the public intents; the decision from what it never saw."""


def read_everyday(folder: Path = EVERYDAY) -> Mapping[str, Sequence[str]]:
    """The messages of each writer. Raises DataError for a line that has no text."""
    return {p.stem: tuple(r["text"] for _, r in read_objects(p, "text")) for p in sorted(folder.glob("*.jsonl"))}


def read_intents(folder: Path, split: str) -> Mapping[str, Sequence[str]]:
    """The messages of one split of a set of intents (evaluation/everyday.py), by intent.

    Raises DataError if there is no such set or split.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for message in read_messages(folder, split):
        found[message.intent].append(message.text)
    return found


def for_encoder(intent: str) -> bool:
    """Whether the encoder learns from an intent; by its hash, so that it stays so."""
    return hashlib.sha256(intent.encode()).digest()[0] % 2 == 0
