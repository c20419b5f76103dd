"""The audit log: append-only, each record bound to the one before by a hash, its head anchored outside.

A record's hash is SHA-256 over the hash before it and its own fields as canonical JSON. So a record that is
edited, taken out, put in or moved breaks the chain at a place that can be named. A tail that is cut off breaks
nothing in the chain; the anchor, a small file beside the database, tells how long the log has been. Releases
carry anchors too. Records hold ids and hashes, and no text that a patient may have written.

Whoever can write the database and every anchor can write another history: note the head that `verify` prints
somewhere else from time to time, and give it to `verify --head`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from retrieval.files import write_atomically
from staff.errors import StaffError

__all__ = ["Head", "Record", "append", "head", "read_anchor", "records", "verify", "write_anchor"]

_START = "0" * 64
_ANCHOR = "audit.head"


@dataclass(frozen=True, slots=True)
class Head:
    """The length of a log and the hash of its last record. Written `N:HASH`."""

    n: int
    hash: str

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> Head:
        """Raises StaffError for text that is no head."""
        number, _, digest = text.strip().partition(":")
        if not number.isdigit() or len(digest) != 64:
            raise StaffError(f"'{text.strip()}' is no head of the audit log. Write it as verify prints it: N:HASH.")
        return cls(int(number), digest)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the log. `details` is JSON."""

    n: int
    at: str
    who: str
    action: str
    subject: str
    details: str
    previous: str
    hash: str

    def expected_hash(self) -> str:
        return _hash(self.previous, self.n, self.at, self.who, self.action, self.subject, self.details)


def append(
    connection: sqlite3.Connection, at: float, who: str, action: str, subject: str, details: dict[str, object]
) -> Head:
    """Add a record inside the caller's transaction, so that it stands or falls with what it records."""
    last = head(connection)
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    text = json.dumps(details, sort_keys=True, ensure_ascii=False)
    n = last.n + 1
    digest = _hash(last.hash, n, when, who, action, subject, text)
    connection.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (n, when, who, action, subject, text, last.hash, digest)
    )
    return Head(n, digest)


def head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head(0, _START)


def records(connection: sqlite3.Connection) -> Iterator[Record]:
    """Every record in order."""
    return (Record(*row) for row in connection.execute("SELECT * FROM audit ORDER BY n"))


def verify(connection: sqlite3.Connection, anchors: Iterable[tuple[str, Head]]) -> Head:
    """Check every record, and that the log still holds each anchor (its name, its head).

    Returns the head. Raises StaffError that names the first bad record.
    """
    hashes = [_START]
    for record in records(connection):
        n = len(hashes)
        if record.n != n:
            raise StaffError(f"Audit record {n} is missing: after record {n - 1} comes record {record.n}.")
        if record.previous != hashes[-1]:
            raise StaffError(f"Audit record {n} does not follow record {n - 1}: one of them was changed or moved.")
        if record.expected_hash() != record.hash:
            raise StaffError(f"Audit record {n} ({record.action}) was changed after it was written.")
        hashes.append(record.hash)
    for name, anchor in anchors:
        if anchor.n >= len(hashes):
            raise StaffError(
                f"Audit record {len(hashes)} is missing: the log ends before it, but {name} knows {anchor.n} records."
            )
        if hashes[anchor.n] != anchor.hash:
            raise StaffError(f"Audit record {anchor.n} is not the one that {name} knows: the log was written anew.")
    return Head(len(hashes) - 1, hashes[-1])


def read_anchor(folder: Path) -> Head:
    """Raises StaffError if the anchor is missing or is none."""
    try:
        return Head.read((folder / _ANCHOR).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StaffError(f"{folder / _ANCHOR} cannot be read: the end of the audit log cannot be checked.") from error


def write_anchor(folder: Path, new: Head) -> None:
    """Move the anchor on; never back, should two processes write at once."""
    path = folder / _ANCHOR
    if not path.exists() or read_anchor(folder).n < new.n:
        write_atomically(path, f"{new}\n".encode())


def _hash(previous: str, *fields: object) -> str:
    return hashlib.sha256(json.dumps([previous, *fields], ensure_ascii=False).encode()).hexdigest()
