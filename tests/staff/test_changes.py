"""Changes: proposed, tried, approved by a second person, written as the smallest diff, and never lost by a kill."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.start import start_assistant
from retrieval.corpus import read_corpus
from retrieval.passages import cut
from staff.accounts import Account
from staff.bench import open_bench
from staff.changes import Change, Changes, Status
from staff.diffs import change_diff
from staff.drafts import Drafts, corpus_sha256
from staff.edits import with_labels, with_line, without_line
from staff.errors import RefusedError, StaffError
from staff.kinds import Kind
from staff.state import State
from staff.trials import Trials
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder
from tests.staff.made_up import BODY, QUESTIONS, Small

DATES = {"version": "2", "effective": "2026-11-01", "review_by": "2027-11-01"}


@pytest.fixture
def trials(changes: Changes, small: Small, tmp_path: Path) -> Trials:
    return Trials(changes, Drafts(small.folder, tmp_path / "drafts", small.encoder))


def proposed(changes: Changes, author: Account, small: Small, kind: Kind, **content: Any) -> Change:
    return changes.propose(author, kind, content, "patients ask it", small.corpus)


def applied(changes: Changes, rita: Account, anna: Account, small: Small, kind: Kind, **content: Any) -> Change:
    """Proposed, approved and written, without a trial of its own."""
    change = proposed(changes, rita, small, kind, **content)
    changes.keep_trial(change.id, {})
    changes.approve(anna, change.id)
    assert changes.write_approved(small.folder) == (change.id,)
    return changes.get(change.id)


def diff(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_a_phrasing_is_one_line_after_those_of_its_passage(
    changes: Changes, rita: Account, anna: Account, small: Small
) -> None:
    before, passage = small.text("questions/made-up.jsonl"), small.passage("Infusion")
    change = applied(changes, rita, anna, small, Kind.PHRASING, passage=passage, q="naïve – how long")
    after = small.text("questions/made-up.jsonl")
    line = f'{{"passage": "{passage}", "q": "naïve – how long"}}'
    assert diff(before, after) == [f"+{line}"]
    assert after.splitlines()[1] == line
    assert (change.status, change.author, change.decided_by) == (Status.WRITTEN, "rita", "anna")
    assert small.corpus.problems == ()


def test_each_kind_changes_its_own_files_and_the_corpus_stays_sound(
    changes: Changes, rita: Account, anna: Account, small: Small, trials: Trials
) -> None:
    red = small.passage("Rash")
    applied(changes, rita, anna, small, Kind.DETACH, passage=red, q=QUESTIONS[2][1])
    assert QUESTIONS[2][1] not in small.text("questions/made-up.jsonl")
    applied(changes, rita, anna, small, Kind.GAP, document="made-up", topic="alcohol", q="can I drink wine")
    assert small.text("not_covered/made-up.jsonl").splitlines()[0] == '{"topic": "alcohol", "q": "can I drink wine"}'
    applied(changes, rita, anna, small, Kind.EXAMPLE, label="urgent", subtype="airway", q="my tongue is huge")
    assert small.text("triage/examples.jsonl").splitlines()[-1] == (
        '{"label": "urgent", "subtype": "airway", "q": "my tongue is huge"}'
    )
    words = {"term": "vial", "forms": ["vials"], "explanation": "a small bottle", "owner": "Tests"}
    applied(changes, rita, anna, small, Kind.GLOSSARY, document="made-up", **words, **DATES)
    assert json.loads(small.text("glossary/made-up.jsonl")) == {**words, **DATES, "status": "approved"}
    applied(changes, rita, anna, small, Kind.SYNONYMS, language="fr", terms=["frigo", "réfrigérateur"])
    assert small.text("synonyms/fr.jsonl") == '{"terms": ["frigo", "réfrigérateur"]}\n'
    (small.folder / "synonyms" / "fr.jsonl").unlink()
    before = small.text("notices/abstain.md")
    applied(changes, rita, anna, small, Kind.NOTICE, name="abstain", text="It does not say.", **DATES)
    assert diff(before, small.text("notices/abstain.md")) == [
        '-version: "1.0"',
        "-effective: 2026-11-22",
        "-review_by: 2027-11-22",
        '+version: "2"',
        "+effective: 2026-11-01",
        "+review_by: 2027-11-01",
        "-The monograph does not seem to answer this. Please ask your doctor, your nurse or the team that runs "
        "your trial. You can also try other words.",
        "+It does not say.",
    ]
    assert trials.results() != ()


def test_a_new_monograph_takes_its_phrasings_and_instructions_along(
    changes: Changes, rita: Account, anna: Account, small: Small
) -> None:
    old = small.passage("Infusion")
    (small.folder / "instructions" / "made-up.jsonl").write_text(json.dumps({"passage": old}) + "\n")
    body, before = BODY.replace("over 60 minutes", "over 90 minutes"), small.text("suites/made-up.jsonl")
    new = next(p.id for p in cut("made-up", body).showable() if p.text.startswith("- Infusion"))
    applied(
        changes, rita, anna, small, Kind.MONOGRAPH, document="made-up", text=body, **DATES,
        reattach=[{"passage": old, "q": QUESTIONS[0][1], "to": new}], instructions=[{"passage": old, "to": new}],
        suites=[{"passage": old, "to": new}],
    )  # fmt: skip
    suite = small.text("suites/made-up.jsonl").splitlines()
    assert json.loads(suite[0])["turns"][0]["gold"] == [new]
    assert suite[1:] == before.splitlines()[1:]
    document = small.corpus.documents["made-up"]
    assert (document.monograph.source, document.monograph.version) == (body, "2")
    assert (document.phrasings[0].passage, document.phrasings[0].question) == (new, QUESTIONS[0][1])
    assert len(document.phrasings) == len(QUESTIONS)
    assert small.text("instructions/made-up.jsonl") == f'{{"passage": "{new}"}}\n'
    assert small.corpus.problems == ()


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
        changes.reject(rita, own.id)
    with pytest.raises(RefusedError, match="Change 1 is of 'anna'"):
        changes.withdraw(rita, own.id)
    changes.withdraw(anna, own.id)
    changes.reject(anna, other.id)
    assert [(c.status, c.decided_by) for c in changes.listed()] == [
        (Status.WITHDRAWN, "anna"),
        (Status.REJECTED, "anna"),
    ]
    for decide in (changes.approve, changes.reject):
        with pytest.raises(StaffError, match="Change 2 is rejected, no longer pending"):
            decide(anna, other.id)
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
    sunny = "is it sunny outside today"
    wrong = proposed(changes, rita, small, Kind.PHRASING, passage=small.passage("Rash"), q=sunny)
    bad, differences = trials.run(wrong.id)
    assert bad.newly_passing == ()
    assert bad.newly_failing == bad.breaks_must_pass == ("made-up/s2/0",)
    assert differences[0].result.problem == "answered, though nothing answers it"
    assert changes.get(wrong.id).trial == json.loads(json.dumps(bad.as_json()))
    assert corpus_sha256(small.folder) == before


def test_a_trial_embeds_only_what_is_new(changes: Changes, rita: Account, small: Small, trials: Trials) -> None:
    trials.results()
    encoded: list[str] = []
    inner, original = small.encoder._encoder, small.encoder._encoder.encode

    def spy(texts: list[str], progress: Any = None) -> Any:
        if len(texts) > 2 or texts == ["another wording"]:
            encoded.extend(texts)
        return original(texts, progress)

    inner.encode = spy  # type: ignore[method-assign,assignment]
    change = proposed(changes, rita, small, Kind.PHRASING, passage=small.passage("Keep"), q="another wording")
    trials.run(change.id)
    assert encoded == ["another wording"]


def test_what_the_service_has_embedded_is_not_embedded_again(small: Small, tmp_path: Path) -> None:
    start_assistant(small.folder, tmp_path / "index", small.encoder, lambda _: None)
    inner = HashingEncoder()
    inner.dimension = 256
    encoded: list[str] = []
    original = inner.encode
    inner.encode = lambda texts, progress=None: (encoded.extend(texts), original(texts, progress))[1]  # type: ignore
    bench = open_bench(tmp_path / "state", small.folder, inner, index=tmp_path / "index")
    bench.drafts.open()
    assert encoded != []
    assert not set(encoded) & {QUESTIONS[0][1], "what does it cost", "Storage: Keep the vials in a cold place away."}


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        (Kind.PHRASING, {"passage": "made-up:none", "q": "x"}, "'made-up:none' is no passage that can be shown"),
        (Kind.PHRASING, {"passage": "other:none", "q": "x"}, "is no passage"),
        (Kind.PHRASING, {"passage": "Infusion", "q": QUESTIONS[0][1]}, "attached to that passage already"),
        (Kind.PHRASING, {"passage": "Infusion", "q": "two\nlines"}, "'q' must be one line"),
        (Kind.PHRASING, {"passage": "Infusion", "q": " "}, "'q' is not a text with words"),
        (Kind.PHRASING, {"passage": "Infusion", "q": "x" * 2001}, "at most 2000 characters"),
        (Kind.PHRASING, {"passage": "Infusion"}, "A change of the kind 'phrasing' has passage, q"),
        (Kind.DETACH, {"passage": "Infusion", "q": "never asked"}, "is not attached to that passage"),
        (Kind.GAP, {"document": "other", "topic": "x", "q": "y"}, "'other' is no monograph"),
        (Kind.GAP, {"document": "any", "topic": "x", "q": "what does it cost"}, "marked as not covered already"),
        (Kind.EXAMPLE, {"label": "odd", "subtype": "x", "q": "y"}, "'odd' is none of urgent, crisis, information"),
        (Kind.SYNONYMS, {"language": "english", "terms": ["a", "b"]}, "two letters"),
        (Kind.SYNONYMS, {"language": "en", "terms": ["a"]}, "two words or more"),
        (Kind.NOTICE, {"name": "disclaimer", "text": "x", **DATES}, "'disclaimer' is no notice that can be edited"),
        (Kind.NOTICE, {"name": "../x", "text": "x", **DATES}, "'../x' is no notice"),
        (Kind.NOTICE, {"name": "abstain", "text": "x", **DATES, "review_by": "soon"}, "Dates are written"),
        (Kind.NOTICE, {"name": "abstain", "text": "x", **DATES, "review_by": "2026-11-01"}, "must be after"),
        (
            Kind.MONOGRAPH,
            {
                "document": "made-up",
                "text": BODY,
                **DATES,
                "reattach": [],
                "instructions": [{"passage": "x"}],
                "suites": [],
            },
            "Each of 'instructions' has passage, to",
        ),
        (
            Kind.MONOGRAPH,
            {"document": "made-up", "text": BODY, **DATES, "reattach": {}, "instructions": [], "suites": []},
            "'reattach' is no list",
        ),
    ],
)
def test_what_cannot_be_a_change_is_refused_with_the_reason(
    changes: Changes, rita: Account, small: Small, kind: Kind, content: dict[str, Any], found: str
) -> None:
    if content.get("passage") == "Infusion":
        content = {**content, "passage": small.passage("Infusion")}
    with pytest.raises(StaffError, match=found):
        proposed(changes, rita, small, kind, **content)
    assert changes.listed() == ()


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
    body = BODY.replace("## Legal Disclaimer", "## The end")
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
    with pytest.raises(Exception, match="Legal Disclaimer"):
        trials.run(change.id)
    assert changes.get(change.id).trial is None


# -- the files ---------------------------------------------------------------------------------------------------


def test_a_line_in_the_shipped_corpus_is_a_diff_of_one_line() -> None:
    corpus = read_corpus(CORPUS)
    passage = corpus.documents["istiratumab"].passages.showable()[10].id
    for path, record, group in [
        ("questions/istiratumab.jsonl", {"passage": passage, "q": "zzz"}, ["passage"]),
        ("not_covered/istiratumab.jsonl", {"topic": "breastfeeding", "q": "zzz"}, ["topic"]),
        ("not_covered/istiratumab.jsonl", {"topic": "a new topic", "q": "zzz"}, ["topic"]),
        ("triage/examples.jsonl", {"label": "urgent", "subtype": "breathing", "q": "zzz"}, ["label", "subtype"]),
    ]:
        before = (CORPUS / path).read_bytes().decode()
        after = with_line(before, record, group)
        assert diff(before, after) == [f"+{json.dumps(record)}"]
        assert with_line(after, record, group) == after
        assert without_line(after, record) == before


RECORDS = st.lists(
    st.fixed_dictionaries({"topic": st.sampled_from("abc"), "q": st.text(max_size=8)}), unique_by=lambda r: str(r)
)


@given(records=RECORDS, new=st.fixed_dictionaries({"topic": st.text(max_size=3), "q": st.just("the new one")}))
def test_every_line_stays_and_the_new_one_stands_in_its_group(
    records: list[dict[str, str]], new: dict[str, str]
) -> None:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    after = with_line(text, new, ["topic"])
    lines = [json.loads(line) for line in after.split("\n")[:-1]]
    at = lines.index(new)
    assert lines[:at] + lines[at + 1 :] == records
    assert without_line(after, new) == text
    if new["topic"] in {record["topic"] for record in records}:
        assert lines[at - 1]["topic"] == new["topic"]
        assert new["topic"] not in {record["topic"] for record in lines[at + 1 :]}


# -- kill -9 -----------------------------------------------------------------------------------------------------


def test_a_change_is_shown_as_the_diff_that_it_will_be(changes: Changes, rita: Account, small: Small) -> None:
    change = proposed(changes, rita, small, Kind.PHRASING, passage=small.passage("Rash"), q="is it itchy")
    line = f'{{"passage": "{small.passage("Rash")}", "q": "%s"}}'
    assert change_diff(change, small.folder) == (
        "--- a/questions/made-up.jsonl\n+++ b/questions/made-up.jsonl\n@@ -3 +3,2 @@\n"
        f" {line % QUESTIONS[2][1]}\n+{line % 'is it itchy'}\n"
    )


def test_a_suite_comes_in_as_a_change_and_one_that_cannot_be_asked_does_not(
    changes: Changes, rita: Account, anna: Account, small: Small
) -> None:
    turn = {"text": "who won", "kind": "off_topic", "gold": [], "also": []}
    text = json.dumps({"id": "n1", "turns": [turn]}) + "\n"
    applied(changes, rita, anna, small, Kind.SUITE, name="sport", text=text)
    assert small.text("suites/sport.jsonl") == text
    for name, lines, reason in (
        ("../sport", text, "A suite's name has small letters"),
        ("sport", "{}\n", "sport.jsonl:1"),
    ):
        with pytest.raises(StaffError, match=reason):
            proposed(changes, rita, small, Kind.SUITE, name=name, text=lines)


@given(records=RECORDS)
def test_labels_move_in_suites_and_other_lines_keep_their_bytes(records: list[dict[str, str]]) -> None:
    other = "".join(json.dumps(record) + "\n" for record in records)
    suite = '{"id": "a",  "turns": [{"text": "q", "gold": ["d:old", "d:kept"], "also": ["d:old"]}]}\n'
    moved = with_labels(other + suite, {"d:old": "d:new"})
    assert moved.startswith(other)
    assert json.loads(moved.removeprefix(other)) == {
        "id": "a",
        "turns": [{"text": "q", "gold": ["d:new", "d:kept"], "also": ["d:new"]}],
    }
    assert with_labels(suite, {"d:none": "d:new"}) == suite
