"""Changes: proposed, tried, approved by a second person; each step in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.start import start_assistant
from retrieval.convert import convert
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.passages import cut
from staff.accounts import Account
from staff.bench import live_assistant, open_bench
from staff.change_kinds import Kind, unexplained
from staff.changes import Changes, Status
from staff.drafts import Drafts, corpus_sha256
from staff.errors import RefusedError, StaffError
from staff.report import change_lines
from staff.state import State
from staff.trials import Trials
from staff.unanswered import Unanswered
from tests.staff.conftest import applied, proposed
from tests.staff.documents import html
from tests.staff.made_up import BODY, DATES, QUESTIONS, Small
from web.staff.originals import Original


@pytest.fixture
def trials(changes: Changes, small: Small, state: State, tmp_path: Path) -> Trials:
    return Trials(changes, Drafts(small.folder, tmp_path / "drafts", small.encoder, tmp_path), Unanswered(state))


def test_a_second_person_must_approve_and_that_person_must_be_an_approver(
    changes: Changes, rita: Account, anna: Account, small: Small
) -> None:
    own = proposed(changes, anna, small, Kind.GAP, document="any", topic="sport", q="who won")
    other = proposed(changes, rita, small, Kind.GAP, document="any", topic="sport", q="who lost")
    for change in (own, other):
        changes.keep_trial(change.id, {})
    with pytest.raises(RefusedError, match="'anna' proposed change 1: a second person must approve it"):
        changes.approve(anna, own.id)
    with pytest.raises(RefusedError, match="'rita' is a reviewer"):
        changes.approve(rita, own.id)
    with pytest.raises(RefusedError, match="'rita' is a reviewer"):
        changes.reject(rita, own.id, "no")
    with pytest.raises(RefusedError, match="Change 1 is of 'anna'"):
        changes.withdraw(rita, own.id)
    changes.withdraw(anna, own.id)
    changes.reject(anna, other.id, "it is off topic")
    assert [(c.status, c.decided_by) for c in changes.listed()] == [
        (Status.WITHDRAWN, "anna"),
        (Status.REJECTED, "anna"),
    ]
    for decide in (changes.approve, changes.reject):
        with pytest.raises(StaffError, match="Change 2 is rejected, no longer pending"):
            decide(anna, other.id, "again")
    assert changes.write_approved(small.folder) == ()


def test_the_log_says_who_did_what_to_which_words_without_the_words(
    changes: Changes, rita: Account, anna: Account, small: Small, state: State
) -> None:
    change = applied(changes, rita, anna, small, Kind.GAP, document="any", topic="sport", q="mrs jones asked who won")
    log = [(r.who, r.action, r.subject) for r in state.audit_records()][2:]
    assert log == [
        ("rita", "change proposed", "change 1"),
        ("anna", "change approved", "change 1"),
        ("anna", "change written", "change 1"),
    ]
    details = [json.loads(r.details) for r in state.audit_records()][2:]
    assert details[0] == details[1] == {"kind": "gap", "sha256": change.sha256}
    assert list(details[2]["files"]) == ["not_covered/any.jsonl"]
    assert "jones" not in str(state.audit_records())


def test_nothing_is_approved_that_was_not_tried(changes: Changes, rita: Account, anna: Account, small: Small) -> None:
    change = proposed(changes, rita, small, Kind.GAP, document="any", topic="sport", q="who won")
    with pytest.raises(StaffError, match="Change 1 was not tried in a draft yet"):
        changes.approve(anna, change.id)


def test_a_trial_shows_what_is_mended_and_what_breaks_and_leaves_the_corpus_alone(
    changes: Changes, rita: Account, small: Small, trials: Trials
) -> None:
    before = corpus_sha256(small.folder)
    mend = proposed(changes, rita, small, Kind.PHRASING, passage=small.passage("Keep"), q="fridge or freezer")
    good, differences = trials.run(mend.id)
    assert (good.newly_passing, good.newly_failing) == (("made-up/s3/0",), ())
    assert [(str(d.change), d.result.text) for d in differences] == [("newly passing", "fridge or freezer")]
    rain = "will it rain tomorrow"
    wrong = proposed(changes, rita, small, Kind.PHRASING, passage=small.passage("Keep"), q=rain)
    bad, differences = trials.run(wrong.id)
    assert bad.newly_passing == ()
    assert bad.newly_failing == bad.breaks_must_pass == ("made-up/s2/0",)
    assert differences[0].result.problem == "answered, though nothing answers it"
    assert bad.patients == {"passages": 0, "topics": 0, "differ": 0, "worse": 0}
    assert changes.get(wrong.id).trial == json.loads(json.dumps(bad.as_json()))
    assert corpus_sha256(small.folder) == before


def test_a_trial_embeds_only_what_is_new(changes: Changes, rita: Account, small: Small, trials: Trials) -> None:
    asked = {result.text for result in trials.results()}
    encoded = spied(small.encoder)
    change = proposed(changes, rita, small, Kind.PHRASING, passage=small.passage("Keep"), q="another wording")
    trials.run(change.id)
    assert [text for text in encoded if text not in asked] == ["another wording"]


def test_what_the_service_has_embedded_is_not_embedded_again(small: Small, tmp_path: Path) -> None:
    start_assistant(small.folder, tmp_path / "index", small.encoder, lambda _: None)
    encoded = spied(small.encoder)
    bench = open_bench(tmp_path / "state", small.folder, small.encoder, index=tmp_path / "index")
    bench.drafts.open()
    assert encoded == []


def test_a_draft_without_a_change_is_answered_by_what_patients_ask(small: Small, rita: Account, tmp_path: Path) -> None:
    bench = open_bench(tmp_path / "state", small.folder, small.encoder)
    served = start_assistant(small.folder, tmp_path / "index", small.encoder, lambda _: None)
    live_assistant(bench, lambda: served)
    assert bench.drafts.open().assistant is served
    change = proposed(bench.changes, rita, small, Kind.GAP, document="any", topic="sport", q="who won")
    other = bench.drafts.open([change])
    assert other.assistant is not served
    assert "who won" in (other.folder / "not_covered" / "any.jsonl").read_text("utf-8")
    (small.folder / "more.txt").write_text("as if somebody had written to the corpus", "utf-8")
    assert bench.drafts.open().assistant is not served


def spied(encoder: Encoder) -> list[str]:
    """What is encoded from now on."""
    encoded: list[str] = []
    original = encoder.encode

    def encode(texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        encoded.extend(texts)
        return original(texts, progress)

    encoder.encode = encode  # type: ignore[method-assign]
    return encoded


def test_a_change_needs_a_reason_and_is_proposed_once(changes: Changes, rita: Account, small: Small) -> None:
    content = {"document": "any", "topic": "sport", "q": "who won"}
    with pytest.raises(StaffError, match="Say why"):
        changes.propose(rita, Kind.GAP, content, " ", small.corpus)
    changes.propose(rita, Kind.GAP, content, "asked often", small.corpus)
    with pytest.raises(StaffError, match="is pending already"):
        changes.propose(rita, Kind.GAP, content, "asked often", small.corpus)
    with pytest.raises(StaffError, match="There is no change 7"):
        changes.get(7)


def test_a_change_that_spoils_the_corpus_cannot_be_tried_and_so_not_approved(
    changes: Changes, rita: Account, small: Small, trials: Trials
) -> None:
    body = BODY.replace("60 minutes", "90 minutes")  # phrasings lose their passage
    change = proposed(
        changes,
        rita,
        small,
        Kind.MONOGRAPH,
        document="made-up",
        text=body,
        **DATES,
        reattach=[],
        instructions=[],
        suites=[],
    )
    with pytest.raises(Exception, match="passage"):
        trials.run(change.id)
    assert changes.get(change.id).trial is None


def test_numbers_that_are_not_those_of_the_original_need_a_reason_that_stands_in_the_log(
    changes: Changes, rita: Account, anna: Account, small: Small, state: State
) -> None:
    converted = convert("new.html", html(BODY.replace("60 minutes", "90 minutes")))
    text = converted.markdown.replace("90 minutes", "80 minutes")
    kept = Original("new.html", "0" * 64, converted)
    assert kept.as_content(converted.markdown)["differences"] == []
    moves: dict[str, list[str]] = {"reattach": [], "instructions": [], "suites": []}
    content = {"document": "made-up", "text": text, **DATES, **moves}
    wrongs: tuple[object, ...] = ({}, {"name": "x", "sha256": 1, "differences": []}, [])
    for wrong in wrongs:
        with pytest.raises(StaffError, match="'original' has name, sha256 and a list of differences"):
            proposed(changes, rita, small, Kind.MONOGRAPH, **content, original=wrong)
    change = proposed(changes, rita, small, Kind.MONOGRAPH, **content, original=kept.as_content(text))
    assert [d.split(",")[0] for d in unexplained(change.content)] == ["number missing", "number new"]
    changes.keep_trial(change.id, {})
    for reason in ("", "  "):
        with pytest.raises(
            StaffError, match=r"Change 1 differs from 'new.html' in 2 numbers or cells \(number missing"
        ):
            changes.approve(anna, change.id, reason)
    changes.approve(anna, change.id, "a misprint, confirmed by the maker")
    assert changes.write_approved(small.folder) == (change.id,)
    (told,) = [json.loads(r.details) for r in state.audit_records() if r.action == "change approved"]
    assert (told["differences"], told["reason"]) == (2, "a misprint, confirmed by the maker")
    assert "DIFFERS FROM THE ORIGINAL  number missing" in "\n".join(change_lines(change))


@pytest.mark.parametrize("taken_along", [True, False])
def test_a_new_version_breaks_what_it_does_not_take_along(
    changes: Changes, rita: Account, small: Small, trials: Trials, taken_along: bool
) -> None:
    body, old = BODY.replace("60 minutes", "90 minutes"), small.passage("Infusion")
    new = next(p.id for p in cut("made-up", body).showable() if p.text.startswith("- Infusion"))
    change = proposed(
        changes, rita, small, Kind.MONOGRAPH, document="made-up", text=body, **DATES,
        reattach=[{"passage": old, "q": QUESTIONS[0][1], "to": new}], instructions=[],
        suites=[{"passage": old, "to": new if taken_along else ""}],
    )  # fmt: skip
    trial, differences = trials.run(change.id)
    assert trial.newly_failing == trial.breaks_must_pass == (() if taken_along else ("made-up/s1/0",))
    problem = "" if taken_along else f"the passage expected is gone: {old}"
    assert {d.result.key: (d.change, d.result.problem) for d in differences} == {
        "s1/0": ("another answer" if taken_along else "newly failing", problem),
        "s3/0": ("still failing", "not answered"),
    }
    # What the suites show with it is the same wherever it is asked for.
    shown = {r.key: r.problem for r in trials.results([change])}
    assert (shown["s1/0"], trial.questions) == (problem, len(shown))
