"""What patients ask of any medicine, as a suite and in a trial: what was decided says what is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.errors import StaffError
from staff.intent_effects import touched_medicines
from staff.intent_suite import INTENTS, intent_questions, suite_with_intents
from staff.suite_compare import Effect
from staff.suites import read_suite
from tests.staff.conftest import applied
from tests.staff.made_up import Small
from tests.staff.test_onboarding import KEEPING, PRICE, RASH, small

__all__ = ["small"]


def decide(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    """Keeping is answered, the price is not, the rash is open."""
    bench.onboarding.mark(rita, "made-up", {"keeping": [small.passage("Keep the vials")], "price": []})
    change = bench.onboarding.submit(rita, "made-up", "the first hour")
    bench.trials.run(change.id)
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(small.folder)


def test_what_is_decided_says_what_is_right(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    decide(bench, small, rita, anna)
    # A wording that staff have attached by itself is no wording of the intent here.
    applied(bench.changes, rita, anna, small, Kind.PHRASING, passage=small.passage("Rash"), q=KEEPING["questions"][0])
    corpus = small.corpus
    found = {q.id: q for q in intent_questions(corpus.documents["made-up"], corpus.intents)}
    told = {name: (q.text, q.kind, q.gold) for name, q in found.items() if name != "missed-dose"}
    assert told == {
        "keeping": (KEEPING["questions"][1], "answerable", (small.passage("Keep the vials"),)),
        "price": (PRICE["questions"][0], "unanswerable", ()),
        "rash": (RASH["questions"][0], INTENTS, ()),
    }


def test_a_suite_of_what_is_decided_stands_beside_what_staff_wrote(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    with pytest.raises(StaffError, match="Nothing is decided of what patients ask of 'made-up'"):
        bench.onboarding.propose_suite(rita, "made-up", "its gates")
    decide(bench, small, rita, anna)
    own = small.text("suites/made-up.jsonl")
    change = bench.onboarding.propose_suite(rita, "made-up", "its gates")
    text = change.content["text"]
    assert (change.kind, change.content["name"]) == (Kind.SUITE, "made-up")
    assert text.startswith(own)
    added = [json.loads(line) for line in text.removeprefix(own).splitlines()]
    assert [(line["id"], line["turns"][0]["kind"]) for line in added] == [
        ("intent-keeping", "answerable"),
        ("intent-price", "unanswerable"),
    ]
    trial, _ = bench.trials.run(change.id)
    assert trial.questions == 5
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(small.folder)
    assert len(read_suite(small.folder / "suites" / "made-up.jsonl").questions) == 5
    # What was made before is made anew, not twice.
    with pytest.raises(StaffError, match="has all that is decided already"):
        bench.onboarding.propose_suite(rita, "made-up", "its gates")
    document = small.corpus.documents["made-up"]
    assert suite_with_intents(text, document, small.corpus.intents) == text


def test_a_trial_tells_what_becomes_of_each_intent(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    decide(bench, small, rita, anna)
    # The question that an intent is asked by goes to another passage: what is decided fails, worst of all.
    content = {"passage": small.passage("Rash"), "q": "keep away from the light"}
    change = bench.changes.propose(rita, Kind.PHRASING, content, "by mistake", small.corpus)
    wrong = {"passage": small.passage("Rash"), "q": KEEPING["questions"][0]}
    bench.changes.propose(rita, Kind.PHRASING, wrong, "by mistake", small.corpus)
    trial, differences = bench.trials.run(change.id + 1)
    assert trial.intents["asked"] == 4
    assert (trial.intents["medicines"], trial.intents["touched"]) == (1, 1)
    of_intents = [d for d in differences if d.result.suite == INTENTS]
    assert trial.intents["differ"] == len([d for d in of_intents if d.change != Effect.NEW])
    assert all(d.result.key.startswith("made-up/") and d.result.document == "made-up" for d in of_intents)
    order = list(Effect)
    assert [order.index(d.change) for d in differences] == sorted(order.index(d.change) for d in differences)


def test_an_open_intent_that_shows_less_is_worse(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    # Nobody has decided on the price. Its wording is attached word for word, which answers whatever the encoder finds.
    attached = {"passage": small.passage("Infusion"), "q": PRICE["questions"][0]}
    applied(bench.changes, rita, anna, small, Kind.PHRASING, **attached)
    change = bench.changes.propose(rita, Kind.DETACH, attached, "it says nothing of money", small.corpus)
    trial, differences = bench.trials.run(change.id)
    assert (trial.intents["differ"], trial.intents["worse"]) == (1, 1)
    [price] = [d for d in differences if d.result.suite == INTENTS]
    assert differences[0] == price
    assert (price.change, price.result.key, price.result.kind) == (Effect.SHOWS_LESS, "made-up/price", INTENTS)
    assert price.before
    assert price.after
    assert price.before.decision == "answer"
    assert price.after.decision != "answer"


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("questions/made-up.jsonl", ("made-up",)),
        ("monographs/made-up.md", ("made-up",)),
        ("not_covered/any.jsonl", ("made-up",)),
        ("triage/examples.jsonl", ("made-up",)),
        ("questions/another.jsonl", ()),
        ("suites/made-up.jsonl", ()),
        ("notices/abstain.md", ()),
    ],
)
def test_only_medicines_that_a_change_touches_are_asked(
    small: Small, tmp_path: Path, path: str, touched: tuple[str, ...]
) -> None:
    from shutil import copytree

    after = copytree(small.folder, tmp_path / "after")
    (after / path).write_bytes(((after / path).read_bytes() if (after / path).is_file() else b"") + b"\n")
    assert touched_medicines(small.folder, after, small.corpus) == touched
    assert touched_medicines(small.folder, small.folder, small.corpus) == ()
