"""What a start needs of each monograph, kept by the content of its file: a library need not be parsed and cut anew.

    <folder>/monographs/<version>.sqlite     SHA-256 of a file -> front matter, views, and a SHA-256 over both

`version` is a hash of the code that reads and cuts, so other code never sees it. Each file is read all the same: its
hash finds the row, and its text, from which every quote is taken, must have the hash that staff approved. A row that
is not as it was written, or a file that SQLite cannot read, is made anew. Deleting it costs time, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import Any

from retrieval.blocks import Span
from retrieval.monograph import Monograph, read_monograph
from retrieval.passage_views import own_disclaimer, passage_views
from retrieval.passages import Passages, cut
from retrieval.view import KeptViews, View, ViewKind

__all__ = ["MonographCache", "code_version"]

_READ_BY = ("markdown-it-py", "PyYAML")
_PATIENCE = 60
"""Seconds to wait for another process that is writing."""

_TABLE = "CREATE TABLE IF NOT EXISTS monographs (file BLOB PRIMARY KEY, row BLOB, sha256 BLOB)"
_KINDS = {kind.value: kind for kind in ViewKind}


class MonographCache:
    """The kept monographs of a folder; of None, nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder and folder / "monographs" / f"{code_version()}.sqlite"
        self._rows = dict(_read(self._path)) if self._path and self._path.is_file() else {}
        self._new: dict[bytes, bytes] = {}

    def read(self, path: Path) -> tuple[Monograph, Passages, str]:
        """A monograph, its passages, and the SHA-256 of its file. Raises CorpusError as read_monograph."""
        raw = path.read_bytes()
        key = hashlib.sha256(raw)
        if (row := self._rows.get(key.digest())) is not None:
            return *_unpacked(json.loads(row), raw, path), key.hexdigest()
        monograph = read_monograph(path, raw)
        passages = cut(monograph.id, monograph.source)
        if self._path:
            kept = KeptViews(passage_views(passages), own_disclaimer(passages))
            self._new[key.digest()] = json.dumps(_packed(monograph, kept)).encode()
            passages = replace(passages, kept=kept)
        return monograph, passages, key.hexdigest()

    def save(self) -> None:
        """Keep what was not kept. A folder that cannot be written to is left as it is: the next start cuts again."""
        if not self._path or not self._new:
            return
        with suppress(sqlite3.Error, OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for other in self._path.parent.glob("*.sqlite"):
                if other != self._path:
                    other.unlink()
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as connection, connection:
                connection.execute(_TABLE)
                rows = ((key, row, _checksum(key, row)) for key, row in self._new.items())
                connection.executemany("INSERT OR REPLACE INTO monographs VALUES (?, ?, ?)", rows)


@cache
def code_version(package: Path = Path(__file__).parent) -> str:
    """A hash of the code of this package, and of what it reads Markdown and front matter with."""
    digest = hashlib.sha256(f"{sys.version}\0{[version(name) for name in _READ_BY]}".encode())
    for path in sorted(package.glob("*.py")):
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _read(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a file that are as they were written; a file that is none of SQLite's is removed."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
            for key, row, checksum in connection.execute("SELECT file, row, sha256 FROM monographs"):
                if _checksum(key, row) == checksum:
                    yield key, row
    except sqlite3.OperationalError:
        return  # another process is at it for long, or the folder is gone
    except sqlite3.DatabaseError:
        with suppress(OSError):
            path.unlink()


def _checksum(key: bytes, row: bytes) -> bytes:
    return hashlib.sha256(key + row).digest()


def _packed(monograph: Monograph, kept: KeptViews) -> dict[str, Any]:
    """What JSON can hold of both; the text itself stays in its file."""
    passages = list(dict.fromkeys(view.passage for view in kept.views))
    numbers = {passage: number for number, passage in enumerate(passages)}
    return {
        "monograph": {
            "id": monograph.id, "title": monograph.title, "generic_name": monograph.generic_name,
            "aliases": monograph.aliases, "version": monograph.version, "effective": monograph.effective.isoformat(),
            "review_by": monograph.review_by.isoformat(), "owner": monograph.owner, "sha256": monograph.sha256,
            "first_line": monograph.first_line, "standing": monograph.standing,
        },
        "bytes": len(monograph.source.encode()),
        "disclaimer": kept.disclaimer and [kept.disclaimer.start, kept.disclaimer.end],
        "passages": passages,
        "views": [
            [numbers[view.passage] for view in kept.views],
            *([*column] for column in zip(*(view[1:5] for view in kept.views), strict=True)),
        ],
    }  # fmt: skip


def _unpacked(row: Mapping[str, Any], raw: bytes, path: Path) -> tuple[Monograph, Passages]:
    fields = dict(row["monograph"])
    fields |= {name: date.fromisoformat(fields[name]) for name in ("effective", "review_by")}
    fields |= {"aliases": tuple(fields["aliases"]), "source": raw[len(raw) - row["bytes"] :].decode(), "path": path}
    monograph = Monograph(**fields)
    numbers, kinds, *columns = row["views"] or [()] * 5
    passages, own = row["passages"], repeat(monograph.id)
    places = zip(map(passages.__getitem__, numbers), map(_KINDS.__getitem__, kinds), *columns, repeat(""), own)
    disclaimer = Span(*row["disclaimer"]) if row["disclaimer"] else None
    kept = KeptViews(tuple(map(View._make, places)), disclaimer)
    return monograph, Passages(monograph.id, monograph.source, kept=kept)
