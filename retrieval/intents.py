"""Intents: what patients ask about any medicine, and what was decided of each for one monograph.

    corpus/intents/THEME.jsonl        the intents, their wordings, and the kinds of section where they are answered
    corpus/section_kinds/en.jsonl     the kinds of section, and how their headings begin
    corpus/onboarding/ID.jsonl        which passage of a monograph answers an intent, or that none does

The files and who may change them: corpus/README.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.errors import CorpusError
from retrieval.questions import Gap, Phrasing, read_records

__all__ = [
    "NOT_COVERED",
    "Intent",
    "Reviewed",
    "SectionKinds",
    "expanded",
    "read_intents",
    "read_reviewed",
    "read_section_kinds",
]

NOT_COVERED = "not covered"
"""In the place of a passage's id: the monograph does not answer."""

_TEXTS = ("intent", "asks", "topic", "owner", "version", "status")
_LISTS = ("sections", "questions")
_DATES = ("effective", "review_by")
_KEYS = frozenset((*_TEXTS, *_LISTS, *_DATES))
_REVIEWED = ("intent", "asks", "version", "passage")
_WRITE = "Write it as corpus/README.md shows."


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that patients ask about any medicine."""

    id: str
    asks: str
    """What is asked, in one line: a reviewer decides by it."""
    sections: tuple[str, ...]
    """Kinds of section where it may be answered, the likeliest first."""
    topic: str
    """What a gap of it is about."""
    questions: tuple[str, ...]
    owner: str
    version: str
    effective: date
    review_by: date


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What two people decided of an intent for one monograph: the passage that answers it, or NOT_COVERED."""

    intent: str
    asks: str
    """What was asked when they decided."""
    version: str
    """Version of the intent by then."""
    passage: str

    def holds(self, intents: Mapping[str, Intent]) -> bool:
        """Whether the intent still asks what was decided on; its wordings may have changed."""
        return self.intent in intents and intents[self.intent].asks == self.asks

    def newest(self, intents: Mapping[str, Intent]) -> bool:
        """Whether nothing of the intent has changed since."""
        return self.holds(intents) and intents[self.intent].version == self.version


@dataclass(frozen=True)
class SectionKinds:
    """The kinds of section, and how a heading of each begins."""

    patterns: Mapping[str, re.Pattern[str]]

    def of(self, words: str) -> tuple[str, ...]:
        """The kinds of a heading, or of a line that begins with one, in the order of the file."""
        plain = words.strip("# *\t-:").casefold()
        return tuple(kind for kind, pattern in self.patterns.items() if pattern.match(plain))


def read_intents(folder: Path) -> tuple[Mapping[str, Intent], tuple[CorpusError, ...]]:
    """The intents of `folder/*.jsonl` by id, in the order of the files, and their bad lines.

    A bad line costs only itself: malformed, not approved, an id that is taken, or a wording that another intent has.
    """
    found: dict[str, Intent] = {}
    taken: dict[str, str] = {}
    problems: list[CorpusError] = []
    for path in sorted(folder.glob("*.jsonl")):
        for line, record, problem in _objects(path):
            if problem or (problem := _problem(record)):
                problems.append(CorpusError(path, line, problem, _WRITE))
                continue
            intent = _intent(record)
            if intent.id in found:
                problems.append(CorpusError(path, line, f"the intent '{intent.id}' stands there twice.", "Keep one."))
                continue
            for question in intent.questions:
                other = taken.setdefault(question.casefold(), intent.id)
                if other != intent.id:
                    text = f"“{question}” is a wording of '{other}' too."
                    problems.append(CorpusError(path, line, text, "Keep it where it belongs."))
            own = tuple(q for q in dict.fromkeys(intent.questions) if taken[q.casefold()] == intent.id)
            found[intent.id] = _intent({**record, "questions": own})
    return found, tuple(problems)


def read_section_kinds(path: Path) -> SectionKinds:
    """Raises CorpusError for a line that cannot be used; without the file there are no kinds."""
    patterns: dict[str, re.Pattern[str]] = {}
    for line, record, problem in _objects(path) if path.is_file() else ():
        heads = record.get("headings")
        if problem or set(record) != {"kind", "headings"} or not isinstance(heads, list) or not heads:
            raise CorpusError(path, line, problem or "not a kind with its headings.", _WRITE)
        try:
            patterns[str(record["kind"])] = re.compile(rf"(?:\d+\. +)?(?:{'|'.join(map(str, heads))})(?!\w)")
        except re.error as error:
            raise CorpusError(path, line, f"not a pattern ({error}).", _WRITE) from error
    return SectionKinds(patterns)


def read_reviewed(path: Path, passages: Container[str]) -> tuple[tuple[Reviewed, ...], tuple[CorpusError, ...]]:
    """The lines of one file of `onboarding`, and those that cannot be used or whose passage is none of `passages`."""
    good: dict[Reviewed, int] = {}
    records, bad = read_records(path, frozenset(_REVIEWED))
    for line, record in records:
        reviewed = Reviewed(*(record[key] for key in _REVIEWED))
        if reviewed.passage != NOT_COVERED and reviewed.passage not in passages:
            text = f"the intent '{reviewed.intent}' is answered by '{reviewed.passage}', which is no passage."
            bad.append(CorpusError(path, line, text, "Decide on it again (python -m staff onboard)."))
        elif reviewed in good:
            bad.append(CorpusError(path, line, f"the same as line {good[reviewed]}.", "Remove one of the two."))
        else:
            good[reviewed] = line
    return tuple(good), tuple(bad)


def expanded(
    reviewed: Sequence[Reviewed], intents: Mapping[str, Intent], taken: Container[str] = ()
) -> tuple[tuple[Phrasing, ...], tuple[Gap, ...]]:
    """The phrasings and gaps that decisions make, each with its intent; none for what the intent no longer asks.

    `taken` are questions of the monograph's own, which staff attached one by one: those stand as they are.
    """
    phrasings, gaps = [], []
    for one in reviewed:
        if not one.holds(intents):
            continue
        intent = intents[one.intent]
        for question in intent.questions:
            if question in taken:
                continue
            if one.passage == NOT_COVERED:
                gaps.append(Gap(intent.topic, question, intent.id))
            else:
                phrasings.append(Phrasing(one.passage, question, intent.id))
    return tuple(phrasings), tuple(gaps)


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any], str | None]]:
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError:
        yield 1, {}, "the file is not UTF-8."
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            yield number, {}, f"not JSON ({error})."
            continue
        yield (number, record, None) if isinstance(record, dict) else (number, {}, "not an object.")


def _problem(record: Mapping[str, Any]) -> str | None:
    if set(record) != _KEYS:
        return f"an intent has the keys {', '.join(sorted(_KEYS))}."
    for key in _TEXTS:
        if not isinstance(record[key], str) or not record[key].strip():
            return f"'{key}' is not a text with words."
    for key in _LISTS:
        values = record[key]
        if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
            return f"'{key}' is not a list of texts."
    if record["status"] != "approved":
        return "the intent is not approved."
    try:
        effective, review_by = (date.fromisoformat(record[key]) for key in _DATES)
    except (TypeError, ValueError):
        return "'effective' and 'review_by' are dates, as in 2026-12-31."
    return None if effective < review_by else "'review_by' must be after 'effective'."


def _intent(record: Mapping[str, Any]) -> Intent:
    return Intent(
        record["intent"], record["asks"], tuple(record["sections"]), record["topic"], tuple(record["questions"]),
        record["owner"], record["version"], *(date.fromisoformat(record[key]) for key in _DATES),
    )  # fmt: skip
