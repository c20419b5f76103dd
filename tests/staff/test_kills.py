"""A kill at any point loses no approved change and leaves no half of one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

from staff.accounts import Account
from staff.changes import Changes, Status
from staff.state import State
from tests.conftest import ROOT
from tests.staff.made_up import Small

CHILD = """
import os, signal, sys
from pathlib import Path
from assistant.start import start_assistant
from retrieval.corpus import read_corpus
from retrieval import files
from staff.accounts import Account, Role
from staff.changes import Changes
from staff.kinds import Kind
from staff.state import open_state

state, corpus, name, stop = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
left = stop

def counted(real):
    def call(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return call

if stop:
    os.fsync, os.fchmod, Path.replace = counted(os.fsync), counted(os.fchmod), counted(Path.replace)
changes = Changes(open_state(state))
read = read_corpus(corpus)
for number in range(40):
    content = {"document": "any", "topic": "sport", "q": f"{name} {number}"}
    change = changes.propose(Account("rita", Role.REVIEWER), Kind.GAP, content, "asked often", read)
    changes.keep_trial(change.id, {})
    changes.approve(Account("anna", Role.APPROVER), change.id)
    print(change.id, flush=True)
    changes.write_approved(corpus)
print("done", flush=True)
"""


def child(state: State, small: Small, name: str, stop: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(state.folder), str(small.folder), name, str(stop)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def all_is_there(state: State, changes: Changes, small: Small, approved: list[int]) -> None:
    """After a new start every change that was said to be approved is in the corpus, once and whole."""
    changes.write_approved(small.folder)
    lines = [json.loads(line) for line in small.text("not_covered/any.jsonl").splitlines()]
    found = [line["q"] for line in lines]
    assert len(found) == len(set(found))
    for number in approved:
        change = changes.get(number)
        assert change.status == Status.WRITTEN
        assert change.content["q"] in found
    assert changes.listed(Status.APPROVED) == ()
    assert small.corpus.problems == ()
    state.verify_audit()


def test_a_kill_at_any_write_loses_no_approved_change(
    state: State, changes: Changes, small: Small, rita: Account, anna: Account
) -> None:
    assert rita
    assert anna
    approved: list[int] = []
    for stop in range(1, 18):
        process = child(state, small, f"stop {stop}", stop)
        assert process.stdout
        said = process.stdout.read().split()
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        assert "done" not in said
        approved += [int(number) for number in said]
        all_is_there(state, changes, small, approved)
    # Eight writes come before a change is said to be approved, eight after it.
    assert len(approved) == 9


def test_a_kill_from_outside_loses_no_approved_change(
    state: State, changes: Changes, small: Small, rita: Account, anna: Account
) -> None:
    assert rita
    assert anna
    approved: list[int] = []
    for round_, count in enumerate((1, 3, 7)):
        process = child(state, small, f"round {round_}", 0)
        assert process.stdout
        approved += [int(process.stdout.readline()) for _ in range(count)]
        process.kill()
        rest = process.stdout.read().split()
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        approved += [int(number) for number in rest if number != "done"]
        all_is_there(state, changes, small, approved)
