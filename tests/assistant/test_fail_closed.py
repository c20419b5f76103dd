"""Whatever stage breaks, a patient sees what to do in an emergency and no passage, and staff see where."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, NoReturn

import pytest

from assistant.answer import Decision
from assistant.assistant import Assistant
from assistant.cues import Cues
from assistant.failures import log_failure
from assistant.notices import NoticeName
from assistant.triage.gate import Triage
from retrieval.encoder import Encoder
from retrieval.language import Languages
from retrieval.retriever import Retriever
from retrieval.store import FaissStore
from tests.conftest import Parts

QUESTION = "how long will the drip take"
EMERGENCY = "my throat is swelling up and I can't breathe"


class BrokenError(Exception):
    """Its message quotes the question, as a library's may."""


def broken(*_: Any, **__: Any) -> NoReturn:
    raise BrokenError(QUESTION)


class BrokenEncoder:
    """The real one until it breaks."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension

    encode = broken


class BrokenStore(FaissStore):
    search = broken


class BrokenTriage(Triage):
    read = broken


@dataclass(frozen=True, slots=True)
class BrokenCues(Cues):
    read = broken


@dataclass(frozen=True, slots=True)
class BrokenLanguages(Languages):
    of = broken


class BrokenTopics(dict[str, Any]):
    get = broken


@dataclass
class Bench:
    """Assistants with one part broken, and what they reported."""

    parts: Parts
    encoder: Encoder
    reported: list[Exception]

    def assistant(self, stage: str) -> Assistant:
        retriever, triage, notices, instructions, cues = self.parts
        today = date.today
        match stage:
            case "encoder":
                retriever = Retriever(retriever.corpus, retriever.index, BrokenEncoder(self.encoder))
            case "store":
                store = BrokenStore(self.encoder.dimension)
                store._index = retriever.index.store._index  # type: ignore[attr-defined]
                retriever = Retriever(retriever.corpus, replace(retriever.index, store=store), self.encoder)
            case "triage":
                triage = BrokenTriage(
                    triage._rules, triage._model, triage._classifier, triage._multilingual, triage._thresholds
                )
            case "cues":
                cues = BrokenCues(*(getattr(cues, field.name) for field in fields(cues)))
            case "languages":
                cues = replace(cues, languages=BrokenLanguages(cues.languages.english, cues.languages.names))
            case "topics":
                cues = replace(cues, topics=BrokenTopics())
            case "today":
                today = broken
            case "notices":
                kept = set(NoticeName) & set(notices) - {NoticeName.RELATED, NoticeName.CARE_TEAM}
                notices = {name: notices[name] for name in kept}
        return Assistant(retriever, triage, notices, instructions, cues, today, self.reported.append)


@pytest.fixture
def bench(parts: Parts, encoder: Encoder) -> Bench:
    return Bench(parts, encoder, [])


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ("encoder", QUESTION),
        ("store", QUESTION),
        ("triage", QUESTION),
        ("triage", EMERGENCY),
        ("cues", QUESTION),
        ("languages", QUESTION),
        ("today", QUESTION),
        ("topics", "how much does it cost"),
        ("notices", "can i take vitamins"),
    ],
)
def test_a_broken_stage_shows_the_emergency_notice_and_no_passage(bench: Bench, stage: str, message: str) -> None:
    answer = bench.assistant(stage).ask(message)
    kind = KeyError if stage == "notices" else BrokenError
    assert answer.decision == Decision.ABSTAIN
    assert [notice.name for notice in answer.notices] == [NoticeName.EMERGENCY, NoticeName.ABSTAIN]
    assert answer.citations == answer.see_also == ()
    assert answer.disclaimers
    assert answer.evidence == (f"failed: {kind.__name__}",)
    assert [type(error) for error in bench.reported] == [kind]


@pytest.mark.parametrize("stage", ["store", "languages", "today"])
def test_an_alarm_is_shown_whatever_breaks_after_it(bench: Bench, stage: str) -> None:
    answer = bench.assistant(stage).ask(EMERGENCY)
    assert answer.decision == Decision.URGENT
    assert [notice.name for notice in answer.notices] == [NoticeName.URGENT]
    assert answer.citations == ()
    assert answer.evidence[-1] == "failed: BrokenError"
    assert len(answer.evidence) > 1
    assert len(bench.reported) == 1


def test_a_crisis_is_shown_whatever_breaks_after_it(bench: Bench) -> None:
    assert bench.assistant("store").ask("I want to kill myself").decision == Decision.CRISIS
    answer = bench.assistant("languages").ask("I want to kill myself")
    assert (answer.decision, [notice.name for notice in answer.notices]) == (Decision.CRISIS, [NoticeName.CRISIS])


def test_nothing_broken_reports_nothing(bench: Bench) -> None:
    assert bench.assistant("none").ask(QUESTION).decision == Decision.ANSWER
    assert bench.reported == []


def test_who_is_told_may_break_too(parts: Parts) -> None:
    retriever, triage, notices, instructions, cues = parts
    broken_triage = BrokenTriage(
        triage._rules, triage._model, triage._classifier, triage._multilingual, triage._thresholds
    )
    answer = Assistant(retriever, broken_triage, notices, instructions, cues, failed=broken).ask(QUESTION)
    assert answer.decision == Decision.ABSTAIN


def test_the_log_says_where_and_not_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        try:
            broken()
        except BrokenError as error:
            log_failure(error)
    assert "BrokenError" in caplog.text
    assert "in broken" in caplog.text
    assert QUESTION not in caplog.text
