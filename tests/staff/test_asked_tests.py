"""What the draft shows becomes a test of a suite: with its context, once, and only with passages that are there."""

from __future__ import annotations

import pytest

from staff.accounts import Account
from staff.asked_tests import asked_turns, with_test
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.errors import StaffError
from staff.suite_coverage import suite_coverage
from staff.suite_run import run_suites
from staff.suites import read_suite, read_suites
from tests.staff.conftest import applied, proposed
from tests.staff.made_up import Small
from web.staff.inspected import inspect
from web.staff.save_test import with_expectation
from web.staff.tables import coverage_markup


def test_a_conversation_on_the_screen_is_asked_again_with_its_context(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    assistant = bench.drafts.open().assistant
    messages = ["how many minutes does the drip run", "and does the skin go red"]
    seen = inspect(assistant, messages)
    turns = asked_turns(messages, [*(turn.answer for turn in seen.conversation), seen.answer])
    assert [turn.get("unsure", False) for turn in turns] == [True, False]
    assert turns[0]["gold"] == [small.passage("Infusion")]
    right = with_expectation(turns[1], "answerable", None, [small.passage("Rash"), small.passage("Nausea")], must=True)
    change = applied(bench.changes, rita, anna, small, Kind.TEST, name="asked", turns=[turns[0], right])
    suite = read_suite(small.folder / "suites" / "asked.jsonl")
    asked = suite.questions[1]
    assert (asked.text, asked.before, asked.must_pass) == (messages[1], messages[0], True)
    assert (asked.gold, asked.also) == ((small.passage("Rash"),), (small.passage("Nausea"),))
    (result,) = run_suites([suite], assistant)
    assert (result.key, result.before, result.expected) == (asked.key, messages[0], asked.gold)
    # Written again after a kill it does not stand there twice.
    text = small.text("suites/asked.jsonl")
    assert with_test(text, change.content["turns"]) == text


def test_what_cannot_be_a_test_is_refused_with_all_reasons(bench: Bench, small: Small, rita: Account) -> None:
    turns = [
        {"text": "one", "kind": "answerable", "gold": [], "also": [], "decisions": ["maybe"]},
        {"text": "two", "kind": "odd", "gold": ["made-up:none"], "also": [], "decisions": []},
    ]
    with pytest.raises(StaffError) as error:
        proposed(bench.changes, rita, small, Kind.TEST, name="asked", turns=turns)
    assert [line.partition(";")[0] for line in str(error.value).split("\n")] == [
        "Message 1: 'maybe' is no decision.",
        "Message 1: choose the passage that answers.",
        "Message 2: 'odd' is no kind",
        "Message 2: 'made-up:none' is no passage that can be shown.",
    ]
    with pytest.raises(StaffError, match="ask first"):
        proposed(bench.changes, rita, small, Kind.TEST, name="asked", turns=[])
    good = {"text": "three", "kind": "off_topic", "gold": [], "also": [], "decisions": []}
    with pytest.raises(StaffError, match="A suite's name"):
        proposed(bench.changes, rita, small, Kind.TEST, name="../x", turns=[good])
    with pytest.raises(StaffError, match="unknown key 'colour'"):
        proposed(bench.changes, rita, small, Kind.TEST, name="asked", turns=[{**good, "colour": "red"}])


def test_the_passages_that_no_question_expects_are_named(small: Small) -> None:
    (coverage,) = suite_coverage(small.corpus, read_suites(small.folder / "suites"))
    assert (coverage.document, coverage.covered, coverage.passages) == ("made-up", 2, 5)
    assert [p.text.removeprefix("- ").partition(":")[0] for p in coverage.missing] == ["Schedule", "Rash", "Nausea"]
    told = coverage_markup([coverage])
    assert "<summary>made-up: 2 of 5 passages are expected by a question</summary>" in told
    assert told.count("<li>") == 3


def test_a_line_with_a_mask_is_refused(bench: Bench, small: Small, rita: Account) -> None:
    with pytest.raises(StaffError, match="has a mask"):
        proposed(bench.changes, rita, small, Kind.GAP, document="made-up", topic="cost", q="what does [name] pay")
