"""Messages as patients send them."""

from __future__ import annotations

import pytest

from assistant.notices import NoticeName
from assistant.question import MAX_CHARACTERS, rejection


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
