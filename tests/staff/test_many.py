"""Many lines at once: a table with a preview and one trial, wordings out of the bank, and `staff propose`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.corpus import read_corpus
from retrieval.encoder import Progress, Vectors
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Changes, Status
from staff.errors import StaffError, TableError
from staff.many import GAP, PHRASING, Line, as_content, preview, read_lines, taken
from staff.masking import mask
from staff.rejected import Rejected
from staff.state import State
from staff.table_files import FORMATS, table_bytes
from staff.unanswered import Shared, Signal
from staff.wordings import Wording, all_wordings, bank, intent_wordings, shared_wordings, suggested
from tests.hashing import HashingEncoder
from tests.staff.conftest import PASSWORD, applied, proposed
from tests.staff.made_up import QUESTIONS, Small, write_lines
from tests.staff.test_main import run
from web.staff.many import ticked


def table(small: Small) -> list[list[str]]:
    return [
        ["Question", "Passage", "Topic", "Medicine", "Ward"],
        ["is it kept in a fridge", small.passage("Keep the vials"), "", "", "3"],
        [QUESTIONS[0][1].upper(), small.passage("Infusion"), "", "", "3"],
        [QUESTIONS[0][1], small.passage("Schedule"), "", "", "3"],
        ["who won the match", "", "sport", "any", "3"],
        ["is it dear", "", "cost", "", "3"],
        ["what does it cost", "", "cost", "", "3"],
        ["is it dear for [name]", "", "cost", "", "3"],
        ["and now", "", "", "", "3"],
        ["", "made-up:none", "cost", "", "3"],
        ["is it kept in a  fridge", small.passage("Keep the vials"), "", "", "3"],
        ["is it new", "", "age", "other", "3"],
    ]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_table_of_lines_says_of_each_whether_it_can_be_taken(tmp_path: Path, small: Small, suffix: str) -> None:
    path = tmp_path / f"lines{suffix}"
    path.write_bytes(table_bytes(table(small), suffix))
    found = read_lines(path, small.corpus)
    assert found.remarks == ("The column 'ward' is left out.",)
    assert [(line.remark, line.problem) for line in found.lines] == [
        ("row 2", ""),
        ("row 3", "it is attached there already"),
        (f"row 4; attached to {small.passage('Infusion')} too", ""),
        ("row 5", ""),
        ("row 6", ""),
        ("row 7", "it is marked as not covered already"),
        ("row 8", "it has a mask: write it as a patient would"),
        ("row 9", "it has neither a passage nor a topic"),
        ("row 10", "it has a passage and a topic: which is meant?"),
        ("row 11", "it is attached there already"),
        ("row 12", "'other' is no medicine; use one of made-up, any"),
    ]
    assert [(line.what, line.place, line.topic) for line in taken(found.lines)][2:] == [
        (GAP, "any", "sport"),
        (GAP, "made-up", "cost"),
    ]


def test_a_table_without_questions_is_none(tmp_path: Path, small: Small) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("frage;passage\nx;y\n", "utf-8")
    with pytest.raises(TableError, match="column 'question': there is no such column"):
        read_lines(path, small.corpus)


def test_many_lines_are_one_change_with_one_trial(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    lines = [
        Line(PHRASING, small.passage("Keep the vials"), "", "fridge or freezer"),
        Line(PHRASING, small.passage("Rash"), "", "is it itchy"),
        Line(GAP, "made-up", "cost", "is it dear"),
        Line(GAP, "any", "sport", "who won the match"),
    ]
    change = proposed(bench.changes, rita, small, Kind.MANY, **as_content(lines))
    trial, _ = bench.trials.run(change.id)
    assert trial.newly_passing == ("made-up/s3/0",)
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(small.folder)
    corpus = small.corpus
    assert corpus.problems == ()
    document = corpus.documents["made-up"]
    assert [p.question for p in document.phrasings if p.passage == small.passage("Rash")] == [
        QUESTIONS[2][1],
        "is it itchy",
    ]
    assert [g.question for g in document.gaps] == ["what does it cost", "is it dear"]
    assert {g.question for g in corpus.gaps} == {"will it rain tomorrow", "who won the match"}


def test_lines_that_cannot_be_taken_are_no_change_and_all_are_named(bench: Bench, small: Small, rita: Account) -> None:
    content = as_content([Line(PHRASING, "made-up:none", "", "x"), Line(GAP, "made-up", " ", "y")])
    with pytest.raises(StaffError) as error:
        proposed(bench.changes, rita, small, Kind.MANY, **content)
    assert str(error.value).split("\n") == [
        "“x”: 'made-up:none' is no passage that can be shown.",
        "“y”: its topic is not one line of words.",
    ]
    with pytest.raises(StaffError, match="no line to take"):
        proposed(bench.changes, rita, small, Kind.MANY, phrasings=[], uncovered=[])
    with pytest.raises(StaffError, match="the question is empty"):
        proposed(bench.changes, rita, small, Kind.MANY, phrasings=["odd"], uncovered=[])


def test_only_what_is_ticked_is_taken(small: Small) -> None:
    rash = small.passage("Rash")
    rows: list[list[object]] = [
        [True, PHRASING, rash, "", "is it itchy", "", ""],
        [False, PHRASING, rash, "", "is it red", "", ""],
        ["true", GAP, "any", "sport", " who won ", "", ""],
    ]
    assert ticked(rows) == [Line(PHRASING, rash, "", "is it itchy"), Line(GAP, "any", "sport", "who won")]
    with pytest.raises(StaffError, match="Tick a line first"):
        ticked([rows[1]])


def test_wordings_are_offered_to_the_passage_they_are_nearest_to(small: Small) -> None:
    rash, infusion = small.passage("Rash"), small.passage("Infusion")
    offered = [
        Wording("does the skin on my arms go red", "a"),
        Wording("does the SKIN go red", "attached in other letters"),
        Wording("red on my arms does the skin go", "the same words as the first"),
        Wording("how many minutes does it run through the drip", "of another passage"),
        Wording("what does it cost in red", "nearer to a gap"),
        Wording("zebra", "of nothing"),
    ]
    found = suggested(small.corpus, "made-up", [rash], offered, small.encoder)
    assert [(s.passage, s.wording) for s in found] == [(rash, offered[0])]
    assert 0.5 < found[0].score < 0.95
    both = suggested(small.corpus, "made-up", [infusion, rash], offered, small.encoder)
    assert [(s.passage, s.wording.source) for s in both] == [(infusion, "of another passage"), (rash, "a")]
    assert suggested(small.corpus, "made-up", [rash], [], small.encoder) == ()
    with pytest.raises(StaffError, match="is no passage of 'made-up'"):
        suggested(small.corpus, "made-up", ["made-up:none"], offered, small.encoder)


def test_what_a_patient_wrote_is_kept_as_no_vector(small: Small, bench: Bench) -> None:
    asked: list[str] = []

    class Listening(HashingEncoder):
        def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
            asked.extend(texts)
            return super().encode(texts, progress)

    listening = Listening()
    listening.dimension = small.encoder.dimension
    offered = [
        Wording("does the skin on my arms go red", "a", of_patient=True),
        Wording("can a mild skin rash appear", "b"),
    ]
    found = suggested(small.corpus, "made-up", [small.passage("Rash")], offered, bench.drafts.encoder, listening)
    assert {s.wording for s in found} == set(offered)
    assert "can a mild skin rash appear" in asked
    assert offered[0].text not in asked


def test_a_wording_that_was_rejected_is_not_offered_again_for_that_passage(state: State, rita: Account) -> None:
    rejected = Rejected(state)
    offered = (Wording("is it red", "a"), Wording("is it itchy", "b"))
    assert rejected.add(rita, "made-up:rash", ["Is it  RED"]) == 1
    assert rejected.add(rita, "made-up:rash", []) == 0
    assert rejected.without("made-up:rash", offered) == offered[1:]
    assert rejected.without("made-up:other", offered) == offered
    record = state.audit_records()[-1]
    assert (record.who, record.action, record.subject) == ("rita", "wordings rejected", "made-up:rash")
    assert "red" not in str(state.query("SELECT * FROM rejected_wordings")).lower().replace("rejected", "")


def test_the_bank_of_another_medicine_is_asked_of_this_one(small: Small) -> None:
    path = small.folder / "monographs" / "made-up.md"
    front, body = path.read_text("utf-8").split("\n---\n", 1)
    other = front.replace("id: made-up", "id: other").replace("Made up", "Zorva").replace("madeupimab", "zorvanib")
    (small.folder / "monographs" / "other.md").write_text(f"{other}\n---\n{body}", "utf-8")
    rash = _passage(small, "Rash")
    write_lines(small.folder / "questions" / "made-up.jsonl", {"passage": rash, "q": "can MadeUpImab (made up) burn"})
    corpus = read_corpus(small.folder)
    assert corpus.problems == ()
    assert bank(corpus, "other") == (Wording("can zorvanib (zorvanib) burn", "asked of Made up"),)
    assert bank(corpus, "made-up") == ()


def _passage(small: Small, start: str) -> str:
    document = read_corpus(small.folder).documents["made-up"]
    return next(p.id for p in document.passages.showable() if p.text.removeprefix("- ").startswith(start))


def test_intents_are_wordings_for_every_medicine(small: Small) -> None:
    assert intent_wordings(small.corpus) == ()
    (small.folder / "intents").mkdir()
    intent = {
        "intent": "rash", "asks": "Whether it causes a rash", "sections": ["effects"], "topic": "a rash",
        "questions": ["rash", "spots"], "owner": "Tests", "version": "1", "effective": "2026-01-01",
        "review_by": "2030-01-01", "status": "approved",
    }  # fmt: skip
    write_lines(small.folder / "intents" / "a.jsonl", intent)
    assert intent_wordings(small.corpus) == (Wording("rash", "intent rash"), Wording("spots", "intent rash"))
    assert all_wordings(small.corpus, "made-up") == intent_wordings(small.corpus)


def test_shared_questions_are_wordings_without_their_masks() -> None:
    words = [mask(text, frozenset(["is", "it", "safe"])) for text in ("is it safe for Zebedee", "Zebedee 07700900123")]
    shared = [Shared(n, "", Signal.NOT_ANSWERED, "abstain", "", (), text) for n, text in enumerate(words)]
    assert list(shared_wordings(shared)) == [Wording("is it safe", "shared by a patient", of_patient=True)]


def test_changes_are_proposed_on_the_command_line(
    tmp_path: Path, small: Small, state: State, rita: Account, anna: Account
) -> None:
    assert rita
    assert anna
    home: list[str | Path] = ["--staff", state.folder, "--corpus", small.folder]
    who = ["--as", "rita", "--reason", "asked on the ward"]
    rash = small.passage("Rash")
    one = run("propose", "phrasing", f"passage={rash}", "q=is it itchy", *who, *home, typed=_typed())
    assert one.returncode == 0, one.stderr
    assert one.stdout.startswith("change 1  pending  phrasing by rita: asked on the ward\n")
    wrong = run("propose", "phrasing", "colour=red", *who, *home, typed=_typed())
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "'colour=red' is no KEY=VALUE of 'phrasing', which has passage, q.\n",
    )
    neither = run("propose", "lines.txt", *who, *home, typed=_typed())
    assert neither.stderr.startswith("'lines.txt' is neither a table nor one of the kinds phrasing, ")

    path = tmp_path / "lines.tsv"
    path.write_bytes(table_bytes(table(small), ".tsv"))
    refused = run("propose", path, *who, *home, typed=_typed())
    assert refused.returncode == 2
    assert refused.stderr.endswith(
        "NOT TAKEN  row 12: is it new: 'other' is no medicine; use one of made-up, any\n"
        "The column 'ward' is left out.\n4 lines can be taken, 7 cannot\n"
        "Mend those lines, or leave them out with --skip.\n"
    )
    looked = run("propose", path, "--skip", "--dry-run", *who, *home)
    assert looked.returncode == 0
    assert len(looked.stdout.splitlines()) == 11
    assert len(Changes(state).listed()) == 1
    done = run("propose", path, "--skip", *who, *home, typed=_typed())
    assert done.returncode == 0, done.stderr
    (_, change) = Changes(state).listed(Status.PENDING)
    assert (change.kind, len(change.content["phrasings"]), len(change.content["uncovered"])) == (Kind.MANY, 2, 2)
    assert json.loads(state.audit_records()[-1].details)["kind"] == "many"


def test_a_list_is_given_with_commas_on_the_command_line(
    small: Small, state: State, rita: Account, changes: Changes
) -> None:
    assert rita
    values = ["document=any", "term=drip", "forms=drips, infusion", "explanation=a slow way in", "owner=Tests"]
    values += ["version=1", "effective=2026-01-01", "review_by=2027-01-01"]
    home: list[str | Path] = ["--staff", state.folder, "--corpus", small.folder]
    done = run("propose", "glossary", *values, "--as", "rita", "--reason", "asked", *home, typed=_typed())
    assert done.returncode == 0, done.stderr
    assert changes.get(1).content["forms"] == ["drips", "infusion"]


def _typed() -> str:
    return f"{PASSWORD}\n"


def test_preview_tells_what_is_both_attached_and_a_gap(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    applied(bench.changes, rita, anna, small, Kind.GAP, document="made-up", topic="look", q="is it red")
    lines = [Line(PHRASING, small.passage("Rash"), "", "is it red"), Line(GAP, "any", "look", QUESTIONS[0][1])]
    assert [line.remark for line in preview(lines, small.corpus)] == [
        "marked as not covered",
        f"attached to {small.passage('Infusion')}",
    ]
