"""The order of what is found for a message that leans on others."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.follow_up import CANDIDATES, HIDDEN, READINGS, Order, candidates, in_order, reading_figures
from retrieval.ranking import Ranked
from retrieval.retriever import Retriever

FIGURES = st.lists(st.tuples(*[st.floats(-1, 0)] * len(READINGS)), min_size=1, max_size=CANDIDATES)


def ranked(passage: str, score: float) -> Ranked:
    return Ranked(passage, score, None, score, 0.0)


def order(alone: float, together: float) -> Order:
    """By a weighted sum of two figures: each is at most 0, so its negative passes the first two hidden places whole."""
    inner, outer = np.zeros((len(READINGS) + 1, HIDDEN)), np.zeros(HIDDEN)
    inner[0, 0] = inner[3, 1] = -1.0
    outer[:2] = -alone, -together
    return Order(inner, outer)


def test_each_reading_says_how_far_a_passage_is_behind_its_best() -> None:
    alone = [ranked("b", 0.7), ranked("a", 0.4)]
    question = [ranked("a", 0.9), ranked("b", 0.6)]
    shown = [ranked("c", 0.8), ranked("a", 0.5)]
    together = [ranked("a", 0.6), ranked("c", 0.5), ranked("b", 0.3)]
    figures = reading_figures([alone, question, shown, together], ["a", "b"])
    assert figures == pytest.approx(np.array([[-0.3, 0.0, -0.3, 0.0], [0.0, -0.3, -0.3, -0.3]]))


def test_a_reading_that_found_nothing_says_nothing() -> None:
    figures = reading_figures([[], *[[ranked("a", 0.7)]] * 3], ["a"])
    assert figures.tolist() == [[0.0, 0.0, 0.0, 0.0]]


def test_how_likely_each_candidate_is() -> None:
    likely = order(alone=10.0, together=5.0).likely(np.array([[-0.2, 0, 0, 0.0], [0.0, 0, 0, -0.1]]))
    odds = [math.exp(-2.0), math.exp(-0.5)]
    assert likely == pytest.approx([one / sum(odds) for one in odds])


@given(rows=FIGURES)
def test_likelihoods_are_shares_and_know_no_order_of_their_own(rows: list[tuple[float, ...]]) -> None:
    some = Order(np.linspace(-3, 3, (len(READINGS) + 1) * HIDDEN).reshape(-1, HIDDEN), np.linspace(-2, 2, HIDDEN))
    figures = np.array(rows)
    likely = some.likely(figures)
    assert likely.sum() == pytest.approx(1.0)
    assert some.likely(figures[::-1])[::-1] == pytest.approx(likely)


def test_candidates_come_first_the_likeliest_before_and_the_others_as_they_were() -> None:
    ranking = [ranked(name, 0.9 - place / 10) for place, name in enumerate("abcde")]
    found = in_order(ranking, [ranking[0], ranking[2], ranking[3]], [0.2, 0.6, 0.2])
    assert [one.passage for one in found] == ["c", "a", "d", "b", "e"]
    assert [one.likely for one in found] == [0.6, 0.2, 0.2, 0.0, 0.0]
    assert found[0].score == ranking[2].score


def test_what_ships_puts_a_follow_up_in_its_order_and_leaves_other_messages(retriever: Retriever) -> None:
    question = "how long will the drip take"
    assert retriever.search(question, 3, document="istiratumab").passages[:, -1].tolist() == [0.0, 0.0, 0.0]
    readings = retriever.readings("and how often?", question, "Istiratumab is given as an infusion into a vein.")
    best, figures = candidates(retriever.rankings(readings, "istiratumab")[1], retriever.passage_of)
    learned = retriever.index.decision.order
    assert learned is not None
    likely = learned.likely(figures)
    assert len(best) == len(likely) == CANDIDATES
    results = retriever.find(readings, 3, "istiratumab")
    by_likelihood = sorted(zip(-likely, (one.passage for one in best), strict=True))
    assert [hit.passage.id for hit in results.hits] == [name for _, name in by_likelihood[:3]]
    assert results.passages[:, -1] == pytest.approx(sorted(likely, reverse=True)[:3])
    assert results.message[-1] == pytest.approx(likely.max())


def test_without_an_order_a_follow_up_is_found_as_it_is_read_together(retriever: Retriever) -> None:
    readings = retriever.readings("and how often?", "how long will the drip take", "It is given into a vein.")
    plain = Retriever(
        retriever.corpus,
        replace(retriever.index, decision=replace(retriever.index.decision, order=None)),
        retriever._encoder,
    )
    together = plain.rankings(readings, "istiratumab")[1][-1]
    assert plain.find(readings, 1, "istiratumab").hits[0].passage.id == together[0].passage
    assert plain.find(readings, 1, "istiratumab").hits[0].score == together[0].score


def test_where_no_words_were_shown_nothing_was_learned(retriever: Retriever) -> None:
    readings = retriever.readings("and how often?", "how long will the drip take")
    found = retriever.find(readings, 1, "istiratumab").hits[0]
    together = retriever.rankings(readings, "istiratumab")[1][-1]
    assert (found.passage.id, found.score) == (together[0].passage, together[0].score)
