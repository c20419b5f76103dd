"""Texts folded to their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text import _CLEANED, _WORDED, all_words, clean, plain_words, searchable, unmarked


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("ｉｓ　ｔｈｅｒｅ　ａ　ｂｌａｃｋ　ｂｏｘ", "is there a black box"),
        ("\u202ehow is it given\u202c", "how is it given"),
        ("a\x00b\x1b[2Jc", "ab[2Jc"),
        ("  two\r\n lines ", "two lines"),
        ("soft\u00adhyphen \ud800", "softhyphen"),
        ("¿Por qué?", "¿Por qué?"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "searched_with"),
    [
        ("<b>how</b> long<br/> is <img src=x onerror=\"go('</p>')\"> it", "how long is it"),
        ("<a\x00 href='x'>how</a>", "how"),
        ("temp <38 and >37, a < b > c", "temp <38 and >37, a < b > c"),
        ("  two\r\n lines ", "two lines"),
    ],
)
def test_pasted_markup_is_not_searched_with(text: str, searched_with: str) -> None:
    assert unmarked(text) == unmarked(searched_with) == searched_with


@given(st.text(alphabet='<>/ ab=x"\x00'))
def test_tags_are_left_out_once(text: str) -> None:
    once = unmarked(text)
    assert unmarked(once) == once


@given(st.text())
def test_cleaning_is_done_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.isprintable()
    once.encode()


def test_plain_words() -> None:
    assert plain_words("  Thank-you, SO much!! ") == "thank you so much"
    assert plain_words("What’s up?") == plain_words("whats up") == "whats up"


def test_what_a_character_becomes_is_kept_only_for_scripts_that_are_common() -> None:
    assert clean("あ\U000e0041 語") == clean("あ\U000e0041 語") == "あ 語"
    assert plain_words("あ、い") == "あ い"
    assert max(_CLEANED.keys() | _WORDED.keys()) < 0x3000


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("sub\u00adstance", "substance"),
        ("\ufb02uid and e\ufb03cacy", "fluid and efficacy"),
        ("6\u201110 mg\u202f/ day, 5\u00a0mg", "6-10 mg / day, 5 mg"),
        ("cafe\u0301 zero\u200bwidth\ufeff", "café zerowidth"),
        ("a list:\r\n- one\n\t- two", "a list:\r\n- one\n\t- two"),
        ("“quotes”, ’ and – stay", "“quotes”, ’ and – stay"),
    ],
)
def test_what_is_searched_keeps_its_lines_and_loses_what_hides_a_word(text: str, searched: str) -> None:
    assert searchable(text) == searched


@given(st.text())
def test_what_is_searchable_stays_so(text: str) -> None:
    assert searchable(searchable(text)) == searchable(text)


@given(st.lists(st.text() | st.sampled_from(["\u0301", "e", "ᄀ", "ᅡ", "ς", "ß"]), max_size=6), st.integers(1, 60))
def test_the_words_of_many_texts_are_those_of_each(texts: list[str], times: int) -> None:
    assert list(all_words(texts * times)) == [word for text in texts for word in plain_words(text).split()] * times
