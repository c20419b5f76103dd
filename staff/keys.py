"""API keys: each keeps a client of the API to one medicine. A key opens nothing that is closed without it.

The state has the SHA-256 of a key alone: it is shown once, when it is made.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Container
from dataclasses import dataclass

from staff.errors import StaffError
from staff.state import State

__all__ = ["Key", "Keys"]

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
_BYTES = 24


@dataclass(frozen=True, slots=True)
class Key:
    """A key by the name of its client, and the id of the monograph that it keeps to."""

    name: str
    document: str


class Keys:
    """The keys of a state. Safe for threads and processes: each look is at the disk."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, name: str, document: str, known: Container[str], by: str) -> str:
        """Make a key for a client; returns it, and nothing can tell it again.

        Raises StaffError for a name that is none or has a key, and for a medicine that is none of `known`.
        """
        if not _NAME.fullmatch(name):
            raise StaffError("The name of a key has small letters, digits, dots, hyphens and underscores.")
        if document not in known:
            raise StaffError(f"There is no monograph '{document}'.")
        key = secrets.token_urlsafe(_BYTES)
        with self._state.writing() as transaction:
            if transaction.execute("SELECT 1 FROM api_keys WHERE name = ?", name).fetchone():
                raise StaffError(f"'{name}' has a key already: remove it first.")
            transaction.execute(
                "INSERT INTO api_keys (name, document, sha256, at) VALUES (?, ?, ?, ?)",
                name, document, _hash(key), transaction.now,
            )  # fmt: skip
            transaction.audit(by, "key added", f"key {name}", document=document)
        return key

    def remove(self, name: str, by: str) -> None:
        """From its next request on the client is refused. Raises StaffError for a name without a key."""
        with self._state.writing() as transaction:
            if not transaction.execute("DELETE FROM api_keys WHERE name = ?", name).rowcount:
                raise StaffError(f"'{name}' has no key.")
            transaction.audit(by, "key removed", f"key {name}")

    def listed(self) -> tuple[Key, ...]:
        """By name."""
        return tuple(Key(*row) for row in self._state.query("SELECT name, document FROM api_keys ORDER BY name"))

    def document_of(self, key: str) -> str | None:
        """Id of the monograph that a key keeps to; None for one that is none."""
        rows = self._state.query("SELECT document FROM api_keys WHERE sha256 = ?", _hash(key))
        return str(rows[0][0]) if rows else None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
