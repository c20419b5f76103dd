"""Messages as patients send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.notices import NoticeName
from assistant.question import MAX_CHARACTERS, clean, plain_words, rejection


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NoticeName.REJECTED_EMPTY),
        (" \n\t ", NoticeName.REJECTED_EMPTY),
        ("\x00\x1b\x07\u202e\u200b", NoticeName.REJECTED_EMPTY),
        ("😀🤒🤮", NoticeName.REJECTED_NOT_TEXT),
        ("?!…", NoticeName.REJECTED_NOT_TEXT),
        ("x" * (MAX_CHARACTERS + 1), NoticeName.REJECTED_LONG),
        ("x" * MAX_CHARACTERS, None),
        ("k", None),
        ("什么药", None),
        ("<b>rash</b>", None),
    ],
)
def test_what_cannot_be_read(text: str, reason: NoticeName | None) -> None:
    assert rejection(text) == reason


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
