"""Alarms in other languages: the plainest emergencies get a card in their own language, ordinary questions get none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answer import Decision
from assistant.assistant import Assistant

_LINES = (Path(__file__).parent / "data" / "alarms-languages.jsonl").read_text("utf-8").splitlines()
MESSAGES = [(line["language"], line["label"], line["text"]) for line in map(json.loads, _LINES)]
ALARMS = (Decision.URGENT, Decision.CRISIS)


@pytest.mark.parametrize(("language", "label", "text"), [message for message in MESSAGES if message[1]])
def test_an_emergency_gets_its_card_in_its_language_first(
    assistant: Assistant, language: str, label: str, text: str
) -> None:
    answer = assistant.ask(text)
    assert answer.decision == label
    assert [(notice.name, notice.language) for notice in answer.notices[:2]] == [
        (label, language),
        (f"{label}-english", "en"),
    ]


@pytest.mark.parametrize("language", ["es", "zh", "hi", "fr", "de", "it", "pt"])
def test_an_ordinary_question_gets_none(assistant: Assistant, language: str) -> None:
    texts = [text for code, label, text in MESSAGES if code == language and label is None]
    assert len(texts) >= 5
    assert [text for text in texts if assistant.ask(text).decision in ALARMS] == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Δεν μπορώ να αναπνεύσω, πρήστηκε ο λαιμός μου", Decision.URGENT),
        ("jag får ingen luft, halsen svullnar igen", Decision.URGENT),
        ("nem kapok levegőt, feldagadt a torkom", Decision.URGENT),
        ("nemůžu dýchat, otéká mi krk", Decision.URGENT),
        ("jag orkar inte leva längre, jag vill dö", Decision.CRISIS),
    ],
)
def test_a_language_without_terms_gets_the_card_by_what_the_message_means(
    assistant: Assistant, text: str, label: Decision
) -> None:
    answer = assistant.ask(text)
    assert answer.decision == label
    assert (answer.notices[0].name, answer.notices[0].language) == (label, "en")
    assert "english-only" in [notice.name for notice in answer.notices]
    assert answer.evidence[0].startswith("learned, urgent ")


@pytest.mark.parametrize(
    "text", ["ho 37,8 da ieri, per il resto bene", "desde ayer tengo 37,8", "Πυρετός 37,8 από χθες"]
)
def test_a_temperature_for_today_gets_the_notice_in_any_language(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(text)
    assert answer.decision not in ALARMS
    assert "soon" in [notice.name for notice in answer.notices]


@pytest.mark.parametrize(
    ("text", "language"), [("desde ayer tengo 37,8", "es"), ("ich habe seit drei Tagen einen Ausschlag am Arm", "de")]
)
def test_what_is_for_today_is_said_in_the_patients_language_first(
    assistant: Assistant, text: str, language: str
) -> None:
    notices = [(notice.name, notice.language) for notice in assistant.ask(text).notices]
    assert notices[:3] == [("soon", language), ("soon-english", "en"), ("english-only", language)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("saans nahi aa rahi mummy ko, bolte bolte ruk ja rahi hain, hoth neele pad gaye", Decision.URGENT),
        ("bapak mendadak sesak, bibir biru, dahak pink berbusa", Decision.URGENT),
        ("tata je žut ko limun i od jutros potpuno zbunjen, ne prepoznaje nas", Decision.URGENT),
    ],
)
def test_an_emergency_that_is_taken_for_english_is_noticed(assistant: Assistant, text: str, label: Decision) -> None:
    assert assistant._cues.languages.of(text) is None
    assert assistant._cues.languages.doubtful(text)
    assert assistant.ask(text).decision == label
