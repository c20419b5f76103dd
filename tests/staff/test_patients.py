"""What a trial tells of the last weeks' patients: shared questions asked again, and counted answers that it touches."""

from __future__ import annotations

from datetime import date

from assistant.answer import Decision
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.patients import PATIENTS, WEEKS
from staff.suite_compare import Effect
from staff.unanswered import Signal, Unanswered
from staff.updates import update_of
from tests.staff.conftest import Clock, applied
from tests.staff.made_up import BODY, Small

ASKED = "quartz lantern umbrella"
"""Attached word for word it is answered; nothing else is anywhere near it."""


def test_a_shared_question_that_gets_less_comes_first(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    wording = {"passage": small.passage("Infusion"), "q": ASKED}
    applied(bench.changes, rita, anna, small, Kind.PHRASING, **wording)
    Unanswered(bench.state).share(Signal.THUMBS_DOWN, Decision.ANSWER, text=ASKED)
    change = bench.changes.propose(rita, Kind.DETACH, wording, "it is about lamps", small.corpus)
    trial, differences = bench.trials.run(change.id)
    assert trial.patients == {"passages": 0, "topics": 0, "differ": 1, "worse": 1}
    [asked] = [d for d in differences if d.result.suite == PATIENTS]
    assert differences[0] == asked
    assert (asked.change, asked.result.text, asked.before and asked.before.document) == (
        Effect.SHOWS_LESS, ASKED, "made-up",
    )  # fmt: skip


def test_only_what_was_shared_in_these_weeks_is_asked_again(
    bench: Bench, small: Small, rita: Account, clock: Clock
) -> None:
    Unanswered(bench.state).share(Signal.NOT_ANSWERED, Decision.ABSTAIN, text=ASKED)
    wording = {"passage": small.passage("Infusion"), "q": ASKED}
    change = bench.changes.propose(rita, Kind.PHRASING, wording, "patients ask it", small.corpus)
    assert bench.trials.run(change.id)[0].patients["differ"] == 1
    clock.now += (7 * WEEKS + 1) * 24 * 3600
    assert bench.trials.run(change.id)[0].patients["differ"] == 0
    assert len(Unanswered(bench.state).shared()) == 1


def test_answers_that_did_not_help_are_counted_where_their_passage_or_their_topic_changes(
    bench: Bench, small: Small, rita: Account
) -> None:
    unanswered = Unanswered(bench.state)
    for passage in ("Infusion", "Infusion", "Rash"):
        unanswered.count(Signal.THUMBS_DOWN, Decision.ANSWER, [small.passage(passage)], document="made-up")
    unanswered.count(Signal.NOT_ANSWERED, Decision.ABSTAIN, topic="alcohol", document="made-up")
    text = BODY.replace("over 60 minutes", "over 90 minutes")
    content = update_of(small.corpus, "made-up", text, small.encoder).as_content(
        "2", date(2026, 11, 1), date(2030, 1, 1)
    )
    version = bench.changes.propose(rita, Kind.MONOGRAPH, content, "new data", small.corpus)
    assert bench.trials.run(version.id)[0].patients == {"passages": 2, "topics": 0, "differ": 0, "worse": 0}
    gap = {"document": "made-up", "topic": "alcohol", "q": "may I have wine"}
    marked = bench.changes.propose(rita, Kind.GAP, gap, "patients ask it", small.corpus)
    assert bench.trials.run(marked.id)[0].patients["topics"] == 1
