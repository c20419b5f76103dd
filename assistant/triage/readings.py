"""Measurements in a message: a temperature, a blood sugar or another reading at a level of alarm.

What is one is data, corpus/triage/readings.jsonl. A number belongs to the unit that follows it, else
to the nearest word of a reading before it in its sentence, close after it, or anywhere in the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.triage.guards import ALARMS, Context, Form, Label
from assistant.triage.lexicon import read_all
from assistant.triage.numbers import numbered
from assistant.triage.words import CLAUSE, GAP, SENTENCE, read_pattern
from retrieval.errors import CorpusError

__all__ = ["Measured", "Reading", "find_readings", "read_readings"]

_KEYS = "reading label unit words units unlike plausible alarm alone"
_WORD = re.compile(r"(?<= )[^ ]+ ")
_LOWER_VALUE = re.compile(r" \d+ over $")
"""The second number of a blood pressure is no reading of its own."""
_CLOSE_AFTER = 3
_SAID_AGE = re.compile(r" (?:am|im|aged|age) $")
_MARKS = (f" {SENTENCE} ", f" {CLAUSE} ")
_AGES = range(18, 100)
_LINES = (100.4, 54, 88, 92)
"""Where guides draw the line, beside round numbers."""
_ROUND = {"mg/dL": 5.0, "mmHg, upper value": 5.0, "beats a minute": 5.0, "%": 5.0}
"""What a round number is a multiple of, by unit; of others .5."""
_TEMPERATURE = "temperature"
"""Somebody's age of 39 is likelier than a pulse or a sugar of 39, but no likelier than a temperature."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A kind of measurement in one unit."""

    name: str
    label: Label
    unit: str
    words: re.Pattern[str]
    units: re.Pattern[str]
    unlike: re.Pattern[str]
    """What follows a number that measures something else: '39 years', '40 mg'."""
    plausible: tuple[float, float]
    alarm: tuple[tuple[float, float], ...]
    alone: bool
    """Whether a number with a decimal is one without any word for it: '40.1'."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number at a level of alarm; `held_by` is the guard that makes it none, if one does."""

    reading: Reading
    number: str
    held_by: str | None


def read_readings(path: Path, sets: Mapping[str, str]) -> tuple[Reading, ...]:
    """Read `readings.jsonl`. Raises CorpusError for the first line that cannot be used."""
    return tuple(_reading(record, path, line, sets) for line, record in read_all(path, _KEYS))


def find_readings(context: Context, readings: Sequence[Reading]) -> tuple[Measured, ...]:
    """Every number of the message that is at a level of alarm."""
    return tuple(
        Measured(reading, number, context.held(start, _form(number, reading), reading.label))
        for start, end, number, value in _numbers(context.text)
        for reading in _belongs_to(context.text, start, end, number, readings)
        if any(low <= value <= high for low, high in reading.alarm)
    )


def _form(number: str, reading: Reading) -> Form:
    """Of a number of alarm that is neither round nor where guides draw the line, a value: it was measured."""
    value = numbered(number) or 0.0
    asked_of = value % _ROUND.get(reading.unit, 0.5) == 0 or value in _LINES
    return Form.VALUE if reading.label in ALARMS and not asked_of else Form.TOPIC


def _numbers(text: str) -> Iterator[tuple[int, int, str, float]]:
    for match in _WORD.finditer(text):
        word = match.group().strip()
        if (value := numbered(word)) is not None and not _LOWER_VALUE.search(text, 0, match.start()):
            yield match.start(), match.end(), word, value


def _belongs_to(text: str, start: int, end: int, number: str, readings: Sequence[Reading]) -> list[Reading]:
    """The readings that a number can be: one, or one in two units."""
    value = numbered(number) or 0.0
    plausible = [r for r in readings if r.plausible[0] <= value <= r.plausible[1]]
    if united := [r for r in plausible if r.units.match(text, end)]:
        return united
    able = [r for r in plausible if not r.unlike.match(text, end)]
    first = text.rfind(f" {SENTENCE} ", 0, start) + 1
    named = _nearest(text, first, start, readings)
    if _is_age(text, start, end, number, named, readings):
        able = [r for r in able if r.name == _TEMPERATURE]
    if named:
        return [r for r in able if r.name == named]
    if named := _close_after(text, end, readings):
        return [r for r in able if r.name == named]
    if alone := [r for r in able if r.alone and number != f"{int(value)}"]:
        return alone
    return [r for r in able if r.name == _nearest(text, 0, len(text), readings)]


def _is_age(text: str, start: int, end: int, number: str, named: str | None, readings: Sequence[Reading]) -> bool:
    """Whether a number is somebody's age: after 'am'; or with no word of a reading before it, between 'is' and 'with'
    ('Mum is 58 with …') or alone between two marks ('Lorry driver, 57, on this tablet'). What a message begins with
    ('36, milk upsets me') is none where such a word comes next ('85, his oximeter says')."""
    if not number.isdigit() or int(number) not in _AGES:
        return False
    before, after = f" {SENTENCE}{text[:start]}", text[end - 1 :]
    if _SAID_AGE.search(before):
        return True
    if named is not None:
        return False
    if before.endswith(" is ") and after.startswith(" with "):
        return _close_after(text, end, readings) is None
    if not (before.endswith(_MARKS) and after.startswith(_MARKS)):
        return False
    ends = min((at for mark in _MARKS if (at := text.find(mark, end + 1)) >= 0), default=len(text) - 1)
    return start > 1 or _nearest(text, end, ends + 1, readings) is None


def _close_after(text: str, end: int, readings: Sequence[Reading]) -> str | None:
    """The reading whose word stands among the next few."""
    after = re.compile(f"{GAP}{{0,{_CLOSE_AFTER}}}").match(text, end)
    return _nearest(text, end, after.end() if after else end, readings)


def _nearest(text: str, start: int, end: int, readings: Sequence[Reading]) -> str | None:
    """The reading whose word stands last in a stretch of the text."""
    last = {m.start(): r.name for r in readings for m in r.words.finditer(text, start, end)}
    return last[max(last)] if last else None


def _reading(record: Mapping[str, str], path: Path, line: int, sets: Mapping[str, str]) -> Reading:
    try:
        words, units, unlike = (read_pattern(record[key], sets)[0].expression for key in ("words", "units", "unlike"))
        low, high = _range(record["plausible"])
        alarm = tuple(_range(part) for part in record["alarm"].split(","))
        alone, label = {"yes": True, "no": False}[record["alone"]], Label(record["label"])
    except (ValueError, KeyError) as error:
        raise CorpusError(
            path, line, f"the reading cannot be used ({error}).", "See corpus/triage/README.md."
        ) from None
    return Reading(record["reading"], label, record["unit"], words, units, unlike, (low, high), alarm, alone)


def _range(text: str) -> tuple[float, float]:
    low, high = map(float, text.split())
    if low > high:
        raise ValueError(f"{text} runs backwards")
    return low, high
