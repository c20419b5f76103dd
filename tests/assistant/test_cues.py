"""What a message asks for by its own words."""

from __future__ import annotations

import pytest

from assistant.cues import Cues, Reading
from assistant.medicines import Other


@pytest.mark.parametrize(
    "message",
    [
        "should I stop taking it",
        "can I drink wine",
        "is it safe for my dad",
        "is this ok for a diabetic like me",
        "would you recommend it",
        "do I have to stop my tablets",
        "is it worth it for him",
        "I'm thinking of stopping",
    ],
)
def test_a_personal_decision(cues: Cues, message: str) -> None:
    assert cues.read(message).personal is not None


@pytest.mark.parametrize(
    "message",
    [
        "how long will the drip take",
        "what are the common side effects",
        "what is it",
        "can it cause a rash",
        "what should I expect",
        "which tests are done before",
        "is it approved",
    ],
)
def test_a_question_for_facts(cues: Cues, message: str) -> None:
    assert cues.read(message).personal is None


@pytest.mark.parametrize(
    ("message", "asks"),
    [
        ("does it cure cancer", True),
        ("can it harm me", True),
        ("will it help my dad", True),
        ("is it any good", True),
        ("will she get better", True),
        ("is it better than chemo", True),
        ("how does it work", False),
        ("did it work in the trial", False),
        ("can it harm an unborn baby", False),
        ("what helps with the rash", False),
        ("how long is the drip", False),
    ],
)
def test_what_asks_for_a_promise(cues: Cues, message: str, asks: bool) -> None:
    assert (cues.read(message).outcome is not None) == asks


@pytest.mark.parametrize(
    ("message", "talk"),
    [
        ("thanks that was really helpful god bless", True),
        ("good evening sweetheart, god bless you and yours", True),
        ("have a lovely weekend", True),
        ("thanks, how long is the drip", False),
        ("hello can you tell me the dose", False),
        ("that was not helpful", False),
        ("the nurse gave me a drip", False),
    ],
)
def test_small_talk(cues: Cues, message: str, talk: bool) -> None:
    assert (cues.read(message).small_talk is not None) == talk


def test_evidence_says_what_was_found() -> None:
    assert Reading(None).evidence() == ()
    assert Reading(
        "es", "should <me>", "cure|cures", "god bless", Other("mm 121", "code", ". <specialist> .")
    ).evidence() == (
        "language: es",
        "asks for a personal decision: “should <me>”",
        "asks what will come of it: “cure|cures”",
        "small talk: “god bless”",
        "another medicine: mm 121 (code), “. <specialist> .”",
    )
