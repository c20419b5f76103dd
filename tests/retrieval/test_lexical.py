from __future__ import annotations

import pytest

from retrieval.lexical import Lexical

TEXTS = [
    ("a", "Istiratumab was formerly known as MM-141."),
    ("b", "A MUGA scan looks at the heart."),
    ("c", "The heart is checked before the first infusion."),
    ("c", "Infusions take an hour."),
]


def test_the_best_match_is_one_and_stems_match() -> None:
    scores = Lexical(TEXTS).scores("when is my infusion", 10)
    assert list(scores) == ["c"]
    assert scores["c"] == 1


def test_scores_are_shares_of_the_best() -> None:
    scores = Lexical(TEXTS).scores("muga heart", 10)
    assert list(scores) == ["b", "c"]
    assert scores["b"] == 1
    # "heart" is in two texts, "muga" in one: it weighs less.
    assert 0.2 < scores["c"] < 0.4


@pytest.mark.parametrize("question", ["", "the is of", "weather", "🙂"])
def test_without_a_common_word_there_is_nothing(question: str) -> None:
    assert Lexical(TEXTS).scores(question, 10) == {}


def test_texts_without_words_are_searched_in_vain() -> None:
    assert Lexical([("a", "the"), ("b", "")]).scores("heart", 10) == {}
    assert Lexical([]).scores("heart", 10) == {}


def test_at_most_so_many() -> None:
    assert len(Lexical(TEXTS).scores("heart muga infusion", 1)) == 1


def test_words_that_many_texts_share_count_for_less() -> None:
    alike = [(str(n), f"the infusion of hall {n}") for n in range(9)]
    scores = Lexical([*alike, ("x", "the infusion and the scan")]).scores("infusion scan", 20)
    assert max(scores, key=scores.__getitem__) == "x"
    # The tenth best has only "infusion": its share of the best is what the best does not stand above.
    shared = scores["0"] / scores["x"]
    assert scores["x"] == pytest.approx(1 - shared)
    assert scores["0"] == pytest.approx((1 - shared) * shared)
