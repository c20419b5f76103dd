"""The audit log finds an edit, a deletion, an insertion, a reordering and a cut, and names the first bad record."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from staff.audit import Head, Record, read_anchor
from staff.errors import StaffError
from staff.state import State

ACTIONS = ("account added", "signed in", "change proposed", "change approved", "released")


@pytest.fixture
def log(state: State) -> State:
    for number, action in enumerate(ACTIONS, 1):
        with state.writing() as transaction:
            transaction.audit("rita", action, f"subject {number}", count=number)
    return state


def tampered(state: State, *statements: str) -> None:
    """As somebody who can write the file would: without the triggers."""
    with closing(sqlite3.connect(state.path)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_log_that_nobody_touched_is_sound(log: State) -> None:
    last = log.audit_records()[-1]
    assert log.verify_audit() == Head(5, last.hash) == read_anchor(log.folder)
    assert (last.who, last.action, last.subject, last.details) == ("rita", "released", "subject 5", '{"count": 5}')
    assert last.at == "2026-09-21T14:13:20+00:00"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET who = 'anna' WHERE n = 3", "Audit record 3 .* was changed"),
        ("UPDATE audit SET details = '{}' WHERE n = 5", "Audit record 5 .* was changed"),
        ("UPDATE audit SET hash = '' WHERE n = 2", "Audit record 2 .* was changed"),
        ("DELETE FROM audit WHERE n = 2", "Audit record 2 is missing: after record 1 comes record 3"),
        ("DELETE FROM audit WHERE n = 1", "Audit record 1 is missing: after record 0 comes record 2"),
        ("DELETE FROM audit WHERE n >= 4", "Audit record 4 is missing: the log ends .* the anchor knows 5"),
        ("DELETE FROM audit", "Audit record 1 is missing: the log ends .* the anchor knows 5"),
    ],
)
def test_one_statement_is_found(log: State, statement: str, found: str) -> None:
    tampered(log, statement)
    with pytest.raises(StaffError, match=found):
        log.verify_audit()


def test_two_records_that_changed_places_are_found(log: State) -> None:
    tampered(
        log,
        "UPDATE audit SET n = 99 WHERE n = 2",
        "UPDATE audit SET n = 2 WHERE n = 3",
        "UPDATE audit SET n = 3 WHERE n = 99",
    )
    with pytest.raises(StaffError, match="Audit record 2 does not follow record 1"):
        log.verify_audit()


def test_a_deletion_with_the_rest_renumbered_is_found(log: State) -> None:
    tampered(log, "DELETE FROM audit WHERE n = 2", "UPDATE audit SET n = n - 1 WHERE n > 2")
    with pytest.raises(StaffError, match="Audit record 2 does not follow record 1"):
        log.verify_audit()


def rewritten(state: State, change: Callable[[Record], Record]) -> None:
    """Every record changed and the whole chain made anew."""
    previous = "0" * 64
    rows = []
    for record in state.audit_records():
        new = change(record)
        new = Record(new.n, new.at, new.who, new.action, new.subject, new.details, previous, "")
        previous = new.expected_hash()
        rows.append((new.who, new.previous, previous, new.n))
    with closing(sqlite3.connect(state.path)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.executemany("UPDATE audit SET who = ?, previous = ?, hash = ? WHERE n = ?", rows)
        connection.commit()


def test_a_whole_log_written_anew_is_found_by_the_anchor_and_by_a_head_noted_elsewhere(log: State) -> None:
    noted = log.verify_audit()
    rewritten(log, lambda r: Record(r.n, r.at, "mallory", r.action, r.subject, r.details, "", ""))
    with pytest.raises(StaffError, match="Audit record 5 is not the one that the anchor knows"):
        log.verify_audit()
    (log.folder / "audit.head").write_text(f"5:{log.audit_records()[-1].hash}\n", "utf-8")
    assert log.verify_audit().n == 5
    with pytest.raises(StaffError, match="Audit record 5 is not the one that the note knows"):
        log.verify_audit(("the note", noted))


def test_a_log_without_its_anchor_is_not_trusted(log: State) -> None:
    (log.folder / "audit.head").unlink()
    with pytest.raises(StaffError, match="the end of the audit log cannot be checked"):
        log.verify_audit()


def test_an_anchor_left_behind_by_a_kill_is_no_alarm(log: State) -> None:
    fourth = log.audit_records()[3]
    (log.folder / "audit.head").write_text(f"4:{fourth.hash}\n", "utf-8")
    assert log.verify_audit().n == 5


def test_the_code_cannot_change_a_record(log: State) -> None:
    for statement in ("UPDATE audit SET who = 'anna'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), log.writing() as transaction:
            transaction.execute(statement)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(1, 5),
    column=st.sampled_from(["at", "who", "action", "subject", "details", "previous", "hash"]),
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
def test_any_text_in_any_field_of_any_record_is_found(log: State, n: int, column: str, text: str) -> None:
    before = log.audit_records()[n - 1]
    assume(text != getattr(before, column))
    with closing(sqlite3.connect(log.path)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS audit_no_update")
        connection.execute(f"UPDATE audit SET {column} = ? WHERE n = ?", (text, n))  # noqa: S608
        connection.commit()
        try:
            with pytest.raises(StaffError, match=f"Audit record {n} "):
                log.verify_audit()
        finally:
            connection.execute(f"UPDATE audit SET {column} = ? WHERE n = ?", (getattr(before, column), n))  # noqa: S608
            connection.commit()
    assert log.verify_audit().n == 5


def test_a_head_reads_as_it_is_written() -> None:
    head = Head(7, "ab" * 32)
    assert Head.read(f"{head}\n") == head
    for bad in ("", "7", "x:" + "0" * 64, "7:abc"):
        with pytest.raises(StaffError, match="is no head of the audit log"):
            Head.read(bad)
