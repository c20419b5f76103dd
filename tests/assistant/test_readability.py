"""Notices are for readers of 9 to 11 years: none in English is above grade 7, unless listed here with a reason."""

from __future__ import annotations

import textstat

from assistant.notices import NoticeName, read_notices
from tests.conftest import CORPUS

GRADE = 7.0
"""Automated Readability Index: the US school grade that a text needs."""

EXCEPTIONS: dict[tuple[str, NoticeName], str] = {}
"""Notices above GRADE by locale, and why."""


def test_every_english_notice_can_be_read_by_a_child_of_twelve() -> None:
    hard = {}
    for locale in ("default", "eu", "uk", "us"):
        for name, notice in read_notices(CORPUS / "notices", locale).items():
            for text in filter(None, (notice.text, notice.topic_wording.replace("{topic}", "what it costs"))):
                grade = textstat.automated_readability_index(text)
                if grade > GRADE:
                    hard[locale, name] = grade
    assert set(hard) == set(EXCEPTIONS), hard
