"""Scores of passages, computed by hand."""

from __future__ import annotations

import pytest

from retrieval.corpus import Corpus
from retrieval.ranking import Ranked, blend, margin, rank, without_parts
from retrieval.store import Match
from retrieval.views import View, ViewKind


def view(passage: str, kind: ViewKind) -> View:
    return View(passage, kind, "text", 0, 1)


VIEWS = [
    view("a", ViewKind.TEXT),
    view("a", ViewKind.PHRASING),
    view("a", ViewKind.PHRASING),
    view("a", ViewKind.PHRASING),
    view("a", ViewKind.PHRASING),
    view("b", ViewKind.TEXT),
    view("b", ViewKind.SENTENCE),
    view("c", ViewKind.PHRASING),
]


def test_a_passage_scores_by_its_three_best_phrasings_and_its_text() -> None:
    scores = [0.5, 0.9, 0.8, 0.7, 0.1, 0.6, 0.95, 0.4]
    ranked = rank([Match(n, score) for n, score in enumerate(scores)], VIEWS)
    # c has one phrasing and no text among the matches: the last score, 0.1, stands in.
    assert [(r.passage, pytest.approx(r.score)) for r in ranked] == [
        ("a", (0.8 + 0.2 * 0.5) / 1.2),
        ("b", 0.6),
        ("c", ((0.4 + 0.1 + 0.1) / 3 + 0.2 * 0.1) / 1.2),
    ]
    assert (ranked[0].phrasing, ranked[0].text) == (pytest.approx(0.8), 0.5)
    assert (ranked[1].phrasing, ranked[1].text) == (None, 0.6)
    assert [m.id for m in ranked[0].matches] == [1, 2, 3, 0, 4]


def test_margin_is_the_best_three_phrasings_less_the_best_three_gaps() -> None:
    views = [*VIEWS, *[view("", ViewKind.GAP)] * 4]
    scores = [0.5, 0.9, 0.8, 0.7, 0.1, 0.6, 0.95, 0.4, 0.3, 0.2, 0.6, 0.1]
    matches = [Match(n, score) for n, score in enumerate(scores)]
    assert margin(matches, views) == pytest.approx((0.9 + 0.8 + 0.7) / 3 - (0.6 + 0.3 + 0.2) / 3)
    assert margin(matches[:8], views) is None
    assert margin(matches[8:], views) is None
    assert [r.passage for r in rank(matches, views)] == ["a", "b", "c"]
    assert rank(matches[8:], views) == []


def test_nothing_found_is_nothing_ranked() -> None:
    assert rank([], VIEWS) == []


def test_ties_are_in_order_of_id() -> None:
    assert [r.passage for r in rank([Match(5, 0.5), Match(0, 0.5)], VIEWS)] == ["a", "b"]


def ranked(passage: str, score: float) -> Ranked:
    return Ranked(passage, score, None, score, ())


def test_two_readings_of_a_question_are_averaged() -> None:
    alone = [ranked("a", 0.6), ranked("b", 0.5)]
    in_context = [ranked("b", 0.9), ranked("c", 0.8)]
    assert [(r.passage, pytest.approx(r.score)) for r in blend(alone, in_context)] == [
        ("a", (0.6 + 0.8) / 2),
        ("b", (0.5 + 0.9) / 2),
        ("c", (0.5 + 0.8) / 2),
    ]


def test_a_reading_that_finds_only_gaps_leaves_nothing() -> None:
    assert blend([], [ranked("a", 0.6)]) == []
    assert blend([ranked("a", 0.6)], []) == []


def test_what_an_earlier_passage_holds_is_left_out(corpus: Corpus) -> None:
    ids = {p.text.split("\n")[0][:24]: p.id for p in corpus.documents["istiratumab"].passages.showable()}
    whole, rash, skin = (
        ids["### Common Side Effects "],
        ids["- Dermatological Effects"],
        ids["- For Skin Rash: Alcohol"],
    )
    order = [ranked(rash, 0.9), ranked(whole, 0.8), ranked(skin, 0.7)]
    assert [r.passage for r in without_parts(order, corpus.passages, 3)] == [rash, whole, skin]
    order = [ranked(whole, 0.9), ranked(rash, 0.8), ranked(skin, 0.7)]
    assert [r.passage for r in without_parts(order, corpus.passages, 3)] == [whole, skin]
    assert [r.passage for r in without_parts(order, corpus.passages, 1)] == [whole]
