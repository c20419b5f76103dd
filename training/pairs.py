"""Pairs of texts that ought to be near each other, each with the class it belongs to.

Two texts of one class are never set against each other as negatives.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")

__all__ = ["Pair", "Sources", "batches", "read_public"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A query, a text that answers or means the same, and their class."""

    query: str
    positive: str
    group: str


@dataclass(frozen=True, slots=True)
class Sources:
    """What batches are drawn from. `passages` and `gaps` hold the texts of each class."""

    passages: dict[str, list[str]]
    """Passage id -> its text in context, then its phrasings."""
    gaps: dict[str, list[str]]
    """Topic that the monograph does not cover -> its questions."""
    answers: dict[str, list[Pair]]
    """Focus (an illness or medicine) -> questions with answers; one focus makes hard negatives."""
    summaries: list[Pair]
    """Long messages with the one question in them."""


def batches(sources: Sources, steps: int, seed: int) -> Iterator[list[Pair]]:
    """`steps` batches: 24 passages, 8 gaps, 2 focuses of up to 4 questions, and 2 long messages."""
    draw = random.Random(seed)  # noqa: S311 - training draws, not secrets
    focuses = sorted(focus for focus, pairs in sources.answers.items() if len(pairs) > 1)
    for _ in range(steps):
        batch = [_two(group, sources.passages[group], draw) for group in _some(sorted(sources.passages), 24, draw)]
        batch += [_two(group, sources.gaps[group], draw) for group in _some(sorted(sources.gaps), 8, draw)]
        for focus in _some(focuses, 2, draw):
            batch += _some(sources.answers[focus], 4, draw)
        batch += _some(sources.summaries, 2, draw)
        yield batch


def read_public(folder: Path) -> tuple[dict[str, list[Pair]], list[Pair]]:
    """Pairs of `train-medquad` by focus, and of `train-meqsum`, from the folder of public data."""
    answers: dict[str, list[Pair]] = defaultdict(list)
    for row in _rows(folder / "train-medquad"):
        group = f"{row['focus']}\x1f{row['qtype']}"
        answers[row["focus"]].append(Pair(row["question"], row["answer"], group))
    summaries = [Pair(row["question"], row["summary"], row["summary"]) for row in _rows(folder / "train-meqsum")]
    return dict(answers), summaries


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def _two(group: str, texts: Sequence[str], draw: random.Random) -> Pair:
    """Two texts of a class; a passage's own text, which stands first, takes part in every second pair."""
    if len(texts) > 2 and draw.random() < 0.5:
        return Pair(draw.choice(texts[1:]), texts[0], group)
    query, positive = draw.sample(list(texts), 2)
    return Pair(query, positive, group)


def _some(items: Sequence[Item], count: int, draw: random.Random) -> list[Item]:
    return draw.sample(list(items), min(count, len(items)))
