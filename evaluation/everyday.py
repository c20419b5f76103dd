"""Everyday requests by intent, which a patient service must neither answer nor take for an emergency.

A folder in the layout of CLINC150 or of other sets of intents: tables with names at their head (`messages.tsv` with
split, intent and text; Banking77's CSV files with text and category), JSON lines with such keys (MASSIVE), or
CLINC150's own data_full.json (split -> [[text, intent], …]).
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.compressed import plain_name
from evaluation.conversations import LabelledTurn, Questions
from evaluation.errors import DataError
from evaluation.jsonl import half_character, read_lines, read_objects, read_text

__all__ = ["EVERYDAY", "Message", "as_labels", "as_questions", "read_messages"]

EVERYDAY = "everyday"
SEED = 150
_TEXT = ("text", "utterance", "utt", "query", "message", "sentence")
_INTENT = ("intent", "category", "label", "label_text")
_SPLIT = ("split", "partition")
_SUFFIXES = (".tsv", ".csv", ".jsonl", ".json")
_SMALL_TALK = frozenset(
    "greeting thank_you goodbye yes no maybe repeat cancel what_can_i_ask_you are_you_a_bot who_made_you "
    "what_is_your_name how_old_are_you".split()
)
"""Intents of CLINC150 that are talk with the service itself: they are not off topic, and a group of their own."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message and its intent. `id` tells its place in its file, so that it is the same in every sample."""

    id: str
    split: str
    intent: str
    text: str


def read_messages(folder: Path, split: str | None = None, limit: int | None = None) -> tuple[Message, ...]:
    """The messages of a folder, or of one split; at most `limit` of them, drawn the same each time.

    Raises DataError if there is no such file, no message or no such split, or a line has no text.
    """
    files = sorted(p for p in folder.glob("*") if plain_name(p).suffix.lower() in _SUFFIXES and p.is_file())
    if not files:
        remedy = "Give a folder with messages.tsv (split, intent, text), or CSV, JSON or JSON lines with such names."
        raise DataError(folder, None, "there is no file of messages.", remedy)
    messages = [message for path in files for message in _read(path)]
    if split is not None:
        known = ", ".join(sorted({m.split for m in messages}))
        messages = [m for m in messages if m.split == split]
        if not messages:
            raise DataError(folder, None, f"no message is of the split '{split}'.", f"Use one of: {known}.")
    if not messages:
        raise DataError(folder, None, "there is no message.", "Write one a line under names such as intent and text.")
    if limit is not None and limit < len(messages):
        drawn = random.Random(SEED).sample(range(len(messages)), limit)  # noqa: S311 - a sample, no secret
        messages = [messages[at] for at in sorted(drawn)]
    return tuple(messages)


def as_questions(messages: Iterable[Message]) -> tuple[Questions, ...]:
    """Each message as a conversation of its own, without its intent."""
    return tuple(Questions(m.id, (m.text,)) for m in messages)


def as_labels(messages: Iterable[Message]) -> tuple[LabelledTurn, ...]:
    """Each message as off topic; small talk with the service is a group and a kind of its own."""
    return tuple(
        LabelledTurn(
            id=m.id,
            turn=0,
            text=m.text,
            kind="small_talk" if m.intent in _SMALL_TALK else "off_topic",
            gold=frozenset(),
            also=frozenset(),
            before="",
            follow_up=False,
            unsure=False,
            alarm_ok=False,
            named="small talk" if m.intent in _SMALL_TALK else EVERYDAY,
        )
        for m in messages
    )


def _read(path: Path) -> Iterator[Message]:
    name = plain_name(path)
    rows = {".jsonl": _objects, ".json": _clinc, ".csv": _table, ".tsv": _table}[name.suffix.lower()](path)
    for line, row in rows:
        text = row["text"]
        if not isinstance(text, str) or not text.strip():
            raise DataError(path, line, "a message has no text.", "Give its words, or take the line out.")
        split, intent = (str(value) if (value := row.get(key)) is not None else "" for key in ("split", "intent"))
        yield Message(f"{name.stem}/{line}", split or name.stem, intent, text)


def _objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for line, record in read_objects(path):
        keys = _columns(path, line, list(record))
        yield line, {name: record[key] for name, key in keys.items()}


def _table(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = list(read_lines(path))
    if not lines:
        return
    tabs = plain_name(path).suffix.lower() == ".tsv"
    # Tables apart by tabs have no quotes: a message may begin with one.
    texts = (text + "\n" for _, text in lines)
    rows = csv.reader(texts, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(texts, strict=True)
    keys: dict[str, int] = {}
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:  # a quote that is not closed would swallow every message after it
            line = lines[min(rows.line_num, len(lines)) - 1][0]
            raise DataError(path, line, f"the table cannot be read ({error}).", "Mind its quotes.") from None
        if row is None:
            return
        line = lines[min(rows.line_num, len(lines)) - 1][0]
        if not keys:
            keys = {name: row.index(key) for name, key in _columns(path, line, row).items()}
            continue
        if len(row) <= max(keys.values()):
            raise DataError(path, line, f"the line has {len(row)} columns.", "Write as many as there are names above.")
        yield line, {name: row[at] for name, at in keys.items()}


def _clinc(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        splits = json.loads(read_text(path))
        rows = [(split, text, intent) for split, pairs in splits.items() for text, intent in pairs]
    except (ValueError, AttributeError, TypeError) as error:
        remedy = 'Write {"split": [["text", "intent"], …]}, as CLINC150 has it.'
        raise DataError(path, None, f"this is no file of messages ({error}).", remedy) from None
    for number, (split, text, intent) in enumerate(rows, 1):
        where = f"message {number}, of the split '{split}',"
        if not isinstance(text, str) or not text.strip():
            raise DataError(path, None, f"{where} has no text.", "Give its words, or take it out.")
        if half := half_character(text):
            remedy = "Write the whole character, or take the half out."
            raise DataError(path, None, f"{where} has half a character, {half}.", remedy)
        yield number, {"split": split, "text": text, "intent": intent}


def _columns(path: Path, line: int, names: Sequence[str]) -> dict[str, str]:
    """Which name stands for the text, the intent and the split; the last two may be missing."""
    by_lower = {str(name).strip().lower(): name for name in reversed(names)}
    known = {
        what: next((by_lower[name] for name in wanted if name in by_lower), None)
        for what, wanted in (("text", _TEXT), ("intent", _INTENT), ("split", _SPLIT))
    }
    if known["text"] is None:
        raise DataError(path, line, "no name says which is the text.", f"Call it one of: {', '.join(_TEXT)}.")
    return {what: name for what, name in known.items() if name is not None}
