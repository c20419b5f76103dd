"""A message in the light of the conversation, with the real corpus, encoder and index."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, Context, Decision, Turn
from assistant.assistant import Assistant
from assistant.notices import NoticeName


def conversation(assistant: Assistant, *questions: str) -> tuple[Turn, ...]:
    turns: tuple[Turn, ...] = ()
    for question in questions:
        turns = (*turns, Turn(question, assistant.ask(question, turns)))
    return turns


def first_text(answer: Answer) -> str:
    return answer.citations[0].quote.text


def test_thanks_after_an_alarm_is_no_alarm_but_a_doubt_is(assistant: Assistant) -> None:
    turns = conversation(assistant, "my throat is swelling up and I can't breathe")
    assert turns[0].answer.decision == Decision.URGENT
    assert assistant.ask("thank you", turns).decision == Decision.GREETING
    assert assistant.ask("could it just be the normal reaction?", turns).decision == Decision.URGENT


def test_a_follow_up_is_read_in_the_light_of_the_question_before(assistant: Assistant) -> None:
    turns = conversation(assistant, "will i get a skin rash", "thanks")
    assert first_text(assistant.ask("what can i put on it", turns)).startswith("- For Skin Rash")


def test_a_bad_message_does_not_end_the_conversation(assistant: Assistant) -> None:
    turns = conversation(assistant, "will i get a skin rash", "", "🤒", "x" * 5000, "what is the weather")
    assert [t.answer.decision for t in turns[1:4]] == [Decision.REJECTED] * 3
    assert first_text(assistant.ask("what can i put on it", turns)).startswith("- For Skin Rash")


@pytest.mark.parametrize("stranger", ["what is the weather", "who won the world cup", "ok calling them now"])
def test_a_change_of_subject_is_not_pulled_into_the_conversation(assistant: Assistant, stranger: str) -> None:
    turns = conversation(assistant, "will i get a skin rash")
    assert assistant.ask(stranger, turns).decision == Decision.ABSTAIN


def test_the_answer_says_what_it_took_as_context(assistant: Assistant) -> None:
    turns = conversation(assistant, "hello", "will i get a skin rash", "thanks")
    answer = assistant.ask("how do they treat it", turns)
    section = turns[1].answer.citations[0].passage.section
    assert answer.context == Context(1, section)
    assert answer.as_json()["context"] == {"turn": 1, "section": section}
    alone = assistant.ask("how do they treat it", turns, use_context=False)
    assert alone.context is None
    assert alone.as_json()["context"] is None
    assert alone == assistant.ask("how do they treat it")


@pytest.mark.parametrize("before", ["will i get a skin rash", "my throat is swelling up and I can't breathe"])
def test_what_is_off_topic_is_a_follow_up_to_nothing(assistant: Assistant, before: str) -> None:
    answer = assistant.ask("can you write me a poem", conversation(assistant, before))
    assert [n.name for n in answer.notices] == [NoticeName.OFF_TOPIC]
    assert answer.context is None


def test_without_context_an_alarm_is_heeded_all_the_same(assistant: Assistant) -> None:
    turns = conversation(assistant, "my throat is swelling up and I can't breathe")
    assert assistant.ask("could it just be the normal reaction?", turns, use_context=False).decision == Decision.URGENT
