"""What the learned part of the triage is trained on: reviewed messages, and ordinary ones of many sources."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.triage.guards import ALARMS, Label
from assistant.triage.lexicon import read_all
from retrieval.errors import CorpusError
from retrieval.text import clean

__all__ = [
    "APPROVED",
    "CLASSES",
    "INFORMATION",
    "Bank",
    "Example",
    "Ordinary",
    "read_bank",
    "read_examples",
    "read_ordinary",
]

INFORMATION = "information"
"""The label of a message that looks like an emergency and is a question to answer."""

APPROVED = "phrasings and gaps"
"""The source of the corpus's own questions: approved phrasings, and gaps."""

_ABOUT = ("health", "else")

_TOLD = "told, "
"""In front of the writer's name, as the subtype of an example."""

CLASSES = (None, *Label)
"""What a message can be, in the order of the columns of the learned part."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message; `label` is None for one that is to raise nothing."""

    text: str
    label: Label | None
    subtype: str


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A message that is to raise nothing, who wrote it (the report leaves out one source after the other), and whether
    it is about health."""

    text: str
    source: str
    health: bool = True


@dataclass(frozen=True, slots=True)
class Bank:
    """What is learned from: the reviewed examples, and ordinary messages, none of which is to raise anything."""

    examples: tuple[Example, ...]
    ordinary: tuple[Ordinary, ...]

    @property
    def texts(self) -> list[str]:
        return [clean(text) for text in (*(e.text for e in self.examples), *(o.text for o in self.ordinary))]

    @property
    def classes(self) -> NDArray[np.int64]:
        """0 nothing, then the labels in their order; shape (examples + ordinary,)."""
        known = [CLASSES.index(e.label) for e in self.examples]
        return np.array([*known, *([0] * len(self.ordinary))], dtype=np.int64)

    @property
    def sources(self) -> tuple[str, ...]:
        """Of each message: the source of an ordinary one, '' for an example."""
        return (*([""] * len(self.examples)), *(o.source for o in self.ordinary))

    @property
    def writers(self) -> tuple[str, ...]:
        """As `sources`, and of an example the writer whom its subtype names ("told, k1"): the two are one."""
        named = (e.subtype.partition(_TOLD) for e in self.examples)
        return (*("" if before else writer for before, _, writer in named), *(o.source for o in self.ordinary))

    @property
    def health(self) -> tuple[bool | None, ...]:
        """Of each message whether it is about health or somebody in need; None of an example that is no alarm."""
        return (*(True if e.label in ALARMS else None for e in self.examples), *(o.health for o in self.ordinary))

    @property
    def sha256(self) -> str:
        lines = (
            *(f"{e.label}\x1f{e.text}" for e in self.examples),
            "",
            *(f"{o.source}\x1f{o.text}" for o in self.ordinary),
        )
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def read_bank(folder: Path, questions: Sequence[str]) -> Bank:
    """The examples, and as ordinary messages `ordinary.jsonl` and the corpus's `questions`.

    Without doubles and without the examples' own words. Raises CorpusError for the first line that cannot be used.
    """
    examples = read_examples(folder / "examples.jsonl")
    known = {example.text for example in examples}
    ordinary = {
        o.text: o for o in (*(Ordinary(q, APPROVED) for q in questions), *read_ordinary(folder / "ordinary.jsonl"))
    }
    return Bank(examples, tuple(o for text, o in ordinary.items() if text not in known))


def read_examples(path: Path) -> tuple[Example, ...]:
    """Read `examples.jsonl`. Raises CorpusError for the first line that cannot be used."""
    found: dict[str, int] = {}
    examples = []
    for line, record in read_all(path, "label subtype q"):
        label, text = record["label"], record["q"]
        if label not in (*Label, INFORMATION):
            known = ", ".join((*Label, INFORMATION))
            raise CorpusError(path, line, f"'{label}' is none of {known}.", "Use one of them.")
        _only_once(path, line, text, found)
        examples.append(Example(text, None if label == INFORMATION else Label(label), record["subtype"]))
    return tuple(examples)


def read_ordinary(path: Path) -> tuple[Ordinary, ...]:
    """Read `ordinary.jsonl`. Raises CorpusError for the first line that cannot be used."""
    found: dict[str, int] = {}
    ordinary = []
    for line, record in read_all(path, "source about q"):
        _only_once(path, line, record["q"], found)
        if record["about"] not in _ABOUT:
            raise CorpusError(path, line, f"'{record['about']}' is none of {', '.join(_ABOUT)}.", "Use one of them.")
        ordinary.append(Ordinary(record["q"], record["source"], record["about"] == "health"))
    return tuple(ordinary)


def _only_once(path: Path, line: int, text: str, found: dict[str, int]) -> None:
    if text in found:
        raise CorpusError(path, line, f"the same message as line {found[text]}.", "Remove one of the two.")
    found[text] = line
