"""Learning the order of follow-ups, on material of which the best order is known."""

from __future__ import annotations

import numpy as np

from retrieval.follow_up import HIDDEN, READINGS
from training.order import Candidates, learned_order


def material(telling: int, count: int = 60) -> list[Candidates]:
    """Messages whose right candidate is the one that a single reading is nearest to."""
    chance = np.random.default_rng(telling)
    found = []
    for number in range(count):
        figures = -chance.random((5, len(READINGS)))
        found.append(Candidates(f"w{number % 2}", figures, figures[:, telling] == figures[:, telling].max()))
    return found


def test_the_reading_that_tells_is_learned() -> None:
    for telling in range(len(READINGS)):
        learned, unseen = learned_order(material(telling)), material(telling, 40)
        first = [one.right[learned.likely(one.figures).argmax()] for one in unseen]
        assert sum(first) >= 36


def test_equal_messages_give_an_equal_order_and_what_nothing_answers_counts_for_nothing() -> None:
    messages = material(1)
    unanswered = Candidates("w0", -np.ones((3, len(READINGS))), np.zeros(3, dtype=bool))
    one, other = learned_order(messages), learned_order([*messages, unanswered])
    assert one.inner.shape == (len(READINGS) + 1, HIDDEN)
    assert np.array_equal(one.inner, other.inner)
    assert np.array_equal(one.outer, other.outer)
