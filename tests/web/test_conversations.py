"""The memory of the API: how long, how much, and under whose name."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, Conversation, Decision, Turn
from assistant.notices import NoticeName, Notices
from retrieval.corpus import Document
from tests.legal import legal
from web.conversations import MAX_TURNS, Conversations, continued


@pytest.fixture
def answer(document: Document, notices: Notices) -> Answer:
    return Answer(Decision.GREETING, (legal(document),), (notices[NoticeName.GREETING],))


def talk(answer: Answer, *questions: str) -> Conversation:
    return tuple(Turn(question, answer) for question in questions)


def test_a_conversation_is_kept_under_an_id_that_cannot_be_guessed(answer: Answer) -> None:
    kept = Conversations()
    one, two = kept.put(talk(answer, "a")), kept.put(talk(answer, "b"))
    assert (len(one), len(two), len({one, two})) == (22, 22, 2)
    assert kept.put(talk(answer, "a", "c"), one) == one
    assert kept.get(one) == talk(answer, "a", "c")
    assert kept.get(two) == talk(answer, "b")
    with pytest.raises(KeyError):
        kept.get("nobody's")


def test_it_expires_a_time_after_its_last_turn(answer: Answer) -> None:
    now = 0.0
    kept = Conversations(lifetime=10, clock=lambda: now)
    one, two = kept.put(talk(answer, "a")), kept.put(talk(answer, "b"))
    now = 9
    kept.put(talk(answer, "a", "c"), one)
    now = 10
    assert kept.get(one) == talk(answer, "a", "c")
    with pytest.raises(KeyError):
        kept.get(two)
    now = 19
    with pytest.raises(KeyError):
        kept.get(one)
    assert len(kept) == 0


def test_the_longest_unused_goes_first(answer: Answer) -> None:
    kept = Conversations(most=2)
    one, two = kept.put(talk(answer, "a")), kept.put(talk(answer, "b"))
    kept.put(talk(answer, "a"), one)
    three = kept.put(talk(answer, "c"))
    assert len(kept) == 2
    assert kept.get(one) == talk(answer, "a")
    assert kept.get(three) == talk(answer, "c")
    with pytest.raises(KeyError):
        kept.get(two)


def test_the_bytes_of_all_are_bounded(answer: Answer) -> None:
    kept = Conversations(most_bytes=20_000)
    one, two = kept.put(talk(answer, "a")), kept.put(talk(answer, "b"))
    assert len(kept) == 2
    for _ in range(10):
        assert kept.put(talk(answer, "x" * 2000), two) == two
    assert kept.get(one) == talk(answer, "a")
    three = kept.put(talk(answer, *["\N{PILL}" * 2000]))  # 8 KB: characters beyond the first plane take four bytes
    with pytest.raises(KeyError):
        kept.get(one)
    assert kept.get(three) == talk(answer, "\N{PILL}" * 2000)
    kept.put(talk(answer, *["y"] * MAX_TURNS))
    assert len(kept) == 0


def test_turns_are_cleaned_and_the_oldest_forgotten(answer: Answer) -> None:
    conversation: Conversation = ()
    for number in range(MAX_TURNS + 2):
        conversation = continued(conversation, f" question\u202e\n{number} ", answer)
    assert [turn.question for turn in conversation] == [f"question {n}" for n in range(2, MAX_TURNS + 2)]
    assert continued((), "x" * 100_000, answer)[0].question == "x" * 2000
