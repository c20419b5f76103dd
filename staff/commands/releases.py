"""Commands for releases: measure, sign, roll back, say what is live; and replay an answer from its record."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from retrieval.progress import progress_bar
from staff.changes import Status
from staff.commands.context import Add, Context, add_decider, decider
from staff.drafts import corpus_sha256
from staff.errors import StaffError
from staff.replay import corpus_of, replayed

__all__ = ["add_releases"]


def add_releases(add: Add) -> None:
    release = add("release", _release, "measure the corpus, check the gates, sign and go live")
    release.add_argument("--dry-run", action="store_true", help="only measure and check")
    release.add_argument("--sign", metavar="HASH", help="sign what was measured, by the hash that was shown with it")
    add_decider(release)
    rollback = add("rollback", _rollback, "make an earlier release live again")
    rollback.add_argument("release")
    rollback.add_argument("--reason", required=True, help="why, for the log")
    add_decider(rollback)
    add("status", _status, "say what is live, and what waits")
    replay = add("replay", _replay, "show again what an answer showed, from its line in the log")
    replay.add_argument("record", nargs="?", type=Path, help="a file with the line; default: standard input")


def _release(arguments: argparse.Namespace, context: Context) -> int:
    bench = context.bench()
    by = decider(arguments, bench.accounts)
    if arguments.sign:
        if (waiting := bench.releases.candidate()) is None:
            raise StaffError("Nothing waits for a signature. Measure first.")
        print(f"live: {bench.releases.publish(waiting, by, arguments.sign).id}")
        return 0
    with progress_bar("Measuring") as progress:
        candidate = bench.releases.prepare(by, progress)
    for gate in candidate.gates:
        print(f"{'passed' if gate.passed else 'FAILED'}  {gate.name}: {gate.detail}")
    if candidate.failing:
        return 1
    if arguments.dry_run or "release" in context.two_people:
        print(f"{candidate.manifest['id']} waits for a signature: release --sign {candidate.sha256} --as SOMEBODY ELSE")
        return 0
    print(f"live: {bench.releases.publish(candidate, by, candidate.sha256).id}")
    return 0


def _rollback(arguments: argparse.Namespace, context: Context) -> None:
    bench = context.bench()
    by = decider(arguments, bench.accounts)
    print(f"live: {bench.releases.rollback(arguments.release, by, arguments.reason).id}")


def _status(_: argparse.Namespace, context: Context) -> None:
    bench = context.bench()
    live = bench.releases.live()
    print(f"live: {live.id if live else 'no release yet; the corpus folder is served'}")
    for name in bench.releases.listed():
        manifest = bench.releases.get(name).manifest
        print(f"  {name}  signed by {manifest['signed_by']}, prepared {manifest['prepared']}")
    print(f"pending changes: {len(bench.changes.listed(Status.PENDING))}")
    same = live is not None and live.manifest["corpus_sha256"] == corpus_sha256(context.corpus)
    print(f"the corpus folder is {'what is live' if same else 'not what is live'}")


def _replay(arguments: argparse.Namespace, context: Context) -> None:
    text = arguments.record.read_text("utf-8") if arguments.record else sys.stdin.read()
    try:
        record = json.loads(text.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise StaffError(f"The record is no line of JSON ({error}).") from error
    corpus, source = corpus_of(record, context.bench().releases, context.corpus)
    print(f"{record['decision']}, from {source}")
    for citation in replayed(record, corpus):
        monograph = citation.monograph
        print(f"\n{monograph.title}, version {monograph.version}, {citation.start}-{citation.end}\n{citation.text}")
