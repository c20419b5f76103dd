"""Scores of passages, computed by hand."""

from __future__ import annotations

import math

import pytest

from retrieval.corpus import Corpus
from retrieval.ranking import Ranked, margin, nearest_gaps, rank, without_parts
from retrieval.store import Match
from retrieval.views import View, ViewKind


def view(passage: str, kind: ViewKind) -> View:
    return View(passage, kind, "text", 0, 1)


def found(scores: list[float]) -> list[Match]:
    """A match of each view, in the order of a store."""
    return sorted((Match(n, score) for n, score in enumerate(scores)), key=lambda match: (-match.score, match.id))


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
    ranked = rank(found(scores), VIEWS, {})
    # c has one phrasing and no text among the matches: the last score, 0.1, stands in.
    assert [(r.passage, pytest.approx(r.score)) for r in ranked] == [
        ("a", (0.8 + 0.2 * 0.5) / 1.2),
        ("b", 0.6),
        ("c", ((0.4 + 0.1 + 0.1) / 3 + 0.2 * 0.1) / 1.2),
    ]
    assert (ranked[0].phrasing, ranked[0].text) == (pytest.approx(0.8), 0.5)
    assert (ranked[1].phrasing, ranked[1].text) == (None, 0.6)
    assert [m.id for m in ranked[0].matches] == [1, 2, 3, 0, 4]


def test_lexical_evidence_adds_to_the_text() -> None:
    scores = [0.5, 0.9, 0.8, 0.7, 0.1, 0.6, 0.95, 0.4]
    ranked = rank(found(scores), VIEWS, {"a": 0.5, "b": 1.0, "z": 1.0})
    assert [(r.passage, pytest.approx(r.score), r.lexical) for r in ranked] == [
        ("b", 0.6 + 0.6, 1.0),
        ("a", (0.8 + 0.2 * (0.5 + 0.6 * 0.5)) / 1.2, 0.5),
        ("c", ((0.4 + 0.1 + 0.1) / 3 + 0.2 * 0.1) / 1.2, 0.0),
    ]


def test_margin_adds_the_means_of_the_best_five_and_a_soft_vote() -> None:
    views = [*VIEWS, *[view("", ViewKind.GAP)] * 6]
    known, gaps = [0.9, 0.8, 0.7, 0.1, 0.4], [0.6, 0.3, 0.2, 0.1, 0.05, 0.04]
    scores = [0.5, *known[:4], 0.6, 0.95, known[4], *gaps]
    matches = found(scores)
    means = sum(known) / 5 - sum(gaps[:5]) / 5
    votes = [sum(math.exp((score - 0.9) / 0.05) for score in of) + 1e-9 for of in (known, gaps)]
    assert margin(matches, views) == pytest.approx(means + 0.05 * math.log(votes[0] / votes[1]))


def test_only_the_nearest_sixty_vote() -> None:
    views = [view("a", ViewKind.PHRASING), *[view("", ViewKind.GAP)] * 100]
    matches = [Match(0, 0.9), *(Match(n, 0.8 - n / 1000) for n in range(1, 101))]
    means = 0.9 - sum(0.8 - n / 1000 for n in range(1, 6)) / 5
    gaps = sum(math.exp((0.8 - n / 1000 - 0.9) / 0.05) for n in range(1, 60))
    assert margin(matches, views) == pytest.approx(means - 0.05 * math.log(gaps), abs=1e-9)


def test_without_gaps_or_phrasings_there_is_no_margin() -> None:
    views = [*VIEWS, view("", ViewKind.GAP)]
    matches = [Match(n, 0.5) for n in range(len(views))]
    assert margin(matches[:8], views) is None
    assert margin(matches[8:], views) is None
    assert [r.passage for r in rank(matches, views, {})] == ["a", "b", "c"]
    assert rank(matches[8:], views, {}) == []


def test_the_three_nearest_gaps_are_told() -> None:
    views = [*VIEWS, *[view("", ViewKind.GAP)] * 4]
    assert nearest_gaps(found([0.9] * 8 + [0.1, 0.4, 0.3, 0.2]), views) == tuple((views[8], s) for s in (0.4, 0.3, 0.2))
    assert nearest_gaps(found([0.9] * 8), views) == ()


def test_nothing_found_is_nothing_ranked() -> None:
    assert rank([], VIEWS, {}) == []


def test_ties_are_in_order_of_id() -> None:
    assert [r.passage for r in rank([Match(0, 0.5), Match(5, 0.5)], VIEWS, {})] == ["a", "b"]


def ranked(passage: str, score: float) -> Ranked:
    return Ranked(passage, score, None, score, 0.0, ())


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
