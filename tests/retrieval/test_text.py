"""Texts folded to their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text import _CLEANED, _WORDED, clean, plain_words


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
