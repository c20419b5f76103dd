"""A visitor's conversation on the server: what is kept, and what a yes or no is taken for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Answer, Decision
from web.conversations import MAX_TURNS
from web.feedback import Feedback, FeedbackCounts
from web.render import render_pending
from web.session import LookedUp, Session, Visit


def session_of(answers: list[Answer]) -> Session:
    session = Session()
    for number, answer in enumerate(answers):
        session = session.answered(f"q{number}", answer, f"<p>q{number}</p>", f"<p>a{number}</p>")
    return session


def test_the_markup_is_blocks_apart_that_end_alike(answer_of: Callable[..., Answer]) -> None:
    session = session_of([answer_of("| Frequency")])
    visit, end = Visit(session, key="k", events=3), '<div data-visit="k" data-events="3"></div>'
    assert visit.markup() == f"<p>q0</p>\n\n<p>a0</p>\n\n{end}"
    visit.looked_up.append(LookedUp("<p>q1</p>", ahead=2))
    assert visit.markup() == f"<p>q0</p>\n\n<p>a0</p>\n\n<p>q1</p>\n\n{render_pending(2)}\n\n{end}"
    assert session.failed("<p>q1</p>", "<p>no</p>").conversation == session.conversation


def test_a_yes_or_no_is_kept_by_decision_and_ids_and_counts_once(answer_of: Callable[..., Answer]) -> None:
    session, counts = session_of([answer_of("| Frequency"), answer_of("| Infusion Time", "| Route")]), FeedbackCounts()
    said, session = session.feedback("1 no")
    assert said
    assert said.decision == Decision.ANSWER
    assert [name.split(":")[1].rsplit("-", 1)[0] for name in said.passages] == ["infusion-time", "route"]
    assert said.helpful is False
    counts(said)
    assert session.feedback("1 yes") == (None, session)
    other, session = session.feedback("0 yes")
    assert isinstance(other, Feedback)
    assert other.helpful is True
    assert counts.counts == {said: 1}


@pytest.mark.parametrize(
    "message", ["", "yes", "2 yes", "-1 yes", "0 maybe", "0", "٠ yes", "0 yes please", "9" * 5000 + " no"]
)
def test_what_says_nothing_is_let_go(answer_of: Callable[..., Answer], message: str) -> None:
    session = session_of([answer_of("| Frequency"), answer_of("| Route")])
    assert session.feedback(message) == (None, session)


def test_turns_keep_their_number_when_the_oldest_are_forgotten(answer_of: Callable[..., Answer]) -> None:
    frequency, route = answer_of("| Frequency"), answer_of("| Route")
    session = session_of([frequency] * MAX_TURNS + [route])
    assert len(session.conversation) == MAX_TURNS
    assert len(session.shown) == 2 * MAX_TURNS
    assert session.feedback("0 yes") == (None, session)
    assert session.feedback(f"{MAX_TURNS} yes")[0] == Feedback.on(route, True)
    assert session.feedback("1 yes")[0] == Feedback.on(frequency, True)


def test_a_question_is_shared_once_and_only_by_its_own_choice(answer_of: Callable[..., Answer]) -> None:
    session = session_of([answer_of("| Frequency")])
    assert session.shared("0 no") == (None, session)
    assert session.feedback("0 share") == (None, session)
    turn, session = session.shared("0 share")
    assert turn == session.conversation[0]
    assert session.shared("0 share") == (None, session)
    assert session.shared("1 share") == (None, session)
