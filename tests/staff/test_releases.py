"""Releases: signatures, an atomic switch that nobody notices, rollback, damage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from retrieval.errors import CorpusError
from retrieval.passages import cut
from staff.accounts import Account
from staff.audit import Head
from staff.bench import Bench, open_bench
from staff.change_kinds import Kind
from staff.changes import Status
from staff.drafts import corpus_files
from staff.errors import RefusedError, StaffError
from staff.release_files import Release, manifest_sha256, release_anchors
from tests.staff.conftest import RITA, Clock, released
from tests.staff.made_up import BODY, QUESTIONS, Small


def approved(bench: Bench, rita: Account, anna: Account, kind: Kind, **content: Any) -> int:
    change = bench.changes.propose(rita, kind, content, "asked often", bench.drafts.open().assistant.corpus)
    bench.trials.run(change.id)
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(bench.corpus)
    return change.id


def test_a_release_holds_all_that_answers_and_says_what_it_is(bench: Bench, small: Small, anna: Account) -> None:
    release = released(bench, anna)
    manifest = release.manifest
    assert bench.releases.live_id() == release.id == bench.releases.listed()[0]
    assert release.id.startswith("0001-")
    assert corpus_files(release.folder / "corpus") == corpus_files(small.folder)
    assert {n.split("/")[0] for n in manifest["files"]} == {"corpus", "index", "suites.json"}
    assert (manifest["prepared_by"], manifest["signed_by"], manifest["before"]) == ("rita", "anna", None)
    assert manifest["documents"] == {"made-up": "1"}
    assert [name for name in manifest["files"] if "vectors" in name] == []
    low, high = (pytest.approx(edge, abs=1e-4) for edge in (0.0126, 0.9874))
    assert manifest["figures"]["Hit@3"] == {"hits": 1, "trials": 2, "share": 0.5, "low": low, "high": high}
    assert [(r.key, r.passed) for r in release.results] == [("s1/0", True), ("s2/0", True), ("s3/0", False)]
    assert all(p.stat().st_mode & 0o222 == 0 for p in release.folder.rglob("*") if p.is_file())
    last = bench.state.audit_records()[-1]
    assert (last.who, last.action, last.subject) == ("anna", "released", f"release {release.id}")
    assert json.loads(last.details) == {"before": None, "manifest_sha256": manifest["sha256"]}


def test_the_live_assistant_is_the_one_that_was_measured(bench: Bench, anna: Account) -> None:
    release = released(bench, anna)
    assistant = bench.releases.start(release)
    for result in release.results:
        answer = assistant.ask(result.text)
        assert [c.passage.id for c in answer.citations] == list(result.cited)
        assert (answer.citations[0].score if answer.citations else None) == result.score


def test_the_second_release_lists_its_changes_passages_and_moved_citations(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    first = released(bench, anna)
    number = approved(bench, rita, anna, Kind.PHRASING, passage=small.passage("Keep"), q="fridge or freezer")
    body = BODY.replace("once every two weeks", "once every three weeks") + "\nIt is a made-up text.\n"
    old = small.passage("Schedule")
    new = {"document": "made-up", "text": body, "version": "2", "effective": "2026-11-01", "review_by": "2030-11-01"}
    to = next(p.id for p in cut("made-up", body).showable() if p.text.startswith("- Schedule"))
    moves = [{"passage": old, "q": QUESTIONS[1][1], "to": to}]
    other = approved(bench, rita, anna, Kind.MONOGRAPH, **new, reattach=moves, instructions=[], suites=[])
    second = released(bench, anna)
    assert second.manifest["before"] == first.id
    assert second.manifest["changes"] == [number, other]
    assert second.manifest["newly_passing"] == ["made-up/s3/0"]
    assert second.manifest["newly_failing"] == []
    fates = [(c["fate"], c["before"], c["after"]) for c in second.manifest["passages"]]
    assert ("changed", old, to) in fates
    assert [fate for fate, *_ in fates].count("added") == 1
    assert second.manifest["documents"] == {"made-up": "2"}
    third = released(bench, anna)
    assert (third.manifest["changes"], third.manifest["passages"]) == ([], [])


def test_rolling_back_is_one_action_and_gives_the_very_same_assistant(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    first = released(bench, anna)
    approved(bench, rita, anna, Kind.PHRASING, passage=small.passage("Keep"), q="fridge or freezer")
    second = released(bench, anna)
    with pytest.raises(RefusedError, match="'rita' is a reviewer"):
        bench.releases.rollback(first.id, rita, "it was better before")
    assert bench.releases.live_id() == second.id
    assert bench.releases.rollback(first.id, anna, "it was better before") == first
    assert bench.releases.live_id() == first.id
    assert bench.releases.listed() == (first.id, second.id)
    assert [r.action for r in bench.state.audit_records()][-1] == "rolled back"
    with pytest.raises(StaffError, match="There is no release '0009'"):
        bench.releases.rollback("0009", anna, "it was better before")


def test_a_reviewer_cannot_sign(bench: Bench, rita: Account) -> None:
    candidate = bench.releases.prepare(rita)
    with pytest.raises(RefusedError, match="'rita' is a reviewer"):
        bench.releases.publish(candidate, rita, candidate.sha256)
    assert bench.releases.live_id() is None


def test_a_corpus_with_a_problem_cannot_be_prepared(bench: Bench, small: Small) -> None:
    path = small.folder / "questions" / "made-up.jsonl"
    path.write_text(path.read_text("utf-8") + "not json\n", "utf-8")
    with pytest.raises(StaffError, match=r"made-up\.jsonl:4: not JSON"):
        bench.releases.prepare(RITA)
    path.unlink()
    (small.folder / "notices" / "urgent.md").unlink()
    with pytest.raises(CorpusError, match="the notice is missing"):
        bench.releases.prepare(RITA)
    assert list(bench.releases.folder.iterdir()) == []


def test_an_approved_change_that_is_not_written_stops_a_release(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    content = {"document": "any", "topic": "sport", "q": "who won"}
    change = bench.changes.propose(rita, Kind.GAP, content, "asked often", small.corpus)
    bench.trials.run(change.id)
    bench.changes.approve(anna, change.id)
    with pytest.raises(StaffError, match="Change 1 is approved but not written"):
        bench.releases.prepare(RITA)
    again = open_bench(bench.state.folder, bench.corpus, small.encoder)
    assert again.changes.get(1).status == Status.WRITTEN
    assert "who won" in small.text("not_covered/any.jsonl")


def test_what_was_changed_after_it_was_measured_is_not_released(bench: Bench, small: Small, anna: Account) -> None:
    candidate = bench.releases.prepare(RITA)
    path = small.folder / "not_covered" / "any.jsonl"
    path.write_text(path.read_text("utf-8") + '{"topic": "sport", "q": "who won"}\n', "utf-8")
    with pytest.raises(StaffError, match="was changed since this was measured"):
        bench.releases.publish(candidate, anna, candidate.sha256)
    assert bench.releases.live_id() is None


def test_two_candidates_cannot_both_go_live(bench: Bench, anna: Account) -> None:
    first = bench.releases.prepare(RITA)
    bench.releases.publish(first, anna, first.sha256)
    with pytest.raises(StaffError, match="was changed since this was measured"):
        bench.releases.publish(first, anna, first.sha256)


@pytest.mark.parametrize("part", ["corpus/monographs/made-up.md", "suites.json", "manifest.json", "index"])
def test_a_damaged_release_is_refused(bench: Bench, anna: Account, part: str) -> None:
    release = released(bench, anna)
    path = release.folder / part
    path = next(path.rglob("views.faiss")) if path.is_dir() else path
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(StaffError, match=f"Release {release.id} is damaged"):
        bench.releases.rollback(release.id, anna, "it was better before")
    with pytest.raises(StaffError, match=f"Release {release.id} is damaged"):
        bench.releases.live()


def test_a_forged_release_was_never_signed(bench: Bench, anna: Account) -> None:
    release = released(bench, anna)
    path = release.folder / "manifest.json"
    path.chmod(0o644)
    manifest = {**release.manifest, "signed_by": "mallory"}
    forged = {**manifest, "sha256": manifest_sha256(manifest)}
    path.write_text(json.dumps(forged, indent=1, sort_keys=True), "utf-8")
    with pytest.raises(StaffError, match="was never signed as it is now"):
        bench.releases.rollback(release.id, anna, "it was better before")


def test_a_kill_between_record_and_pointer_is_made_good(
    bench: Bench, small: Small, anna: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = released(bench, anna)
    second = released(bench, anna)
    monkeypatch.setattr("staff.releases.write_atomically", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bench.releases.rollback(first.id, anna, "it was better before")
    monkeypatch.undo()
    assert bench.releases.live_id() == second.id
    assert open_bench(bench.state.folder, bench.corpus, small.encoder).releases.live_id() == first.id


def test_the_releases_are_anchors_of_the_audit_log(bench: Bench, anna: Account) -> None:
    release = released(bench, anna)
    (anchor,) = release_anchors(bench.state.folder)
    assert anchor == (f"release {release.id}", Head.read(release.manifest["audit"]))
    assert bench.state.verify_audit(*release_anchors(bench.state.folder)).n == len(bench.state.audit_records())
    with pytest.raises(StaffError, match=f"is not the one that release {release.id} knows"):
        bench.state.verify_audit((f"release {release.id}", Head(anchor[1].n, "0" * 64)))


def test_what_was_measured_waits_on_the_disk_for_a_second_person_who_has_seen_it(
    bench: Bench, small: Small, clock: Clock, rita: Account, anna: Account
) -> None:
    measured = bench.releases.prepare(anna)
    again = open_bench(bench.state.folder, small.folder, small.encoder, clock)  # the service started anew
    waiting = again.releases.candidate()
    assert waiting is not None
    assert (waiting.sha256, waiting.gates, waiting.results) == (measured.sha256, measured.gates, measured.results)
    with pytest.raises(RefusedError, match="'anna' measured this release: a second person must sign it"):
        again.releases.publish(waiting, anna, waiting.sha256)
    other = again.releases.prepare(rita)
    with pytest.raises(StaffError, match="not what you have looked at"):
        again.releases.publish(other, anna, measured.sha256)
    (other.folder / "corpus" / "monographs" / "made-up.md").write_text("another text", "utf-8")
    with pytest.raises(StaffError, match="was changed: corpus/monographs/made-up.md"):
        again.releases.candidate()
    alone = open_bench(bench.state.folder, small.folder, small.encoder, clock, two_people=())
    assert released_alone(alone, anna).manifest["signed_by"] == "anna"
    assert alone.releases.candidate() is None


def released_alone(bench: Bench, anna: Account) -> Release:
    """As a policy allows that asks for no second person."""
    candidate = bench.releases.prepare(anna)
    return bench.releases.publish(candidate, anna, candidate.sha256)


def test_going_back_and_rejecting_say_why(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    first = released(bench, anna)
    content = {"document": "any", "topic": "sport", "q": "who won"}
    change = bench.changes.propose(rita, Kind.GAP, content, "asked", small.corpus)
    with pytest.raises(StaffError, match="Say why it is rejected"):
        bench.changes.reject(anna, change.id, " ")
    with pytest.raises(StaffError, match="Say why you roll back"):
        bench.releases.rollback(first.id, anna, "")
    bench.changes.reject(anna, change.id, "not about a medicine")
    bench.releases.rollback(first.id, anna, "a patient was misled")
    told = [json.loads(r.details).get("reason") for r in bench.state.audit_records()[-2:]]
    assert told == ["not about a medicine", "a patient was misled"]
