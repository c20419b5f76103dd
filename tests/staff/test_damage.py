"""A release that is not wholly what was signed is refused, and patients go on with the last good one."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from staff.accounts import Account
from staff.bench import Bench, live_assistant, open_bench
from staff.errors import StaffError
from staff.releases import Release, release_anchors
from tests.damage import flipped, full
from tests.staff.conftest import RITA, released
from tests.staff.made_up import Small
from tests.staff.test_live import no_other


def refused(bench: Bench, release: Release, named: str = ".*") -> None:
    with pytest.raises(StaffError, match=rf"Release {release.id} is damaged( \(.*\)\.|: {named} was changed\.)"):
        bench.releases.get(release.id)


def writable(release: Release) -> list[Path]:
    files = sorted(path for path in release.folder.rglob("*") if path.is_file())
    for path in files:
        path.chmod(0o644)
    return files


def test_every_byte_of_the_manifest(bench: Bench, anna: Account) -> None:
    release = released(bench, anna)
    writable(release)
    path = release.folder / "manifest.json"
    for _ in flipped(path, range(path.stat().st_size), 0x20):
        with pytest.raises(StaffError, match=f"Release {release.id} is damaged"):
            bench.releases._read(release.id)
    assert bench.releases.get(release.id) == release


def test_every_file_changed_cut_or_missing_and_one_too_many(bench: Bench, anna: Account) -> None:
    release = released(bench, anna)
    for path in writable(release):
        sound, name = path.read_bytes(), path.relative_to(release.folder).as_posix()
        middle = len(sound) // 2
        for changed in (sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :], sound[:-1], sound + b"\n"):
            path.write_bytes(changed)
            refused(bench, release, name)
        path.unlink()
        refused(bench, release, name)
        path.write_bytes(sound)
    more = release.folder / "corpus" / "not_covered" / "more.jsonl"
    more.write_bytes(b"")
    refused(bench, release, "corpus/not_covered/more.jsonl")
    more.unlink()
    assert bench.releases.get(release.id) == release


def test_files_that_have_changed_places(bench: Bench, anna: Account) -> None:
    release = released(bench, anna)
    files = writable(release)
    for first, second in itertools.pairwise(files):
        kept = first.read_bytes(), second.read_bytes()
        assert kept[0] != kept[1]
        first.write_bytes(kept[1])
        second.write_bytes(kept[0])
        refused(bench, release)
        first.write_bytes(kept[0])
        second.write_bytes(kept[1])


def test_a_start_on_a_damaged_release_serves_the_last_good_one(bench: Bench, anna: Account) -> None:
    first, second, third = (released(bench, anna) for _ in range(3))
    bench.releases.rollback(first.id, anna, "it was better before")
    for release in (first, third):
        writable(release)
        (release.folder / "suites.json").write_text("[]", "utf-8")
    said: list[str] = []
    live = live_assistant(bench, no_other, said.append)
    assert live.folder == second.corpus
    assert [line.rpartition("StaffError: ")[2] for line in said] == [
        f"Release {release.id} is damaged: suites.json was changed." for release in (first, third)
    ]
    writable(second)
    (second.folder / "suites.json").write_text("[]", "utf-8")
    with pytest.raises(StaffError, match=f"Release {first.id} is damaged"):
        live_assistant(bench, no_other)


def test_a_disk_that_is_full_at_any_write_of_a_release(
    bench: Bench, small: Small, anna: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def published(left: list[int]) -> None:
        candidate = bench.releases.prepare(RITA)
        with monkeypatch.context() as patched:
            for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "replace")):
                patched.setattr(owner, name, full(getattr(owner, name), left))
            bench.releases.publish(candidate, anna, candidate.sha256)

    counted = [1_000_000]
    published(counted)
    writes, live = 1_000_000 - counted[0], [bench.releases.live_id()]
    # The first one, one among the files that are flushed, and all from the last file on.
    for stop in (0, writes // 2, *range(writes - 6, writes)):
        with pytest.raises(StaffError, match=r"cannot be written: No space left on device\."):
            published([stop])
        again = open_bench(bench.state.folder, bench.corpus, small.encoder)
        again.state.verify_audit(*release_anchors(bench.state.folder))
        now = again.releases.live()
        assert now
        assert now.id in again.releases.listed()
        live.append(now.id)
    # The old one until the switch is on record, then the new one, and so on with the next.
    switched = [old != new for old, new in itertools.pairwise(live)]
    assert switched == sorted(switched)
    assert {*switched} == {False, True}
