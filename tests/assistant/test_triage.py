"""The gate with its real rules, examples and encoder: what raises an alarm, and which."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.triage.gate import Alarm, Label, Triage, doubted
from retrieval.encoder import Encoder, Progress
from retrieval.text import clean

URGENT, CRISIS = Label.URGENT, Label.CRISIS


def read(triage: Triage, encoder: Encoder, text: str, before: Label | None = None) -> Alarm | None:
    return triage.read(text, encoder.encode([clean(text)]), before)


def label(triage: Triage, encoder: Encoder, text: str, before: Label | None = None) -> Label | None:
    alarm = read(triage, encoder, text, before)
    return alarm.label if alarm else None


@pytest.mark.parametrize(
    "text",
    [
        "My lips have puffed up since lunch and my throat feels narrow",
        "I cannot get any air in",
        "dad has gone grey and is clutching his chest",
        "she is fitting on the kitchen floor",
        "grandma's face has dropped on one side and she can't lift her arm",
        "38.4 and I feel rotten",
        "fever 101.2",
        "shivering under three blankets since the drip",
        "my meter says 2.6 and I'm sweaty",
        "sugar is 440 and she keeps vomiting",
        "the drip is in and my back itches and I feel faint",
        "he swallowed ten of my tablets by accident",
        "blood in my vomit",
        "he won't wake up",
        "BP 79/40",
        "is it ok that my tongue feels twice its size?",
        "just wondering, my chest has been tight for an hour, is that in the leaflet?",
        "tengo fiebre de 39 y escalofríos",
        "我胸口很痛",
        "не могу дышать",
    ],
)
def test_urgent(triage: Triage, encoder: Encoder, text: str) -> None:
    assert label(triage, encoder, text) == URGENT


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "i don't see the point of living any more",
        "been cutting my arms again",
        "I've saved up all my morphine and tonight I'll take it",
        "my sister keeps saying she wants to die",
        "everyone would be happier without me",
        "my boyfriend hits me when I come home from the clinic",
        "kms",
        "quiero morirme",
        "我想自杀",
    ],
)
def test_crisis(triage: Triage, encoder: Encoder, text: str) -> None:
    assert label(triage, encoder, text) == CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "what is anaphylaxis?",
        "could it affect my breathing?",
        "what if I get a fever at the weekend?",
        "how often do people get chills?",
        "no fever, no rash, all fine, when is my next infusion?",
        "I had a stroke in 2014, can I join?",
        "is 36.7 normal?",
        "what is apoptosis",
        "does it kill healthy cells too?",
        "I'm dying to know who makes it",
        "how long does the drip take",
        "how much does it cost",
        "what are the serious side effects?",
        "thank you",
        "ok",
        "why",
        "tell me more",
        "my IGF-1 is 312, what does IGF-1 do?",
        "I am 39, is that too old for the trial?",
        "who won the match last night",
        "¿qué es la anafilaxia?",
        "什么是过敏性休克？",
    ],
)
def test_no_alarm(triage: Triage, encoder: Encoder, text: str) -> None:
    assert label(triage, encoder, text) is None


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("thank you", URGENT, None),
        ("ok calling them", URGENT, None),
        ("ok, I rang the ward, a nurse is coming", URGENT, None),
        ("the ambulance is here, thanks", URGENT, None),
        ("how long does the infusion take", URGENT, None),
        ("could it just be the normal reaction?", URGENT, URGENT),
        ("could it just be the normal reaction?", None, None),
        ("should I wait?", URGENT, URGENT),
        ("should I wait?", None, None),
        ("do I really have to call?", URGENT, URGENT),
        ("are you sure", CRISIS, CRISIS),
        ("I called but nobody answers", URGENT, URGENT),
        ("yes it is getting worse", URGENT, URGENT),
        ("gracias", URGENT, None),
        ("thanks but now my throat is closing", URGENT, URGENT),
        ("rang them, no answer, temp now 39.1", URGENT, URGENT),
        ("I want to die", URGENT, CRISIS),
    ],
)
def test_the_turn_after_an_alarm(
    triage: Triage, encoder: Encoder, text: str, before: Label | None, after: Label | None
) -> None:
    assert label(triage, encoder, text, before) == after


def test_evidence_names_what_raised_the_alarm(triage: Triage, encoder: Encoder) -> None:
    alarm = read(triage, encoder, "temp 39.2")
    assert alarm is not None
    assert "temperature 39.2 °C" in alarm.evidence
    alarm = read(triage, encoder, "should I wait?", URGENT)
    assert alarm is not None
    assert alarm.evidence[0].startswith("doubt after an alarm “")
    alarm = read(triage, encoder, "i want to die")
    assert alarm is not None
    assert re.search(r"nearest example “[iI] want to die” \([^()]+, 1\.00\)", alarm.evidence[-1])


def test_staff_see_how_near_a_message_came_whether_it_alarms_or_not(triage: Triage, encoder: Encoder) -> None:
    def learned(text: str) -> str:
        return triage.learned(text, encoder.encode([clean(text)]))

    alarm = read(triage, encoder, "i want to die")
    assert alarm is not None
    assert learned("i want to die") == alarm.evidence[-1]
    assert read(triage, encoder, "how long will the drip take") is None
    assert learned("how long will the drip take").startswith("learned, urgent 0.")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200), before=st.sampled_from([None, *Label]))
def test_it_never_raises_and_repeats_itself(triage: Triage, encoder: Encoder, text: str, before: Label | None) -> None:
    vector = encoder.encode([clean(text)])
    assert triage.read(text, vector, before) == triage.read(text, vector, before)


class Unmoved:
    """A classifier to which nothing is an alarm, and who was asked what."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        self.asked += texts
        if progress:
            progress(len(texts), len(texts))
        return np.tile([1 - 3e-9, 1e-9, 1e-9, 1e-9], (len(texts), 1))


