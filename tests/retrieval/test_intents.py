"""Intents: what ships can be used whole; bad lines cost themselves; decisions expand to phrasings and gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from retrieval.corpus import read_corpus
from retrieval.errors import CorpusError
from retrieval.intents import (
    NOT_COVERED,
    Intent,
    Reviewed,
    expanded,
    read_intents,
    read_reviewed,
    read_section_kinds,
)
from retrieval.questions import Gap, Phrasing
from tests.conftest import CORPUS

KINDS = read_section_kinds(CORPUS / "section_kinds" / "en.jsonl")
MISSED: dict[str, Any] = {
    "intent": "missed-dose", "asks": "What to do about a missed dose", "sections": ["missed", "dose"],
    "topic": "a missed dose", "questions": ["forgot to take it", "missed one"], "owner": "Tests", "version": "1.0",
    "effective": "2026-01-01", "review_by": "2030-01-01", "status": "approved",
}  # fmt: skip
INTENT = Intent(
    "missed-dose", "What to do about a missed dose", ("missed", "dose"), "a missed dose",
    ("forgot to take it", "missed one"), "Tests", "1.0", date(2026, 1, 1), date(2030, 1, 1),
)  # fmt: skip
DECIDED = Reviewed("missed-dose", INTENT.asks, "1.0", "pill:missed-1")


def written(folder: Path, *records: Mapping[str, Any], name: str = "theme") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_every_intent_that_ships_can_be_used() -> None:
    intents, problems = read_intents(CORPUS / "intents")
    assert problems == ()
    assert len(intents) >= 250
    assert min(len(intent.questions) for intent in intents.values()) >= 15
    assert {kind for intent in intents.values() for kind in intent.sections} <= set(KINDS.patterns)
    assert not [i.id for i in intents.values() if any(q != q.strip() or len(q) > 120 for q in i.questions)]


def test_an_intent_is_read_with_its_wordings(tmp_path: Path) -> None:
    written(tmp_path, MISSED)
    assert read_intents(tmp_path) == ({"missed-dose": INTENT}, ())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "draft"}, "the intent is not approved."),
        ({"asks": " "}, "'asks' is not a text with words."),
        ({"questions": []}, "'questions' is not a list of texts."),
        ({"effective": "soon"}, "'effective' and 'review_by' are dates, as in 2026-12-31."),
        ({"review_by": "2026-01-01"}, "'review_by' must be after 'effective'."),
        ({"more": "x"}, "an intent has the keys"),
    ],
)
def test_a_bad_intent_costs_itself(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    path = written(tmp_path, {**MISSED, **change}, {**MISSED, "intent": "other", "questions": ["another"]})
    intents, [problem] = read_intents(tmp_path)
    assert list(intents) == ["other"]
    assert (problem.path, problem.line) == (path, 1)
    assert told in problem.problem


def test_a_wording_belongs_to_one_intent(tmp_path: Path) -> None:
    written(tmp_path, MISSED, {**MISSED, "intent": "late", "questions": ["Missed one", "i am late"]})
    intents, [problem] = read_intents(tmp_path)
    assert problem.problem == "“Missed one” is a wording of 'missed-dose' too."
    assert intents["late"].questions == ("i am late",)


@pytest.mark.parametrize(
    ("heading", "kinds"),
    [
        ("## If you forget to take Zebedee", ("missed",)),
        ("3. How to take zebedee", ("dose",)),
        ("Driving and using machines Zebedee is unlikely to", ("driving",)),
        ("Children and adolescents", ("children",)),
        ("Common (may affect up to 1 in 10 people)", ("effects",)),
        ("Pregnancy and breast-feeding If you are pregnant", ("pregnancy",)),
        ("The weather", ()),
    ],
)
def test_a_heading_tells_its_kind(heading: str, kinds: tuple[str, ...]) -> None:
    assert KINDS.of(heading)[:1] == kinds


def test_a_kind_that_is_no_pattern_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, {"kind": "dose", "headings": ["("]}, name="kinds")
    with pytest.raises(CorpusError, match="not a pattern"):
        read_section_kinds(path)
    assert read_section_kinds(tmp_path / "none.jsonl").of("Dose") == ()


def test_decisions_expand_and_name_their_intent() -> None:
    intents = {"missed-dose": INTENT}
    phrasings, gaps = expanded([DECIDED], intents)
    assert phrasings == tuple(Phrasing("pill:missed-1", q, "missed-dose") for q in INTENT.questions)
    assert gaps == ()
    uncovered = Reviewed("missed-dose", INTENT.asks, "1.0", NOT_COVERED)
    assert expanded([uncovered], intents) == (
        (),
        tuple(Gap("a missed dose", q, "missed-dose") for q in INTENT.questions),
    )


def test_what_staff_attached_by_itself_stands() -> None:
    phrasings, _ = expanded([DECIDED], {"missed-dose": INTENT}, {"missed one"})
    assert [phrasing.question for phrasing in phrasings] == ["forgot to take it"]


def test_a_decision_on_what_is_no_longer_asked_is_not_in_force() -> None:
    changed = {"missed-dose": Intent(**{**_fields(INTENT), "asks": "What to do about two missed doses"})}
    assert expanded([DECIDED], changed) == ((), ())
    reworded = {"missed-dose": Intent(**{**_fields(INTENT), "version": "1.1", "questions": ("late",)})}
    assert [p.question for p in expanded([DECIDED], reworded)[0]] == ["late"]
    assert (DECIDED.newest(reworded), DECIDED.holds(reworded)) == (False, True)


def test_a_decision_for_a_passage_that_is_gone_is_named(tmp_path: Path) -> None:
    record = {"intent": "missed-dose", "asks": INTENT.asks, "version": "1.0", "passage": "pill:missed-1"}
    path = written(tmp_path, record, {**record, "passage": "pill:gone-2"}, {**record, "passage": NOT_COVERED}, record)
    decided, problems = read_reviewed(path, {"pill:missed-1"})
    assert decided == (DECIDED, Reviewed("missed-dose", INTENT.asks, "1.0", NOT_COVERED))
    assert [problem.line for problem in problems] == [2, 4]
    assert "'pill:gone-2', which is no passage" in problems[0].problem


def test_the_corpus_that_ships_needs_no_onboarding() -> None:
    corpus = read_corpus(CORPUS)
    assert corpus.documents["istiratumab"].reviewed == ()
    assert len(corpus.intents) >= 250


def _fields(intent: Intent) -> dict[str, Any]:
    return {name: getattr(intent, name) for name in Intent.__slots__}
