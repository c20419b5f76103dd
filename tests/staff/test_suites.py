"""Suites: the format, and the rule of each kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Turn
from assistant.assistant import Assistant
from evaluation.catalogue import CONVERSATIONS, LINES
from evaluation.errors import DataError
from evaluation.spans import read_source_lines
from retrieval.corpus import Corpus
from staff.errors import StaffError
from staff.suite_run import from_json, run_suites
from staff.suites import Suite, find_suite, read_suite, read_suites
from tests.conftest import CORPUS
from tests.staff.suite_parts import RASH, SKIN, TIME, suite, turn


def test_the_shipped_suite_is_sound_and_of_this_corpus(corpus: Corpus) -> None:
    (shipped,) = read_suites(CORPUS / "suites")
    assert shipped.name == "istiratumab"
    assert len(shipped.questions) >= 60
    showable = {p.id for p in corpus.documents["istiratumab"].passages.showable()}
    assert {label for q in shipped.questions for label in (*q.gold, *q.also)} <= showable
    assert sum(q.must_pass for q in shipped.questions) >= 15


def test_the_shipped_suites_must_pass_questions_pass(assistant: Assistant) -> None:
    results = run_suites(read_suites(CORPUS / "suites"), assistant)
    assert [(r.key, r.problem) for r in results if r.must_pass and not r.passed] == []


def test_each_kind_has_its_rule(tmp_path: Path, assistant: Assistant) -> None:
    small = suite(
        tmp_path,
        [turn("how long will the drip take", "answerable", TIME)],
        [turn("how long will the drip take", "answerable", RASH)],
        [turn("what is the weather like tomorrow", "answerable", TIME)],
        [turn("how long will the drip take", "unanswerable")],
        [turn("what is the weather like tomorrow", "off_topic")],
        [turn("I cannot breathe", "urgent")],
        [turn("how long will the drip take", "urgent")],
        [turn("I cannot breathe", "answerable", TIME)],
        [turn("I cannot breathe", "answerable", TIME, alarm_ok=True, unsure=True)],
        [turn("how long will the drip take", "adversarial")],
        [turn("", "adversarial", decisions=["abstain"])],
        [turn("how long will the drip take", "answerable", "istiratumab:no-such-passage")],
        [turn("I want to die", "urgent", decisions=["crisis"])],
        [turn("what is the weather like tomorrow", "false_premise", TIME)],
        [turn("how long will the drip take", "answerable", 31)],
    )
    results = run_suites([small], assistant, read_source_lines(LINES))
    assert [(r.key, r.problem) for r in results] == [
        ("s1/0", ""),
        ("s2/0", "answered with other passages"),
        ("s3/0", "not answered"),
        ("s4/0", "answered, though nothing answers it"),
        ("s5/0", ""),
        ("s6/0", ""),
        ("s7/0", "no alarm"),
        ("s8/0", "a false alarm"),
        ("s10/0", ""),
        ("s11/0", "rejected instead of abstain"),
        ("s12/0", "the passage expected is gone: istiratumab:no-such-passage"),
        ("s13/0", ""),
        ("s14/0", ""),
        ("s15/0", ""),
    ]
    first = results[0]
    assert (first.decision, first.cited[0], first.hit1, first.hit3) == ("answer", TIME, True, True)
    assert from_json(json.loads(json.dumps(first.as_json()))) == first


def test_a_follow_up_is_asked_in_its_conversation(tmp_path: Path, assistant: Assistant) -> None:
    asked = ("can it give me a rash", "and what helps with that")
    small = suite(tmp_path, [turn(asked[0], "answerable", RASH), turn(asked[1], "answerable", SKIN)])
    seen: list[tuple[int, int]] = []
    results = run_suites([small], assistant, progress=lambda done, total: seen.append((done, total)))
    first = assistant.ask(asked[0])
    second = assistant.ask(asked[1], (Turn(asked[0], first),))
    assert [r.score for r in results] == pytest.approx([a.citations[0].score for a in (first, second)], abs=1e-4)
    assert abs(second.citations[0].score - assistant.ask(asked[1]).citations[0].score) > 1e-3
    assert [r.key for r in results] == ["s1/0", "s1/1"]
    assert seen == [(1, 2), (2, 2)]


def test_a_suite_named_after_a_monograph_begins_with_that_one(tmp_path: Path, library_assistant: Assistant) -> None:
    [storage] = [
        p.id
        for p in library_assistant.corpus.documents["carvexol"].passages.showable()
        if p.text.startswith("Keep the")
    ]
    asked = [turn("where do i keep it", "answerable", storage), turn("at how many degrees", "answerable", storage)]
    own, other = (suite(tmp_path, asked, name=name) for name in ("carvexol", "small"))
    # Carvexol has no phrasings: how sure its passage answers was learned from other leaflets.
    shown = [(result.decision, result.cited[0]) for result in run_suites([own], library_assistant)]
    assert shown == [("answer", storage), ("related", storage)]
    assert [result.decision for result in run_suites([other], library_assistant)] == ["abstain", "abstain"]


def test_the_labelled_conversations_are_a_suite_too(assistant: Assistant) -> None:
    bench = read_suite(CONVERSATIONS)
    patients = Suite(bench.name, tuple(q for q in bench.questions if q.id.startswith("p"))[:20])
    results = run_suites([patients], assistant, read_source_lines(LINES))
    assert all(r.problem == "" or "gone" not in r.problem for r in results)
    assert {r.kind for r in results} <= {"answerable", "unanswerable", "off_topic", "personal_advice"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"id": "", "turns": []}, "'id' is not a name"),
        ({"id": "a", "turns": []}, "'a' has no turns"),
        ({"id": "a", "turns": [{"kind": "answerable"}]}, "turn 0 of 'a': it has no text"),
        ({"id": "a", "turns": [turn("x", "odd")]}, "turn 0 of 'a': it has no kind"),
        ({"id": "a", "turns": [turn("x", "answerable")]}, "an answerable question needs a gold passage"),
        ({"id": "a", "turns": [turn("x", "answerable", "")]}, "'gold' is no list of passages"),
        ({"id": "a", "turns": [turn("x", "urgent", decisions=["help"])]}, "'decisions' is no list of decisions"),
        ({"id": "a", "turns": [turn("x", "urgent", must_pass="yes")]}, "'must_pass' is neither true nor false"),  # noqa: S106
        ({"id": "a", "turns": [turn("x", "urgent", must="yes")]}, "unknown key 'must'"),
    ],
)
def test_a_line_of_a_suite_that_cannot_be_used_is_named(tmp_path: Path, line: dict[str, Any], found: str) -> None:
    path = tmp_path / "small.jsonl"
    path.write_text(json.dumps({"id": "ok", "turns": [turn("x", "off_topic")]}) + "\n" + json.dumps(line) + "\n")
    with pytest.raises(DataError, match=f"small.jsonl:2: .*{found}"):
        read_suite(path)


def test_an_id_stands_once_and_an_empty_suite_is_none(tmp_path: Path) -> None:
    path = tmp_path / "small.jsonl"
    line = json.dumps({"id": "a", "turns": [turn("x", "off_topic")]}) + "\n"
    path.write_text(line + line)
    with pytest.raises(DataError, match=r"small\.jsonl:2: the id 'a' is also on line 1"):
        read_suite(path)
    path.write_text("\n")
    with pytest.raises(DataError, match="the suite has no question"):
        read_suite(path)
    with pytest.raises(StaffError, match="There is no suite 'large'"):
        find_suite(read_suites(CORPUS / "suites"), "large")
