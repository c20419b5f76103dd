"""The reviewed rules of the triage together: what the terms and the numbers of a message say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assistant.triage.guards import ALARMS, Context, GuardKind, Label
from assistant.triage.lexicon import Lexicon, Match, Term, read_lexicon
from assistant.triage.readings import Measured, Reading, find_readings, read_readings
from retrieval.encoder import file_sha256

__all__ = ["Findings", "Rules", "read_rules"]

_FILES = ("sets.jsonl", "guards.jsonl", "terms.jsonl", "readings.jsonl")


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules found in one message."""

    context: Context
    matches: tuple[Match, ...]
    measured: tuple[Measured, ...]

    def fired(self) -> tuple[Term, ...]:
        """The terms that no guard holds back."""
        return tuple(match.term for match in self.matches if match.held_by is None)

    def labels(self) -> frozenset[Label]:
        """What the rules alone say that the message is."""
        numbers = {number.reading.label for number in self.measured if number.held_by is None}
        return frozenset({match.label for match in self.matches if match.held_by is None} | numbers)

    def alarms(self) -> frozenset[Label]:
        """What the rules alone raise an alarm for."""
        return self.labels() & frozenset(ALARMS)

    def language(self) -> str | None:
        """The language of the terms that fired, if none of them is English."""
        languages = [term.language for term in self.fired()]
        return languages[0] if languages and "en" not in languages else None

    def evidence(self) -> tuple[str, ...]:
        """The rules that raise the alarm, for staff."""
        fired = (match for match in self.matches if match.held_by is None)
        terms = (f"term “{m.term.pattern}” ({m.term.subtype}{_why(m)})" for m in fired)
        numbers = (f"{n.reading.name} {n.number} {n.reading.unit}" for n in self.measured if n.held_by is None)
        return (*terms, *numbers)

    def guards(self, kind: GuardKind) -> tuple[str, ...]:
        """The guards of a kind that the message has."""
        return tuple(found.guard.pattern for found in self.context.spans[kind])


def _why(match: Match) -> str:
    """Why a term of an emergency raises none."""
    return f", lasting “{match.lasting}”" if match.label != match.term.label else ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The terms, the guards and the readings; `sha256` is over the files that they came from."""

    lexicon: Lexicon
    readings: tuple[Reading, ...]
    sha256: str

    def find(self, text: str) -> Findings:
        context = self.lexicon.context(text)
        return Findings(context, self.lexicon.find(context), find_readings(context, self.readings))


def read_rules(folder: Path) -> Rules:
    """Read the rules of `corpus/triage`. Raises CorpusError for the first line that cannot be used."""
    lexicon = read_lexicon(folder)
    readings = read_readings(folder / "readings.jsonl", lexicon.sets)
    digests = "".join(f"{name}\0{file_sha256(folder / name)}\n" for name in _FILES)
    return Rules(lexicon, readings, hashlib.sha256(digests.encode()).hexdigest())
