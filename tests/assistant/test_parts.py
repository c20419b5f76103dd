"""A message that asks more than one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Decision
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from assistant.parts import MAX_PARTS, questions


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("how long is the drip", ()),
        ("how often do I get it and how long is each drip?", ("how often do I get it", "how long is each drip?")),
        ("Is it a pill? Also do they check my heart", ("Is it a pill?", "Also do they check my heart")),
        ("I have a rash. what cream can i use and who should i tell",
         ("what cream can i use", "who should i tell")),
        ("is it approved, and what is it for", ("is it approved", "what is it for")),
        ("dose of 2.5 mg. is it normal", ()),
        ("does it make you tired and sick", ()),
        ("is it a drip or is it a pill", ()),
        ("My mum is 80 and weak. She sleeps a lot.", ()),
        ("is it a drip? ok?", ()),
        ("dry skin? sore mouth?", ("dry skin?", "sore mouth?")),
        ("¿cada cuánto me lo ponen? ¿cuánto dura?", ("¿cada cuánto me lo ponen?", "¿cuánto dura?")),
        ("what is it? how is it given? how long is it? who makes it?", ()),
    ],
)  # fmt: skip
def test_the_questions_of_a_message(message: str, parts: tuple[str, ...]) -> None:
    assert questions(message) == parts


@given(st.text(alphabet=st.sampled_from("ab is can?.,\n and ¿"), max_size=60))
def test_questions_stand_in_the_message_in_their_order(message: str) -> None:
    parts, place = questions(message), 0
    assert len(parts) == 0 or 2 <= len(parts) <= MAX_PARTS
    for part in parts:
        place = message.index(part, place) + len(part)


def shown(assistant: Assistant, message: str) -> tuple[Decision, list[str], list[NoticeName]]:
    answer = assistant.ask(message)
    starts = [citation.quote.text.removeprefix("- ").removeprefix("| ") for citation in answer.citations]
    return answer.decision, [" ".join(start.split()[:2]) for start in starts], [n.name for n in answer.notices]


def test_each_question_gets_its_answer(assistant: Assistant) -> None:
    decision, starts, notices = shown(assistant, "how often do I get it and how long is each drip?")
    assert (decision, starts, notices) == (Decision.ANSWER, ["Frequency |", "Infusion Time"], [])


def test_where_one_of_two_is_answered_that_is_said(assistant: Assistant) -> None:
    decision, starts, notices = shown(assistant, "how long is each drip? how much does it cost?")
    assert (decision, starts, notices) == (Decision.RELATED, ["Infusion Time"], [NoticeName.PARTLY])


def test_two_questions_that_are_not_answered_stay_so(assistant: Assistant) -> None:
    assert shown(assistant, "how much does it cost? does insurance pay?")[0] == Decision.ABSTAIN


@pytest.mark.parametrize("message", ["does it cure cancer", "can it harm me", "will it work for me", "is it any good"])
def test_a_promise_is_never_answered_with_a_list(assistant: Assistant, message: str) -> None:
    assert shown(assistant, message)[0] in (Decision.RELATED, Decision.ABSTAIN)
