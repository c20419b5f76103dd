"""The decision at its working point, by probabilities given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.answer import Decision
from assistant.answerability import decide
from retrieval.decision import DecisionModel, Judged, WorkingPoint
from retrieval.results import Readings, Results
from retrieval.retriever import Retriever

POINT = WorkingPoint(answer=0.6, related=0.3, unsure=0.45, behind=0.2, medical=0.8)


class Given:
    """A model that says what it is told to."""

    point = POINT

    def __init__(self, judged: Judged, languages: dict[str, float]) -> None:
        self._judged, self.languages = judged, languages

    def judge(self, *_: Any) -> Judged:
        return self._judged


@pytest.fixture(scope="module")
def found(retriever: Retriever) -> tuple[Readings, Results]:
    readings = retriever.readings("how long will the drip take")
    return readings, retriever.find(readings, 3, "istiratumab")


@pytest.mark.parametrize(
    ("domain", "answered", "passages", "language", "decision", "shown", "off_topic"),
    [
        (0.9, 0.9, (0.7, 0.6, 0.2), None, Decision.ANSWER, [0, 1], False),
        (0.9, 0.9, (0.7, 0.4, 0.6), None, Decision.ANSWER, [0, 2], False),
        (0.9, 0.4, (0.5, 0.2, 0.1), None, Decision.RELATED, [0, 1, 2], False),
        (0.9, 0.1, (0.4, 0.2, 0.1), None, Decision.RELATED, [0, 1, 2], False),
        (0.9, 0.1, (0.2, 0.2, 0.1), None, Decision.ABSTAIN, [], False),
        (0.1, 0.1, (0.2, 0.2, 0.1), None, Decision.ABSTAIN, [], True),
        (0.1, 0.9, (0.9, 0.6, 0.1), None, Decision.ANSWER, [0], False),
        (0.7, 0.4, (0.2, 0.2, 0.1), None, Decision.ABSTAIN, [], False),
        (0.7, 0.5, (0.2, 0.2, 0.1), None, Decision.RELATED, [0, 1, 2], False),
        (0.9, 0.9, (0.7, 0.6, 0.2), "es", Decision.ANSWER, [0, 1], False),
        (0.9, 0.9, (0.69, 0.6, 0.2), "es", Decision.RELATED, [0, 1, 2], False),
        (0.9, 0.9, (0.7, 0.6, 0.2), "pl", Decision.RELATED, [0, 1, 2], False),
        (0.1, 0.9, (0.7, 0.6, 0.2), "zh", Decision.RELATED, [0, 1, 2], False),
        (0.1, 0.1, (0.2, 0.2, 0.1), "zh", Decision.ABSTAIN, [], True),
        (0.9, 0.9, (0.7, 0.6, 0.2), "xx", Decision.RELATED, [0, 1, 2], False),
    ],
)
def test_each_decision(
    found: tuple[Readings, Results],
    domain: float,
    answered: float,
    passages: tuple[float, ...],
    language: str | None,
    decision: Decision,
    shown: list[int],
    off_topic: bool,
) -> None:
    readings, results = found[0], replace(found[1], gaps=())
    model: Any = Given(Judged(domain, answered, passages), {"es": 0.85, "pl": 0.6, "zh": 0.2})
    verdict = decide(model, readings, results, language)
    assert verdict.decision == decision
    assert list(verdict.shown) == [results.hits[n] for n in shown]
    assert verdict.off_topic == off_topic


def test_what_no_encoder_could_read_is_not_answered(found: tuple[Readings, Results]) -> None:
    readings, results = found
    model: Any = Given(Judged(0.9, 0.9, (0.9, 0.8, 0.7)), {"es": 0.85})
    verdict = decide(model, readings, results, "es", readable=False)
    assert (verdict.decision, verdict.shown, verdict.off_topic) == (Decision.ABSTAIN, (), False)
    assert decide(model, readings, results, None, readable=False).decision == Decision.ANSWER


def test_without_a_hit_nothing_is_answered(found: tuple[Readings, Results]) -> None:
    readings, results = found
    model: Any = Given(Judged(0.9, 0.9, ()), {})
    nothing = replace(results, hits=(), passages=results.passages[:0])
    assert decide(model, readings, nothing).decision == Decision.ABSTAIN


def test_the_real_model_takes_the_place_of_the_given_one(retriever: Retriever, found: tuple[Readings, Results]) -> None:
    model: DecisionModel = retriever.index.decision
    assert decide(model, *found).decision == Decision.ANSWER


def test_a_language_that_was_not_measured_is_not_plainly_answered(retriever: Retriever) -> None:
    model: Any = Given(Judged(0.9, 0.9, (0.7, 0.6, 0.2)), {})
    decisions = []
    for text in ("Hoelang duurt het infuus?", "كم يستغرق التسريب؟"):
        readings = retriever.readings(text)
        decisions.append(decide(model, readings, retriever.find(readings, 3, "istiratumab"), "xx").decision)
    assert decisions == [Decision.RELATED, Decision.RELATED]


def test_what_staff_attached_word_for_word_is_answered(retriever: Retriever) -> None:
    model: Any = Given(Judged(0.1, 0.05, (0.1, 0.2, 0.1)), {})
    phrasing = retriever.corpus.documents["istiratumab"].phrasings[0]
    readings = retriever.readings(phrasing.question)
    verdict = decide(model, readings, retriever.find(readings, 3, "istiratumab"))
    assert (verdict.decision, verdict.shown[0].passage.id) == (Decision.ANSWER, phrasing.passage)
    readings = retriever.readings(f"{phrasing.question} or so")
    assert decide(model, readings, retriever.find(readings, 3, "istiratumab")).decision == Decision.ABSTAIN
