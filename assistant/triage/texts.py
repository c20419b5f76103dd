"""Messages in files, to measure the triage on."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import CorpusError

__all__ = ["named_messages", "read_messages"]

_ENDINGS = (".jsonl", ".tsv")


def named_messages(argument: str) -> tuple[str, tuple[str, ...]]:
    """The name and the messages of 'NAME=PATH', for an argument of a command line."""
    name, equals, path = argument.partition("=")
    if not (name and equals and Path(path).exists()):
        raise ArgumentTypeError(f"'{argument}' is not NAME=PATH with a file or folder that is there")
    return name, read_messages(Path(path))


def read_messages(path: Path) -> tuple[str, ...]:
    """The messages of a JSONL file (`text` of each object) or a TSV file (its column `text`), or of all in a folder.

    Raises CorpusError for a line that has none.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS)
        return tuple(text for file in files for text in read_messages(file))
    return tuple(_rows(path) if path.suffix == ".tsv" else _objects(path))


def _objects(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            text = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError):
            text = None
        if not isinstance(text, str):
            raise CorpusError(path, number, "the line is no object with a 'text'.", 'Write {"text": "…"}.')
        yield text


def _rows(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            if row.get("text") is None:
                raise CorpusError(path, number, "the row has no 'text'.", "Name a column so in the first line.")
            yield row["text"]
