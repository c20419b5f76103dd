from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.retriever import Retriever
from retrieval.spelling import Repair, Speller

TEXTS = ["how long is the infusion", "infusion reactions", "is the infusion long", "my infusion", "dermatologist"]
SPELLER = Speller(TEXTS, own=["istiratumab", "binds", "erbb3", "muga", "scans"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("infuson", "infusion"),  # a letter left out
        ("inffusion", "infusion"),  # doubled
        ("ifnusion", "infusion"),  # changed with the next
        ("infusoin", "infusion"),
        ("isitratumabb", "istiratumab"),  # two slips in a long word
    ],
)
def test_a_slip_becomes_the_word_of_the_corpus(written: str, meant: str) -> None:
    text, repairs = SPELLER.repair(f"how long is my {written}?")
    assert text == f"how long is my {meant}?"
    assert repairs == (Repair(written, meant),)


@pytest.mark.parametrize(
    "text",
    [
        "how long is the infusion",
        "the confusion of it",  # an English word, however near
        "infusions?",  # an ending
        "dermatologst",  # the corpus says it too seldom
        "fusin",  # another first letter
        "infsn",  # too far for a short word
        "combien de temps dure la perfusoin intraveineuse",  # not English
        "../../etc/passwd",
        "",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert SPELLER.repair(text) == (text, ())


@given(st.text())
def test_any_text_is_mended_once(text: str) -> None:
    mended, repairs = SPELLER.repair(text)
    assert SPELLER.repair(mended)[1] == ()
    assert (mended == text) == (not repairs)


def test_a_question_is_searched_as_it_was_meant(retriever: Retriever) -> None:
    readings = retriever.readings("how long dose the infuson tkae, is it an hour")
    assert readings.texts == ("how long dose the infusion tkae, is it an hour",)
    assert readings.repairs == (Repair("infuson", "infusion"),)
    [hit] = retriever.find(readings, 1).hits
    assert hit.passage.id == "istiratumab:infusion-time-cefb456807"
