"""Another medicine's question gets no answer; a question about this one and another does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.cues import Cues
from assistant.medicines import read_medicines
from retrieval.corpus import Corpus
from retrieval.errors import CorpusError
from tests.conftest import CORPUS


@pytest.mark.parametrize(
    ("message", "name", "known_by"),
    [
        ("what is isatuximab", "isatuximab", "list"),
        ("istradefylline side effects", "istradefylline", "list"),
        ("What are the side effects of ganitumab?", "ganitumab", "list"),
        ("MM-121", "mm 121", "code"),
        ("what does MM 121 do?", "mm 121", "code"),
        ("AMG 479 side effects", "amg 479", "code"),
        ("what is the dose of ibuprofen", "ibuprofen", "list"),
        ("Keytruda side effects", "keytruda", "list"),
        ("how does zorafitinib work", "zorafitinib", "stem -nib"),
        ("tell me about st john's wort", "st johns wort", "list"),
    ],
)
def test_a_question_about_another_medicine(cues: Cues, message: str, name: str, known_by: str) -> None:
    found = cues.medicines.find(message)
    assert found is not None
    assert (found.name, found.known_by) == (name, known_by)


@pytest.mark.parametrize(
    "message",
    [
        "what is istiratumab",
        "what is istiratumb",
        "istaratumab side effects",
        "istiratumabs dose",
        "MM 141",
        "what is mm141",
        "tell me about MM-141",
        "can i take ibuprofen with it",
        "can i take ibuprofen",
        "is it the same as isatuximab",
        "does istiratumab work like ganitumab",
        "i am on metformin, can i join",
        "is keytruda given together with this",
        "what is gemcitabine",
        "what is nab-paclitaxel for",
        "what is a monoclonal antibody",
        "COVID-19 vaccine",
        "NCT02399137",
        "who won in 2024",
        "ROOM 101",
        "my april appointment",
        "",
    ],
)
def test_a_question_that_is_not(cues: Cues, message: str) -> None:
    assert cues.medicines.find(message) is None


def test_no_phrasing_is_taken_for_another_medicines(cues: Cues, corpus: Corpus) -> None:
    phrasings = corpus.documents["istiratumab"].phrasings
    assert [p.question for p in phrasings if cues.medicines.find(p.question)] == []


def test_what_the_monographs_speak_of_is_no_other_medicine_though_it_is_in_the_list(cues: Cues) -> None:
    assert "gemcitabine" in cues.medicines.names
    assert cues.medicines.find("what is gemcitabine", ["istiratumab"]) is None
    other = cues.medicines.find("what is gemcitabine", [])
    assert other is not None
    assert other.name == "gemcitabine"


def test_the_list_is_long_and_tells_the_kinds_apart(cues: Cues) -> None:
    assert {"ibuprofen": "common", "cetuximab": "specialist"}.items() <= cues.medicines.names.items()
    assert len(cues.medicines.names) > 800


@pytest.mark.parametrize(
    ("name", "line", "problem"),
    [
        ("medicines.jsonl", '{"name": "newmab", "kind": "odd"}', "'odd' is none of common, specialist"),
        ("stems.jsonl", '{"stem": "mab"}', "not an object with the keys expected"),
        ("other-medicine.jsonl", '{"pattern": "<gone>", "kind": "asks"}', "no set is called 'gone'"),
        ("other-medicine.jsonl", '{"pattern": "x", "kind": "may"}', "'may' is none of asks, unless"),
        ("sets.jsonl", '{"set": "a", "words": "b"}', "the set 'not_between' is missing"),
    ],
)
def test_a_bad_line_stops_the_start(tmp_path: Path, corpus: Corpus, name: str, line: str, problem: str) -> None:
    folder = Path(shutil.copytree(CORPUS / "cues", tmp_path / "cues"))
    (folder / name).write_text(f"{line}\n", "utf-8")
    with pytest.raises(CorpusError, match=problem) as caught:
        read_medicines(folder, corpus)
    assert (caught.value.path, caught.value.line) == (folder / name, 1)
