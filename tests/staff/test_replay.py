"""An answer replays from its record to the same passages, whatever is live by then."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from staff.accounts import Account
from staff.bench import Bench
from staff.errors import StaffError
from staff.replay import corpus_of, replayed
from tests.staff.conftest import released
from tests.staff.made_up import BODY, QUESTIONS, monograph
from web.instrumented import InstrumentedAssistant
from web.metrics import Metrics


def recorded(bench: Bench, question: str, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """What the service writes for an answer."""
    assistant = bench.drafts.open().assistant
    with caplog.at_level(logging.INFO, logger="web.events"):
        InstrumentedAssistant(assistant, Metrics(assistant.corpus), "page").ask(question)
    fields: dict[str, Any] = caplog.records[-1].__dict__["fields"]
    return fields


def test_an_answer_replays_to_the_same_words_after_the_text_has_changed(
    bench: Bench, anna: Account, caplog: pytest.LogCaptureFixture
) -> None:
    release = released(bench, anna)
    record = recorded(bench, QUESTIONS[0][1], caplog)
    assert QUESTIONS[0][1] not in str(record)
    shown = [citation.quote for citation in bench.drafts.open().assistant.ask(QUESTIONS[0][1]).citations]
    changed = monograph(BODY.replace("60 minutes", "90 minutes"), "2").encode()
    (bench.corpus / "monographs" / "made-up.md").write_bytes(changed)
    corpus, source = corpus_of(record, bench.releases, bench.corpus)
    assert source == f"release {release.id}"
    quotes = replayed(record, corpus)
    assert [(q.start, q.end, q.text) for q in quotes] == [(q.start, q.end, q.text) for q in shown]
    assert "over 60 minutes" in quotes[0].text


def test_a_record_of_no_text_that_is_known_or_none_at_all_is_said_so(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    record = recorded(bench, QUESTIONS[0][1], caplog)
    with pytest.raises(StaffError, match="No release has these texts: made-up 00"):
        corpus_of({**record, "texts": {"made-up": "00"}}, bench.releases, bench.corpus)
    with pytest.raises(StaffError, match="no record of an answer"):
        corpus_of({"decision": "answer"}, bench.releases, bench.corpus)
    corpus, _ = corpus_of(record, bench.releases, bench.corpus)
    with pytest.raises(StaffError, match="The texts have no passage 'made-up:none'"):
        replayed({**record, "passages": ["made-up:none"]}, corpus)
