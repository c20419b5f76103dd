from __future__ import annotations

import bm25s
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.lexical import Lexical, _stem, words

TEXTS = [
    ("a", "Istiratumab was formerly known as MM-141."),
    ("b", "A MUGA scan looks at the heart."),
    ("c", "The heart is checked before the first infusion."),
    ("c", "Infusions take an hour."),
]


def test_stems_match_and_what_a_second_text_says_too_does_not_stand_out() -> None:
    scores = Lexical(TEXTS).scores("when is my infusion", 10)
    assert list(scores) == ["c"]
    # Both texts of c say it; the shorter one is the best.
    assert 0.1 < scores["c"] < 0.3


def test_the_only_match_is_one() -> None:
    scores = Lexical(TEXTS).scores("what was MM-141 called, formerly", 10)
    assert scores == {"a": 1}


def test_scores_are_shares_of_the_best() -> None:
    scores = Lexical(TEXTS).scores("muga heart", 10)
    assert list(scores) == ["b", "c"]
    # "heart" is in two texts, "muga" in one: it weighs less.
    share = scores["c"] / scores["b"]
    assert 0.2 < share < 0.4
    assert scores["b"] == pytest.approx(1 - share)


@pytest.mark.parametrize("question", ["", "the is of", "weather", "🙂"])
def test_without_a_common_word_there_is_nothing(question: str) -> None:
    assert Lexical(TEXTS).scores(question, 10) == {}


def test_texts_without_words_are_searched_in_vain() -> None:
    assert Lexical([("a", "the"), ("b", "")]).scores("heart", 10) == {}
    assert Lexical([]).scores("heart", 10) == {}


@given(
    st.text()
    | st.lists(st.sampled_from("the Infusions infusion MM-141 a_b of MUGA İs don't 2.5".split())).map(" ".join)
)
@example("The heart's scans, the SCANS")
def test_a_questions_words_are_those_of_bm25s(question: str) -> None:
    [expected] = bm25s.tokenize(
        [question],
        stopwords="en",
        stemmer=lambda found: [_stem(w) for w in found],
        return_ids=False,
        show_progress=False,
    )
    assert words(question) == expected


def test_at_most_so_many() -> None:
    assert len(Lexical(TEXTS).scores("heart muga infusion", 1)) == 1


def test_the_best_stands_above_a_share_of_all_texts() -> None:
    alike = [(str(n), f"the infusion of hall {n}") for n in range(599)]
    scores = Lexical([*alike, ("x", "the infusion and the scan")]).scores("infusion scan", 20)
    # The third of 600 has only "infusion": its share of the best is what the best does not stand above.
    shared = scores["0"] / scores["x"]
    assert scores["x"] == pytest.approx(1 - shared)
    assert scores["0"] == pytest.approx((1 - shared) * shared)
    assert max(scores, key=scores.__getitem__) == "x"


def test_a_word_is_stemmed_once_for_all_monographs() -> None:
    _stem.cache_clear()
    for key in "ab":
        assert Lexical([(key, "dizzy spells")]).scores("spell", 5) == {key: 1.0}
    stemmed = _stem.cache_info()
    assert (stemmed.misses, stemmed.hits) == (3, 3)  # dizzy, spells, spell
