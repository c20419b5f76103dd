"""A kill at any point loses no approved change, and leaves no half of one; the release that is live is old or new."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys

from staff.accounts import Account
from staff.changes import Changes, Status
from staff.state import State
from tests.conftest import ROOT
from tests.staff.made_up import Small, write_lines

CHILD = """
import os, signal, sys
from pathlib import Path
from assistant.start import start_assistant
from retrieval.corpus import read_corpus
from retrieval import files
from staff.accounts import Account, Role
from staff.changes import Changes
from staff.change_kinds import Kind
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


RELEASING = """
import os, signal, sys
from pathlib import Path
from staff.accounts import Account, Role
from staff.bench import open_bench
from staff.releases import release_anchors
from tests.staff.made_up import hashing

state, corpus, anna = Path(sys.argv[1]), Path(sys.argv[2]), Account("anna", Role.APPROVER)
rita = Account("rita", Role.REVIEWER)
left = 0

def counted(real):
    def call(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return call

def opened():
    bench = open_bench(state, corpus, hashing())
    bench.state.verify_audit(*release_anchors(state))
    live = bench.releases.live()
    return bench, live and live.id

def publish(bench):
    candidate = bench.releases.prepare(rita)
    return bench.releases.publish(candidate, anna, candidate.sha256)

stop = int(sys.argv[3])
bench, live = opened()
print(live, live in bench.releases.listed(), flush=True)
if stop == 0:
    publish(bench)
os.fsync, Path.rename, Path.replace = map(counted, (os.fsync, Path.rename, Path.replace))
if stop >= 0:
    # A process of its own for each: what fork() copies of the libraries' threads can wait for ever.
    candidate = bench.releases.prepare(rita)
    left = stop
    bench.releases.publish(candidate, anna, candidate.sha256)
    print(-left)
"""
LOOK, COUNT = -1, 0


def test_a_kill_at_a_write_of_a_release_leaves_the_old_one_live_or_the_new_one(
    state: State, small: Small, anna: Account
) -> None:
    assert anna
    (small.folder / "suites" / "gates.yaml").write_text("at_least: {Hit@3: 0.5}\n", "utf-8")
    # In its own words: else each process would also load what reads other languages.
    asked = {"text": "a mild skin rash", "kind": "answerable", "gold": [small.passage("Rash")], "also": []}
    write_lines(small.folder / "suites" / "made-up.jsonl", {"id": "s1", "turns": [asked]})

    def release(stop: int) -> tuple[int, list[str]]:
        command = [sys.executable, "-c", RELEASING, str(state.folder), str(small.folder), str(stop)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode, done.stdout.splitlines()

    writes = int(release(COUNT)[1][-1])
    # The first ones, one among the files that are flushed, and all from the last file on.
    stops = (1, 2, 3, writes // 2, *range(writes - 9, writes + 1))
    done = [*(release(stop) for stop in stops), release(LOOK)]
    assert [code for code, _ in done] == [-signal.SIGKILL] * 14 + [0]
    seen = [line.split() for _, [line] in done]
    assert [listed for _, listed in seen] == ["True"] * 15
    # Once the switch is recorded the new one is live after the next start, and before that the old one.
    live = [identifier for identifier, _ in seen]
    switched = [new != old for old, new in itertools.pairwise(live)]
    assert switched == sorted(switched)
    assert {*switched} == {False, True}
