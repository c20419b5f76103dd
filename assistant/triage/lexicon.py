"""The reviewed red-flag terms of corpus/triage: read into a Lexicon, found in messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from assistant.triage.guards import Context, Form, Guard, GuardKind, Label, context_of
from assistant.triage.numbers import spoken
from assistant.triage.words import NOT_BETWEEN, Part, Shortlist, read_pattern, spaced
from retrieval.errors import CorpusError
from retrieval.questions import read_records

__all__ = ["Lexicon", "Match", "Term", "read_lexicon"]

_NEEDED_SETS = (NOT_BETWEEN, "ends_denial", "ends_question")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Term:
    """A red flag: its pattern as written, and its parts, which must all be found."""

    pattern: str
    label: Label
    subtype: str
    language: str
    form: Form
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A term found in a message; `held_by` is the guard that makes it no alarm, if one does.

    `lasting` is the guard that makes of an emergency what is to be reported today.
    """

    term: Term
    held_by: str | None
    lasting: str | None = None

    @property
    def label(self) -> Label:
        """What the term raises in this message."""
        return Label.SOON if self.lasting and self.term.label == Label.URGENT else self.term.label


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms and guards in the order of their files."""

    terms: Shortlist[Term]
    guards: Shortlist[Guard]
    sets: Mapping[str, str]

    def context(self, text: str) -> Context:
        ends = (self.sets[name].split("|") for name in ("ends_denial", "ends_question"))
        return context_of(spoken(spaced(text)), self.guards, *ends)

    def find(self, context: Context) -> tuple[Match, ...]:
        """Every term of the message. A term in parts is held back if all places of one part are.

        Guards of the languages of these terms count: the message may be in each of them, and in no other.
        """
        placed = [(term, places) for term in self.terms.of(context.text) if (places := _places(term, context.text))]
        languages = frozenset(term.language for term, _ in placed)
        return tuple(_match(term, places, context, languages) for term, places in placed)


def read_lexicon(folder: Path) -> Lexicon:
    """Read `sets.jsonl`, `guards.jsonl` and `terms.jsonl` of corpus/triage.

    Raises CorpusError for the first line that cannot be used: a red flag must not be lost in silence.
    """
    sets = _sets(folder / "sets.jsonl")
    guards = tuple(
        Guard(
            record["guard"],
            _choice(GuardKind, record["kind"], folder / "guards.jsonl", line),
            _only(_parts(record["guard"], sets, folder / "guards.jsonl", line), folder / "guards.jsonl", line),
            record["language"],
        )
        for line, record in read_all(folder / "guards.jsonl", "guard kind language")
    )
    path = folder / "terms.jsonl"
    terms = tuple(
        Term(
            record["term"],
            _choice(Label, record["label"], path, line),
            record["subtype"],
            record["language"],
            _choice(Form, record["form"], path, line),
            _parts(record["term"], sets, path, line),
        )
        for line, record in read_all(path, "term label subtype form language")
    )
    return Lexicon(
        Shortlist((term, term.parts) for term in terms),
        Shortlist((guard, [guard.part]) for guard in guards),
        sets,
    )


def _only(parts: tuple[Part, ...], path: Path, line: int) -> Part:
    """The part of a guard. Raises CorpusError where there are more: it would hold back what one alone says."""
    if len(parts) > 1:
        raise CorpusError(path, line, "a guard has one part, without '&'.", "See corpus/triage/README.md.")
    return parts[0]


def read_all(path: Path, keys: str) -> list[tuple[int, dict[str, str]]]:
    """The records of a file of the triage, each with its line. Raises CorpusError for a bad line."""
    if not path.is_file():
        raise CorpusError(path, 1, "the file is missing.", "Restore it: the service does not start without.")
    records, bad = read_records(path, frozenset(keys.split()))
    if bad:
        raise bad[0]
    if not records:
        raise CorpusError(path, 1, "the file has no line.", "Restore it: the service does not start without.")
    return records


def _sets(path: Path) -> dict[str, str]:
    sets = {record["set"]: record["words"] for _, record in read_all(path, "set words")}
    for name in _NEEDED_SETS:
        if name not in sets:
            raise CorpusError(path, 1, f"the set '{name}' is missing.", "Restore it (see corpus/triage/README.md).")
    return sets


def _places(term: Term, text: str) -> list[list[int]]:
    """Where each part of a term starts; nothing if one is nowhere."""
    places = [[found.start() for found in part.expression.finditer(text)] for part in term.parts]
    return places if all(places) else []


def _match(term: Term, places: list[list[int]], context: Context, languages: frozenset[str]) -> Match:
    held_by = None
    for starts in places:
        holds = [context.held(start, term.form, term.label, languages) for start in starts]
        if None not in holds:
            held_by = holds[0]
    return Match(term, held_by, context.lasting())


def _choice(kind: type[_Choice], value: str, path: Path, line: int) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        raise CorpusError(path, line, f"'{value}' is none of {', '.join(kind)}.", "Use one of them.") from None


def _parts(pattern: str, sets: Mapping[str, str], path: Path, line: int) -> tuple[Part, ...]:
    try:
        return read_pattern(pattern, sets)
    except ValueError as error:
        raise CorpusError(path, line, f"the pattern '{pattern}' cannot be read: {error}.", "Mend it.") from None
