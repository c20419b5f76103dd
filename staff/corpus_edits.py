"""What a change does to the files of the corpus: pure functions from text to text.

A new line goes after the last line of its own group (the same passage, topic, or label), so that a diff shows
the one line and nothing else, and files stay sorted where they are. An edit that is there already is not made
twice: writing an approved change again after a kill does no harm.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from retrieval.monograph import text_sha256
from staff.errors import StaffError

__all__ = [
    "has_line",
    "with_fields",
    "with_labels",
    "with_line",
    "with_lines",
    "with_monograph",
    "with_moved",
    "with_notice",
    "with_text",
    "without_line",
]

_FENCE = "---"
_SUGGESTION = "suggestion"


def _is(line: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
    """Whether a line is this record. A phrasing that the page may offer says more than the record that names it."""
    return line is not None and all(line.get(key) == value for key, value in record.items())


def with_line(text: str, record: Mapping[str, Any], group: Sequence[str]) -> str:
    """A file of JSON lines with one more; `group` names the keys whose values make a group."""
    return with_lines(text, [record], group)


def with_lines(text: str, records: Sequence[Mapping[str, Any]], group: Sequence[str]) -> str:
    """A file of JSON lines with these more, which is read once, however many they are."""
    lines = _split(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    there = [_record(line) for line in lines]
    known = {_key(record) for record in there if record is not None}
    keys = [tuple(str(r.get(k, "")) for k in group) if r is not None else None for r in there]
    for record in records:
        if _key(record) not in known:
            known.add(_key(record))
            key = tuple(str(record[k]) for k in group)
            place = _place(keys, key)
            keys.insert(place, key)
            lines.insert(place, json.dumps(dict(record), ensure_ascii=False) + "\n")
    return "".join(lines)


def has_line(text: str, record: Mapping[str, Any]) -> bool:
    """Whether a file of JSON lines has this record."""
    return any(_is(_record(line), record) for line in _split(text))


def without_line(text: str, record: Mapping[str, Any]) -> str:
    """A file of JSON lines without every line that is this record."""
    return "".join(line for line in _split(text) if not _is(_record(line), record))


def with_moved(text: str, moves: Sequence[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> str:
    """A file of JSON lines in which records are others, in their places, or are gone (None).

    A record is gone too if the other stands there already; what its line says besides stays. The file is read once,
    however many moves there are.
    """
    to = {_key(record): new for record, new in moves}
    lines = _split(text)
    keys = [None if (record := _record(line)) is None else _key(record) for line in lines]
    there = {key for key in keys if key is not None and key not in to}
    found = []
    for line, key in zip(lines, keys, strict=True):
        if key is None or key not in to:
            found.append(line)
        elif (new := to[key]) is not None and (_key(new) not in there or _key(new) == key):
            there.add(_key(new))
            found.append(json.dumps({**(_record(line) or {}), **new}, ensure_ascii=False) + "\n")
    return "".join(found)


def with_labels(text: str, moved: Mapping[str, str]) -> str:
    """A suite in which questions expect other passages, by the id of the old one; other lines keep their bytes."""

    def line(old: str) -> str:
        record = _record(old)
        if record is None or not any(f'"{passage}"' in old for passage in moved):
            return old
        for turn in record.get("turns", []):
            for key in {"gold", "also"} & set(turn):
                turn[key] = list(dict.fromkeys(moved.get(label, label) for label in turn[key]))
        return json.dumps(record, ensure_ascii=False) + "\n"

    return "".join(map(line, _split(text)))


def with_notice(
    text: str,
    body: str,
    version: str,
    effective: date,
    review_by: date,
    contacts: Sequence[str] | None = None,
    topic_text: str | None = None,
) -> str:
    """A notice with other words, a new version and new dates; `contacts` and `topic_text` stay where they are None.

    Where the notice has none of them, an empty one adds nothing.
    """
    fields = {
        "version": json.dumps(version),
        "effective": effective.isoformat(),
        "review_by": review_by.isoformat(),
    }
    there = {line.partition(":")[0] for line in _front(text)[0]}
    for key, value in (("contacts", contacts), ("topic_text", topic_text)):
        if value or (value is not None and key in there):
            fields[key] = json.dumps(value, ensure_ascii=False)
    return with_text(with_fields(text, fields), f"{body.strip()}\n")


def with_text(text: str, body: str) -> str:
    """A file with front matter, with another body."""
    return "".join(_front(text)[0]) + body


def with_fields(text: str, fields: Mapping[str, str]) -> str:
    """A file with front matter in which some keys have other values, as YAML; new keys come last."""
    front, body = _front(text)
    left = dict(fields)
    for at, line in enumerate(front[1:-1], 1):
        key = line.partition(":")[0]
        if key in left:
            front[at] = f"{key}: {left.pop(key)}\n"
    front[-1:-1] = [f"{key}: {value}\n" for key, value in left.items()]
    return "".join(front) + body


def with_monograph(text: str, body: str, version: str, effective: date, review_by: date) -> str:
    """A monograph with another text; its hash is written as the approver of the change approves it."""
    fields = {
        "version": json.dumps(version),
        "effective": effective.isoformat(),
        "review_by": review_by.isoformat(),
        "sha256": text_sha256(body),
    }
    return with_text(with_fields(text, fields), body)


def _split(text: str) -> list[str]:
    """Lines with their ends. Not splitlines(): a question may hold U+2028, which JSON allows inside a text."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def _key(record: Mapping[str, Any]) -> str:
    """The same for equal records, whatever the order of their keys and the wording in which they are offered."""
    named = {key: value for key, value in record.items() if key != _SUGGESTION}
    return json.dumps(named, sort_keys=True, ensure_ascii=False)


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _place(keys: Sequence[tuple[str, ...] | None], key: tuple[str, ...]) -> int:
    """After the last of the same group; else where the order of a sorted file puts it; else at the end."""
    if key in keys:
        return len(keys) - list(reversed(keys)).index(key)
    known = [k for k in keys if k is not None]
    return bisect_left(known, key) if known == sorted(known) and len(known) == len(keys) else len(keys)


def _front(text: str) -> tuple[list[str], str]:
    lines = _split(text)
    fences = [at for at, line in enumerate(lines) if line.rstrip() == _FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:
        raise StaffError("The file has no front matter.")
    return lines[: fences[1] + 1], "".join(lines[fences[1] + 1 :])
