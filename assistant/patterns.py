"""Reviewed patterns that tell what a message asks for, in the pattern language of the triage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.triage.lexicon import read_all
from assistant.triage.words import NOT_BETWEEN, Part, Shortlist, read_pattern
from retrieval.errors import CorpusError

__all__ = ["Patterns", "read_patterns", "read_sets"]


class _Kind(StrEnum):
    ASKS = "asks"
    UNLESS = "unless"


@dataclass(frozen=True, slots=True)
class _Pattern:
    written: str
    parts: tuple[Part, ...]

    def found(self, message: str) -> bool:
        return all(part.expression.search(message) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a message must say, and what it must not say."""

    asks: Shortlist[_Pattern]
    unless: Shortlist[_Pattern]

    def find(self, message: str) -> str | None:
        """The pattern, as written, that a message as `spaced` writes it is found by, or None."""
        written = next((p.written for p in self.asks.of(message) if p.found(message)), None)
        return None if written is None or any(p.found(message) for p in self.unless.of(message)) else written


def read_sets(path: Path) -> Mapping[str, str]:
    """The words that patterns use by name (`{"set": …, "words": …}` a line)."""
    sets = {record["set"]: record["words"] for _, record in read_all(path, "set words")}
    if NOT_BETWEEN not in sets:
        raise CorpusError(path, 1, f"the set '{NOT_BETWEEN}' is missing.", "Restore it (see corpus/cues/README.md).")
    return sets


def read_patterns(path: Path, sets: Mapping[str, str]) -> Patterns:
    """Patterns of a file (`{"pattern": …, "kind": "asks" or "unless"}` a line).

    Raises CorpusError for the first line that cannot be used.
    """
    found: dict[_Kind, list[_Pattern]] = {kind: [] for kind in _Kind}
    for line, record in read_all(path, "pattern kind"):
        if record["kind"] not in tuple(_Kind):
            problem = f"'{record['kind']}' is none of {', '.join(_Kind)}."
            raise CorpusError(path, line, problem, "Use one of them.")
        try:
            parts = read_pattern(record["pattern"], sets)
        except ValueError as error:
            problem = f"the pattern '{record['pattern']}' cannot be read: {error}."
            raise CorpusError(path, line, problem, "Mend it.") from None
        found[_Kind(record["kind"])].append(_Pattern(record["pattern"], parts))
    asks, unless = (Shortlist((pattern, pattern.parts) for pattern in found[kind]) for kind in _Kind)
    return Patterns(asks, unless)
