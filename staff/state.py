"""The staff's state: one SQLite file, migrated when opened, that survives a kill at any point."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from retrieval.files import flush
from staff import audit
from staff.errors import StaffError
from staff.schema import MIGRATIONS

__all__ = ["State", "Transaction", "open_state"]

_FILE = "staff.sqlite3"
_PATIENCE = 30.0


class Transaction:
    """What can be done inside `State.writing`: all of it is kept, or none."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self.now = int(now)
        self._connection = connection
        self._at = now
        self.head: audit.Head | None = None

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def audit(self, who: str, action: str, subject: str, **details: object) -> None:
        """Record what is done here. Give ids and hashes, never text that a patient may have written."""
        self.head = audit.append(self._connection, self._at, who, action, subject, details)


class State:
    """Opens a connection for each piece of work, so that it can be used from any thread or process."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since 1970."""
        self.folder = folder
        self._clock = clock

    @property
    def path(self) -> Path:
        return self.folder / _FILE

    @property
    def now(self) -> int:
        return int(self._clock())

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction, on the disk when the block ends, with the audit's anchor after it.

        Raises StaffError if another process holds the database for half a minute.
        """
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                transaction = Transaction(connection, self._clock())
                yield transaction
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        if transaction.head:
            audit.write_anchor(self.folder, transaction.head)

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a statement that only reads."""
        with self._connected() as connection:
            return connection.execute(statement, values).fetchall()

    def audit_records(self) -> tuple[audit.Record, ...]:
        with self._connected() as connection:
            return tuple(audit.records(connection))

    def verify_audit(self, *anchors: tuple[str, audit.Head]) -> audit.Head:
        """Check the audit log against itself, its anchor and others. Raises StaffError: see audit.verify."""
        with self._connected() as connection:
            return audit.verify(connection, [("the anchor", audit.read_anchor(self.folder)), *anchors])

    def backup(self, path: Path) -> None:
        """Copy the database while it is in use. Raises StaffError if the file is there or cannot be written."""
        if path.exists():
            raise StaffError(f"{path} is there already. Give a file that is not.")
        work = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connected() as source, closing(sqlite3.connect(work)) as target:
                source.backup(target)
                # A copy is one file, whoever opens it first.
                target.execute("PRAGMA journal_mode = DELETE")
                if (sound := target.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                    raise StaffError(f"The copy is damaged: {sound}.")
            flush(work)
            work.rename(path)
            flush(path.parent)
        except OSError as error:
            raise StaffError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            work.unlink(missing_ok=True)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            # FULL: what was approved is on the disk before anybody is told so.
            connection.execute("PRAGMA synchronous = FULL")
            # What is deleted for privacy must not stay behind in the file.
            connection.execute("PRAGMA secure_delete = ON")
            try:
                yield connection
            except sqlite3.OperationalError as error:
                raise StaffError(f"{self.path}: {error}.") from error


def open_state(folder: Path, clock: Callable[[], float] = time.time) -> State:
    """Open the state in a folder, made if it is not there, and migrate it.

    Raises StaffError for a file that is no database of ours or was made by a newer version.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = State(folder, clock)
    new = not state.path.exists()
    try:
        _migrate(state, new)
    except sqlite3.DatabaseError as error:
        raise StaffError(f"{state.path} is damaged or no database ({error}). Restore it from a backup.") from error
    return state


def _migrate(state: State, new: bool) -> None:
    with state._connected() as connection:
        if new:
            state.path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        done = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if done > len(MIGRATIONS):
            raise StaffError(f"{state.path} is of a newer version ({done}). Use that version, or a backup.")
        if done == 0:
            audit.write_anchor(state.folder, audit.Head(0, "0" * 64))
        for migration in MIGRATIONS[done:]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
