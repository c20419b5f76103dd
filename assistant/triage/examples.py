"""What the learned part of the triage is trained on: reviewed messages, and ordinary questions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.triage.guards import Label
from assistant.triage.lexicon import read_all
from retrieval.errors import CorpusError
from retrieval.text import clean

__all__ = ["INFORMATION", "Bank", "Example", "read_bank", "read_examples"]

INFORMATION = "information"
"""The label of a message that looks like an emergency and is a question to answer."""

_CLASSES = (None, *Label)


@dataclass(frozen=True, slots=True)
class Example:
    """A message; `label` is None for one that is no alarm."""

    text: str
    label: Label | None
    subtype: str


@dataclass(frozen=True, slots=True)
class Bank:
    """What is learned from: the reviewed examples, and ordinary questions, none of which is an alarm."""

    examples: tuple[Example, ...]
    ordinary: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        return [clean(text) for text in (*(e.text for e in self.examples), *self.ordinary)]

    @property
    def classes(self) -> NDArray[np.int64]:
        """0 no alarm, then the labels in their order; shape (examples + ordinary,)."""
        known = [_CLASSES.index(e.label) for e in self.examples]
        return np.array([*known, *([0] * len(self.ordinary))], dtype=np.int64)

    @property
    def sha256(self) -> str:
        lines = (*(f"{e.label}\x1f{e.text}" for e in self.examples), "", *self.ordinary)
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def read_bank(folder: Path, ordinary: Sequence[str]) -> Bank:
    """The examples, and the ordinary questions without doubles and without the examples' own words."""
    examples = read_examples(folder / "examples.jsonl")
    known = {example.text for example in examples}
    return Bank(examples, tuple(text for text in dict.fromkeys(ordinary) if text not in known))


def read_examples(path: Path) -> tuple[Example, ...]:
    """Read `examples.jsonl`. Raises CorpusError for the first line that cannot be used."""
    found: dict[str, int] = {}
    examples = []
    for line, record in read_all(path, "label subtype q"):
        label, text = record["label"], record["q"]
        if label not in (*Label, INFORMATION):
            known = ", ".join((*Label, INFORMATION))
            raise CorpusError(path, line, f"'{label}' is none of {known}.", "Use one of them.")
        if text in found:
            raise CorpusError(path, line, f"the same message as line {found[text]}.", "Remove one of the two.")
        found[text] = line
        examples.append(Example(text, None if label == INFORMATION else Label(label), record["subtype"]))
    return tuple(examples)
