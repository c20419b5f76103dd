"""Kinds of change: what each does to the files, as the smallest diff, and what cannot be one."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.notices import NoticeName, read_notices
from retrieval.corpus import read_corpus
from retrieval.passages import cut
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Changes, Status
from staff.corpus_edits import with_labels, with_line, without_line
from staff.diffs import change_diff
from staff.errors import StaffError
from tests.conftest import CORPUS
from tests.staff.conftest import applied, proposed
from tests.staff.made_up import BODY, DATES, QUESTIONS, Small


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
    changes: Changes, rita: Account, anna: Account, small: Small, bench: Bench
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
    # The disclaimer as any other: it still says which section of a monograph takes its place.
    applied(changes, rita, anna, small, Kind.NOTICE, name="disclaimer", text="Ask your doctor first.", **DATES)
    disclaimer = read_notices(small.folder / "notices")[NoticeName.DISCLAIMER]
    assert (disclaimer.text, disclaimer.version) == ("Ask your doctor first.", "2")
    assert bench.trials.results() != ()


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


NEW_TEXT = {"document": "made-up", "text": BODY, **DATES, "reattach": [], "instructions": [], "suites": []}


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
        (
            Kind.EXAMPLE,
            {"label": "odd", "subtype": "x", "q": "y"},
            "'odd' is none of urgent, crisis, soon, ",
        ),
        (Kind.SYNONYMS, {"language": "en", "terms": ["a", "b"]}, "'synonyms' can no longer be proposed"),
        (Kind.UNGAP, {"document": "made-up", "topic": "x", "q": "y"}, "“y” is not marked as not covered under 'x'"),
        (Kind.UNGAP, {"document": "any", "topic": "cost", "q": "what does it cost"}, "'any' is no monograph"),
        (
            Kind.MONOGRAPH,
            {
                **NEW_TEXT,
                "gaps": [
                    {"document": "made-up", "topic": "x", "q": "y", "intent": "", "do": "attach", "to": "nowhere"}
                ],
            },
            "“y” is attached to 'nowhere', which is no passage of the new text",
        ),
        (
            Kind.MONOGRAPH,
            {**NEW_TEXT, "gaps": [{"document": "other", "topic": "x", "q": "y", "intent": "", "do": "keep", "to": ""}]},
            "'keep' of 'other' is no decision on a gap of 'made-up'",
        ),
        (Kind.MONOGRAPH, {**NEW_TEXT, "gaps": [{"q": "y"}]}, "Each of 'gaps' has do, document, intent, q, to, topic"),
        (Kind.MONOGRAPH, {**NEW_TEXT, "not_covered": [{"q": "y"}]}, "each with topic and q in one line"),
        (
            Kind.NOTICE,
            {"name": "urgent-english", "text": "x", **DATES},
            "'urgent-english' is no notice",
        ),
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


def test_a_change_of_a_kind_that_is_no_more_is_still_listed_and_writes_nothing(
    bench: Bench, small: Small, anna: Account
) -> None:
    with bench.state.writing() as transaction:
        transaction.execute(
            "INSERT INTO changes (kind, content, sha256, author, reason, proposed, status, decided_by, decided)"
            " VALUES ('synonyms', '{\"language\": \"en\", \"terms\": [\"a\", \"b\"]}', 'x', 'rita', 'y', 1, 'approved',"
            " 'anna', 2)"
        )
    assert anna
    assert [change.kind for change in bench.changes.listed(Status.APPROVED)] == [Kind.SYNONYMS]
    assert bench.changes.write_approved(small.folder) == (1,)
    assert not (small.folder / "synonyms").exists()


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
