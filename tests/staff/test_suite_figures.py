"""Figures of suites with their intervals, and what is not as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from staff.intent_suite import INTENTS
from staff.suite_compare import Effect, compare, effects_by_medicine
from staff.suite_run import Figure, figures, passed_by_kind
from tests.staff.suite_parts import result


def test_figures_count_what_is_defined_and_have_exact_intervals() -> None:
    results = [
        result("1"),
        result("2", "answered with other passages", hit1=False, hit3=False),
        result("3", "not answered", hit1=False, hit3=True, answered=False, hedged=True),
        result("4", "a false alarm", alarm=True, answered=False, hit1=False, hit3=False),
        result("5", kind="unanswerable", hit1=None, hit3=None, answered=False),
        result("6", "answered, …", kind="unanswerable", hit1=None, hit3=None),
        result("7", kind="urgent", hit1=None, hit3=None, alarm=True),
    ]
    found = figures(results)
    assert [(f.name, f.hits, f.trials) for f in found] == [
        ("passed", 3, 7),
        ("Hit@1", 1, 4),
        ("Hit@3", 2, 4),
        ("answerable abstained", 0, 4),
        ("answerable hedged", 1, 4),
        ("unanswerable answered", 1, 2),
        ("alarm", 1, 1),
        ("false alarm", 1, 6),
        ("false soon", 0, 6),
    ]
    # The exact interval of 3 in 7, as R's binom.test gives it.
    assert found[0].interval == pytest.approx((0.0989883, 0.8159484), abs=1e-6)
    assert found[6].as_json() == {"hits": 1, "trials": 1, "share": 1.0, "low": pytest.approx(0.025), "high": 1.0}
    assert figures([]) == ()
    assert [(f.name, f.hits, f.trials) for f in passed_by_kind(results)] == [
        ("answerable", 1, 4),
        ("unanswerable", 1, 2),
        ("urgent", 1, 1),
    ]
    assert Figure("Hit@1", 1, 4, True).share == 0.25


def test_newly_failing_come_first_and_those_that_must_pass_first_of_all() -> None:
    before = [
        result("same"), result("mended", "bad"), result("broken"), result("broken must", must_pass=True),
        result("other"), result("hedged"), result("still", "bad"), result("removed"), result("renamed", text="old"),
    ]  # fmt: skip
    after = [
        result("same"), result("mended"), result("broken", "bad"), result("broken must", "bad", must_pass=True),
        result("other", cited=("b",)), result("hedged", decision="related"), result("still", "worse"),
        result("new"), result("renamed", text="new"), result("new and wrong", "bad"),
    ]  # fmt: skip
    found = compare(before, after)
    assert [(d.change, d.result.key) for d in found] == [
        (Effect.NEWLY_FAILING, "broken must"),
        (Effect.NEWLY_FAILING, "broken"),
        (Effect.SHOWS_LESS, "hedged"),
        (Effect.OTHER_ANSWER, "other"),
        (Effect.NEW_FAILING, "new and wrong"),
        (Effect.NEWLY_PASSING, "mended"),
        (Effect.STILL_FAILING, "still"),
        (Effect.NEW, "new"),
        (Effect.NEW, "renamed"),
        (Effect.REMOVED, "removed"),
    ]
    assert [d.breaks_must_pass for d in found[:3]] == [True, False, False]
    assert effects_by_medicine(found)[""][Effect.SHOWS_LESS] == 1
    # What is not to be answered gets worse the other way; and a question that fails as before can get worse still.
    for kind, was, now, effect in (
        ("unanswerable", "abstain", "related", Effect.SHOWS_MORE),
        ("unanswerable", "related", "abstain", Effect.BETTER),
        ("answerable", "related", "abstain", Effect.SHOWS_LESS),
        ("answerable", "answer", "urgent", Effect.OTHER_DECISION),
    ):
        pair = [replace(result("one", "bad"), kind=kind, decision=decision) for decision in (was, now)]
        assert [d.change for d in compare(pair[:1], pair[1:])] == [effect]


def test_what_is_decided_of_an_intent_makes_nothing_worse_that_is_shown_as_before() -> None:
    open_, wrong = replace(result("overdose", decision="urgent"), kind=INTENTS), result("overdose", "a false alarm")
    for decision, effect in (("urgent", Effect.STILL_FAILING), ("abstain", Effect.NEWLY_FAILING)):
        assert [d.change for d in compare([open_], [replace(wrong, decision=decision)])] == [effect]
    assert compare([open_], [result("overdose", decision="urgent")]) == ()