@pytest.fixture
def unmoved() -> Unmoved:
    return Unmoved()


@pytest.fixture
def doubting(triage: Triage, unmoved: Unmoved) -> Triage:
    return Triage(triage._rules, triage._model, unmoved, triage._multilingual, triage._thresholds)


def test_a_term_of_an_emergency_alone_can_be_doubted(doubting: Triage, encoder: Encoder) -> None:
    text = "will i stop breathing in my sleep from it? silly fear i know, i'm well"
    alarm = read(doubting, encoder, text)
    assert alarm is not None
    assert alarm.label == Label.SOON
    assert alarm.evidence[0].startswith("term “")
    assert label(doubting, encoder, text, URGENT) == URGENT  # nothing is doubted after an alarm


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("my tongue is swelling up", 0.003),
        ("my tongue is swelling up a little bit", 0.1),
        ("my tongue swelled up, it settled by itself", 0.1),
        ("my tongue swelled up. that was years ago", 0.1),
        ("my tongue is swelling up. what if it gets worse", 0.1),
        ("my tongue is swelling up. is it the antibody", 0.02),
        ("tongue swelling up", 0.0),
        ("my tongue is swelling up, temp 39.2, a little bit", 0.0),
    ],
)
def test_a_term_is_doubted_more_easily_where_the_message_speaks_against_it(
    triage: Triage, text: str, least: float
) -> None:
    found = triage._rules.find(text)
    assert found.alarms() == {URGENT}
    assert [limit for limit in (0.003, 0.02, 0.1) if doubted(found, limit - 1e-9)] == [
        limit for limit in (0.003, 0.02, 0.1) if limit <= least
    ]
    assert not doubted(found, least)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("i want to kill myself tonight", CRISIS),
        ("her temperature is 39.2 since noon", URGENT),
        ("chest pain now", URGENT),
        ("tengo fiebre de 39 y escalofríos desde ayer", URGENT),
        ("no puedo respirar desde hace una hora", URGENT),
    ],
)
def test_crises_readings_few_words_and_other_languages_are_not_doubted(
    doubting: Triage, encoder: Encoder, text: str, what: Label
) -> None:
    assert label(doubting, encoder, text) == what


def test_the_classifier_is_asked_where_the_regression_is_not_sure(
    doubting: Triage, unmoved: Unmoved, encoder: Encoder
) -> None:
    for text in ("how long will the drip take", "i feel a bit strange today", "fever 101.2"):
        read(doubting, encoder, text)
    assert unmoved.asked == ["i feel a bit strange today", "fever 101.2"]
