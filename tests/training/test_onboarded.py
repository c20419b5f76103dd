"""Leaflets that were read through: their lines lead to passages, teach proposals and make a first hour."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import DataError
from retrieval.corpus import Corpus, read_corpus
from retrieval.intents import NOT_COVERED, read_section_kinds
from staff.proposals import FIGURES, experience, figures
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder
from tests.training.test_leaflets import written
from training.first_hour import Question, first_hour, held_out_questions
from training.leaflets import document_lines
from training.onboarded import ONBOARDING, Answers, answering, leaflet_document, read_answers, reviewed
from training.proposals import Example, examples, learned, measured

INTENTS = read_corpus(CORPUS).intents
KINDS = read_section_kinds(CORPUS / "section_kinds" / "en.jsonl")
ANSWERS: Answers = {"what-for": ((3, 3),), "alcohol": ((10, 10),), "pregnancy": ((9, 10),), "storage": ((14, 14),)}


def passages(folder: Path) -> dict[str, tuple[str, ...]]:
    document = leaflet_document(written(folder) / "leaflets" / "tablimab.md")
    found = answering(document, ANSWERS, document_lines("tablimab", document.monograph.source))
    return {intent: tuple(document.passages.by_id[p].text for p in some) for intent, some in found.items()}


def test_lines_lead_to_the_smallest_passage_that_holds_them(tmp_path: Path) -> None:
    found = passages(tmp_path)
    assert found["alcohol"] == ("- if you drink wine",)
    assert found["pregnancy"] == (
        "## 2. Before you take it\n\nDo not take it\n\n- if you are pregnant\n- if you drink wine",
    )
    assert found["storage"] == ("Keep it in the fridge.",)


def test_what_has_no_line_is_not_covered() -> None:
    decided = {one.intent: one.passage for one in reviewed({"alcohol": ("tablimab:x",)}, INTENTS)}
    assert decided.keys() == INTENTS.keys()
    assert {intent for intent, passage in decided.items() if passage != NOT_COVERED} == {"alcohol"}


def test_stretches_that_are_none_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"intent": "alcohol", "lines": [[3, 2]]}), "utf-8")
    with pytest.raises(DataError, match="holds no stretches"):
        read_answers(path)


def test_what_is_shipped_names_intents_there_are() -> None:
    paths = sorted(ONBOARDING.glob("*.jsonl"))
    assert len(paths) == 11
    assert not [(p.stem, intent) for p in paths for intent in read_answers(p) if intent not in INTENTS]
    assert len(held_out_questions()) == 1100


def test_other_monographs_are_learned_from(tmp_path: Path) -> None:
    document = leaflet_document(written(tmp_path) / "leaflets" / "tablimab.md")
    found = answering(document, ANSWERS, document_lines("tablimab", document.monograph.source))
    decided = type(document)(
        document.monograph, document.passages, (), (), document.disclaimer, reviewed(found, INTENTS)
    )
    library, encoder = Corpus({"tablimab": decided}, (), (), {}, intents=INTENTS), HashingEncoder()
    assert experience(library, "tablimab", encoder) == {}
    others = experience(library, "another", encoder)
    assert (others["alcohol"].answered, others["alcohol"].decided) == (1, 1)
    assert (others["cost"].answered, others["cost"].decided) == (0, 1)
    names, rows = figures(document, tuple(INTENTS.values()), KINDS, encoder, others)
    of = {name: place for place, name in enumerate(FIGURES)}
    alcohol = rows[list(INTENTS).index("alcohol")]
    assert names[int(alcohol[:, of["alike"]].argmax())] == found["alcohol"][0]
    assert (rows[list(INTENTS).index("cost")][:, of["never"]] == 1).all()
    assert (rows[list(INTENTS).index("cost")][:, of["known"]] < 0).all()


def test_proposals_are_learned_and_measured() -> None:
    chance = np.random.default_rng(1)
    right = chance.random((40, 12)) < 0.1
    rows = chance.normal(size=(40, 12, len(FIGURES)))
    rows[..., 0] += 4 * right
    example = Example("made-up", (rows, rows), right)
    model = learned([example])
    assert model.weights.shape == (2, len(FIGURES))
    assert model.weights[0].argmax() == 0
    first = float(measured(model, example)[1])
    assert first > 0.9


def test_a_first_hour_is_told_as_a_table(tmp_path: Path) -> None:
    home = written(tmp_path)
    answers = tmp_path / "answers"
    answers.mkdir()
    lines = [json.dumps({"intent": intent, "lines": stretches}) for intent, stretches in ANSWERS.items()]
    (answers / "tablimab.jsonl").write_text("\n".join(lines), "utf-8")
    asked = [
        Question("tablimab", "is wine allowed, can i drink", frozenset({10})),
        Question("tablimab", "cost", frozenset()),
    ]
    texts = {"tablimab": home / "leaflets" / "tablimab.md"}
    told = first_hour(CORPUS, asked, texts, answers, tmp_path / "work", HashingEncoder()).split("\n")
    assert [line.split(" | ")[0] for line in told[2:]] == ["| day zero", "| proposals unread", "| hour one"]
    assert {line.split(" | ")[1] for line in told[2:]} == {"1 / 1"}
    [found] = examples(CORPUS, home / "leaflets", HashingEncoder(), answers)
    assert found.right.any(axis=1).sum() == len(ANSWERS)
