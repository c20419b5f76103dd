"""Scores of passages, computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import Corpus
from retrieval.ranking import SAME, Ranked, apart, nearest_gaps, rank
from retrieval.store import NONE, Matches, ranked
from retrieval.views import View, ViewKind, view_table


def view(passage: str, kind: ViewKind) -> View:
    return View(passage, kind, "text", 0, 1)


def found(scores: Sequence[float], first: int = 0) -> Matches:
    """A match of each view from the first on, in the order of a store."""
    return ranked(np.arange(first, first + len(scores)), np.array(scores, dtype=np.float32))


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
    best = rank(found(scores), view_table(VIEWS), {})
    # b's sentence is nearer than its whole text. c has one phrasing and no text among the matches: the last score, 0.1,
    # stands in for its text, and its text for the phrasings it lacks.
    assert [(r.passage, pytest.approx(r.score)) for r in best] == [
        ("b", 0.95),
        ("a", (0.8 + 0.2 * 0.5) / 1.2),
        ("c", ((0.4 + 0.1 + 0.1) / 3 + 0.2 * 0.1) / 1.2),
    ]
    assert (best[0].phrasing, best[0].text) == (None, pytest.approx(0.95))
    assert (best[1].phrasing, best[1].text) == (pytest.approx(0.8), 0.5)


def test_the_text_weighs_more_beside_wordings_that_every_medicine_has() -> None:
    worded = [one._replace(topic="dose") if one.kind == ViewKind.PHRASING else one for one in VIEWS[:4]]
    scores = [0.5, 0.9, 0.8, 0.7]
    [best] = rank(found(scores), view_table(worded), {})
    assert best.score == pytest.approx((0.8 + 0.8 * 0.5) / 1.8)
    # One that staff attached to this passage, and it is as any other.
    [best] = rank(found(scores), view_table([*worded[:3], VIEWS[3]]), {})
    assert best.score == pytest.approx((0.8 + 0.2 * 0.5) / 1.2)


def test_lexical_evidence_adds_to_the_text() -> None:
    scores = [0.5, 0.9, 0.8, 0.7, 0.1, 0.6, 0.65, 0.4]
    best = rank(found(scores), view_table(VIEWS), {"a": 0.5, "b": 1.0, "z": 1.0})
    assert [(r.passage, pytest.approx(r.score), r.lexical) for r in best] == [
        ("b", 0.65 + 0.3, 1.0),
        ("a", (0.8 + 0.2 * (0.5 + 0.3 * 0.5)) / 1.2, 0.5),
        ("c", ((0.4 + 0.1 + 0.1) / 3 + 0.2 * 0.1) / 1.2, 0.0),
    ]


@given(st.lists(st.floats(0.05, 0.95), min_size=7, max_size=7), st.floats(0.01, 0.99))
def test_one_more_phrasing_can_only_help_its_own_passage(scores: list[float], nearness: float) -> None:
    few = VIEWS[:1] + VIEWS[5:7] + VIEWS[1:5]
    before = {r.passage: r.score for r in rank(found([*scores, 0.0]), view_table([*few, view("z", ViewKind.TEXT)]), {})}
    more = [*few, view("z", ViewKind.TEXT), view("b", ViewKind.PHRASING)]
    after = {r.passage: r.score for r in rank(found([*scores, 0.0, nearness]), view_table(more), {})}
    assert after["a"] == pytest.approx(before["a"], abs=1e-6)
    assert after["b"] >= before["b"] - 1e-6


def test_the_passage_of_a_question_word_for_word_is_first() -> None:
    scores = [0.9, 0.9, 0.9, 0.9, 0.9, 0.95, 0.95, 1.0]
    best = rank(found(scores), view_table(VIEWS), {"b": 0.1})
    assert [(r.passage, pytest.approx(r.score)) for r in best] == [("c", 1.0), ("b", 0.95 + 0.03), ("a", 0.9)]


def test_the_three_nearest_gaps_are_told() -> None:
    table = view_table([*VIEWS, *[view("", ViewKind.GAP)] * 4])
    assert nearest_gaps(found([0.9] * 8 + [0.1, 0.4, 0.3, 0.2]), table) == tuple(
        (table.views[8], pytest.approx(s)) for s in (0.4, 0.3, 0.2)
    )
    assert nearest_gaps(found([0.9] * 8), table) == ()


def test_nothing_found_is_nothing_ranked() -> None:
    assert rank(NONE, view_table(VIEWS), {}) == []


def test_ties_are_in_order_of_id() -> None:
    assert [r.passage for r in rank(found([0.5] * 6), view_table(VIEWS[:1] * 5 + VIEWS[5:6]), {})] == [
        "a",
        "b",
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(ViewKind), st.floats(-1, 1, width=32)), max_size=40))
def test_any_matches_score_as_one_by_one(drawn: list[tuple[str, ViewKind, float]]) -> None:
    views = [view("" if kind == ViewKind.GAP else passage, kind) for passage, kind, _ in drawn]
    matches = found([score for *_, score in drawn])
    one_by_one = []
    for passage in {v.passage for v in views} - {""}:
        own = [match for match in matches if views[match.id].passage == passage]
        text, *_ = [*(m.score for m in own if views[m.id].kind != ViewKind.PHRASING), matches.scores[-1]]
        asked = [m.score for m in own if views[m.id].kind == ViewKind.PHRASING][:3]
        score = (sum(sorted([*asked, text, text, text])[-3:]) / 3 + 0.2 * text) / 1.2
        score = max(score, 1.0) if asked and asked[0] >= SAME else score
        one_by_one.append((passage, pytest.approx(score, abs=1e-6)))
    assert sorted((r.passage, r.score) for r in rank(matches, view_table(views), {})) == sorted(one_by_one)


def shown(passage: str, score: float) -> Ranked:
    return Ranked(passage, score, None, score, 0.0)


def test_what_shares_text_with_an_earlier_passage_is_left_out(corpus: Corpus) -> None:
    ids = {p.text.split("\n")[0][:24]: p.id for p in corpus.documents["istiratumab"].passages.showable()}
    whole, rash, skin = (
        ids["### Common Side Effects "],
        ids["- Dermatological Effects"],
        ids["- For Skin Rash: Alcohol"],
    )
    order = [shown(rash, 0.9), shown(whole, 0.8), shown(skin, 0.7)]

    def kept(k: int) -> list[str]:
        return [r.passage for r in apart(order, lambda r: corpus.passages[r.passage], k)]

    assert kept(3) == [rash, skin]
    order = [shown(whole, 0.9), shown(rash, 0.8), shown(skin, 0.7)]
    assert kept(3) == [whole, skin]
    assert kept(1) == [whole]
