"""The embedded state: migrations, transactions, backup, damage."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from staff.errors import StaffError
from staff.schema import MIGRATIONS
from staff.state import State, open_state
from tests.staff.conftest import Clock


def test_a_new_state_has_every_migration_and_survives_a_crash_of_the_machine(state: State) -> None:
    with closing(sqlite3.connect(state.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert state.path.stat().st_mode & 0o777 == 0o600
    assert state.query("PRAGMA synchronous") == [(2,)]
    assert state.query("PRAGMA foreign_keys") == [(1,)]


def test_an_old_state_is_migrated_and_keeps_what_it_holds(tmp_path: Path, clock: Clock) -> None:
    with closing(sqlite3.connect(tmp_path / "staff.sqlite3")) as old:
        for statement in MIGRATIONS[0]:
            old.execute(statement)
        old.execute("INSERT INTO accounts (name, role, password) VALUES ('rita', 'reviewer', 'x')")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    state = open_state(tmp_path, clock)
    assert state.query("SELECT name FROM accounts") == [("rita",)]
    assert state.query("SELECT count(*) FROM changes") == [(0,)]


def test_a_state_of_a_newer_version_is_refused(state: State) -> None:
    with closing(sqlite3.connect(state.path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StaffError, match="newer version"):
        open_state(state.folder)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "staff.sqlite3").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(StaffError, match=r"staff\.sqlite3 is damaged or no database"):
        open_state(tmp_path)


def test_a_block_that_raises_leaves_nothing(state: State) -> None:
    def fail_halfway() -> None:
        with state.writing() as transaction:
            transaction.execute("INSERT INTO accounts (name, role, password) VALUES ('rita', 'reviewer', 'x')")
            transaction.audit("tests", "account added", "rita")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert state.query("SELECT * FROM accounts") == []
    assert state.audit_records() == ()
    assert state.verify_audit().n == 0


def test_a_backup_is_taken_while_somebody_writes(state: State, tmp_path: Path) -> None:
    with state.writing() as transaction:
        transaction.execute("INSERT INTO accounts (name, role, password) VALUES ('rita', 'reviewer', 'x')")
        transaction.audit("tests", "account added", "rita")
    with state.writing() as transaction:
        transaction.execute("INSERT INTO accounts (name, role, password) VALUES ('anna', 'approver', 'x')")
        state.backup(tmp_path / "backups" / "one.sqlite3")
    with closing(sqlite3.connect(tmp_path / "backups" / "one.sqlite3")) as copy:
        assert copy.execute("SELECT name FROM accounts").fetchall() == [("rita",)]
        assert copy.execute("SELECT action, subject FROM audit").fetchall() == [("account added", "rita")]
    assert [p.name for p in (tmp_path / "backups").iterdir()] == ["one.sqlite3"]
    with pytest.raises(StaffError, match="is there already"):
        state.backup(tmp_path / "backups" / "one.sqlite3")
