"""Front matter: the YAML between two `---` lines at the top of a Markdown file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from retrieval.errors import CorpusError

__all__ = ["Fields", "read_front_matter"]

FENCE = "---"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, which is faster; a PyYAML that was built without it has its own."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of one front matter, each with the line it stands on, so that errors can name it."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def error(self, key: str, problem: str, remedy: str) -> CorpusError:
        return CorpusError(self.path, self.lines.get(key, 1), problem, remedy)

    def text(self, key: str, default: str | None = None) -> str:
        """The non-empty text under `key`. Raises CorpusError if it is missing or not text."""
        value = self.values.get(key, default)
        if value is None:
            raise self.error(key, f"front matter lacks '{key}'.", f"Add a line '{key}: …'.")
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"'{key}' must be text, not {value!r}.", "Put it in quotes.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under `key`; empty if the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.error(key, f"'{key}' must be a list of texts.", f"Write '{key}: [one, two]'.")
        return tuple(value)

    def date(self, key: str) -> date:
        """The date under `key`. Raises CorpusError if it is missing or not a date."""
        value = self.values.get(key)
        # datetime is a date too: type() rather than isinstance, so that a time of day is refused.
        if type(value) is not date:
            raise self.error(
                key, f"'{key}' must be a date, not {value!r}.", f"Write '{key}: 2026-12-31' (year-month-day)."
            )
        return value

    def only(self, allowed: frozenset[str]) -> None:
        """Refuse keys that nobody reads: a misspelt one would be lost in silence."""
        for key in self.values:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                raise self.error(key, f"unknown key '{key}'.", f"Use one of: {known}.")


def read_front_matter(path: Path, raw: bytes | None = None) -> tuple[Fields, str, int]:
    """Split a file into its front matter and its body; `raw` are its bytes, where they have been read.

    Returns the fields, the body exactly as in the file (no newline is translated), and the line
    (from 1) on which the body starts. Raises CorpusError for a file that is not UTF-8, has no
    front matter, or whose front matter is not a YAML mapping.
    """
    text = _decode(path, path.read_bytes() if raw is None else raw)
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        raise CorpusError(path, 1, "no front matter.", "Start the file with a line '---' (see corpus/README.md).")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise CorpusError(path, 1, "the front matter has no end.", "Close it with a second line '---'.")
    values, numbers = _parse(path, "".join(lines[1:end]))
    return Fields(path, values, numbers), "".join(lines[end + 1 :]), end + 2


def _decode(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CorpusError(path, line, "the file is not UTF-8.", "Save it as UTF-8 without a byte order mark.") from None
    if text.startswith("\ufeff"):
        raise CorpusError(path, 1, "the file starts with a byte order mark.", "Save it as UTF-8 without one.")
    return text


def _parse(path: Path, block: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The mapping, and the line in the file on which each key stands."""
    loader = _LOADER(block)
    try:
        node = loader.get_single_node()
        values: dict[str, Any] = loader.construct_document(node) if node else {}
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-13-40
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        raise CorpusError(path, line, f"the front matter is not YAML ({error}).", "Mend the line named.") from None
    finally:
        loader.dispose()
    if not isinstance(node, yaml.MappingNode):
        raise CorpusError(path, 2, "the front matter is not 'key: value' lines.", "Write one key a line.")
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if key.value in lines:
            raise CorpusError(path, line, f"'{key.value}' stands twice in the front matter.", "Keep one of the two.")
        lines[key.value] = line
    return values, lines
