from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import DataError
from retrieval.monograph import text_sha256
from tests.hashing import HashingEncoder
from training.leaflet_batches import LeafletSampler
from training.leaflets import (
    FOLLOW_UPS,
    HELD_OUT_WRITERS,
    QUESTIONS,
    Leaflet,
    Question,
    read_follow_ups,
    read_leaflets,
    read_questions,
    with_follow_ups,
)
from training.measured import Found, area_under_curve, find, measured_table

TEXT = """## 1. What it is

Tablimab is a tablet for gout. It lowers uric acid.

## 2. Before you take it

Do not take it

- if you are pregnant
- if you drink wine

## 3. How to store

Keep it in the fridge.
"""


def written(folder: Path, *questions: dict[str, object]) -> Path:
    front = {
        "id": "tablimab", "title": "Tablimab", "generic_name": "tablimab", "aliases": "[]", "version": '"1"',
        "effective": "2026-01-01", "review_by": "2027-01-01", "owner": "x", "status": "approved", "source": "x",
        "licence": "x", "sha256": text_sha256(TEXT),
    }  # fmt: skip
    (folder / "leaflets").mkdir()
    head = "".join(f"{key}: {value}\n" for key, value in front.items())
    (folder / "leaflets" / "tablimab.md").write_text(f"---\n{head}---\n{TEXT}", "utf-8")
    (folder / "questions").mkdir()
    lines = [json.dumps({"also": [], "writer": "w01", **question}) for question in questions]
    (folder / "questions" / "tablimab.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def leaflet(folder: Path, *questions: dict[str, object]) -> Leaflet:
    home = written(folder, *questions)
    return read_leaflets(home / "leaflets", home / "questions")["tablimab"]


ASKED: tuple[dict[str, object], ...] = (
    {"text": "what is tablimab for", "gold": [3]},
    {"text": "can i drink wine", "gold": [10], "also": [7]},
    {"text": "keep in the fridge?", "gold": [14]},
    {"text": "how much does it cost", "gold": []},
)


def test_each_passage_knows_its_lines(tmp_path: Path) -> None:
    found = leaflet(tmp_path, *ASKED)
    shown = {passage.text: sorted(lines) for passage, lines in zip(found.passages, found.covers, strict=True)}
    assert shown["- if you drink wine"] == [10]
    assert shown["Tablimab is a tablet for gout. It lowers uric acid."] == [3]
    assert shown["## 2. Before you take it\n\nDo not take it\n\n- if you are pregnant\n- if you drink wine"] == [
        5,
        7,
        9,
        10,
    ]
    assert len(found.owners) == len(found.views)
    assert found.writers == {"w01"}


def test_what_answers_stands_in_the_batch_and_is_marked(tmp_path: Path) -> None:
    found = leaflet(tmp_path, *ASKED)
    batch = LeafletSampler([found], [["the weather"]], seed=1).draw()
    asked = [question.text for question in batch.answered]
    assert sorted(asked) == sorted(str(q["text"]) for q in ASKED if q["gold"])
    assert [question.text for question in batch.near_misses] == ["how much does it cost"]
    assert batch.everyday == ("the weather",) * 3
    assert batch.right.shape == batch.neutral.shape == (3, len(batch.views))
    row = asked.index("can i drink wine")
    marked = [view for view, right in zip(batch.views, batch.right[row], strict=True) if right]
    assert "2. Before you take it: Do not take it: if you drink wine." in marked
    assert not (batch.right & batch.neutral).any()
    assert batch.right.any(axis=1).all()


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    found = leaflet(tmp_path, *ASKED)
    one, other = (LeafletSampler([found], [["a", "b"]], seed=3).draw() for _ in range(2))
    assert (one.answered, one.views, one.everyday) == (other.answered, other.views, other.everyday)
    assert np.array_equal(one.right, other.right)


def test_a_follow_up_knows_what_was_asked_and_shown_before(tmp_path: Path) -> None:
    path = tmp_path / "tablimab.jsonl"
    turns = [
        {"text": "who must not take it", "gold": [9, 10]},
        {"text": "and beer", "gold": [], "standalone": "can I drink beer with it"},
        {"text": "what about wine", "gold": [10], "also": [7], "standalone": "can I drink wine with it"},
        {"text": "how do i keep it", "gold": [14]},
    ]
    path.write_text(json.dumps({"id": "t-01", "writer": "f1", "turns": turns}) + "\n", "utf-8")
    first, nothing = "who must not take it", frozenset[int]()
    found = read_follow_ups(path, lambda gold: f"Lines {sorted(gold)}.")
    assert found == (
        Question("and beer", nothing, nothing, "f1", first, "can I drink beer with it", "Lines [9, 10]."),
        Question(
            "what about wine", frozenset({10}), frozenset({7}), "f1", first, "can I drink wine with it",
            "Lines [9, 10].",
        ),
        # It stands by itself, on another topic: in its own words.
        Question(
            "how do i keep it", frozenset({14}), nothing, "f1", "what about wine", "how do i keep it",
            "Lines [10].",
        ),
    )  # fmt: skip
    wine = "what about wine"
    assert found[1].readings == (wine, f"{first}. {wine}", f"Lines [9, 10]. {wine}")
    path.write_text('{"id": "t-01", "writer": "f1", "turns": [{"text": "why"}]}\n', "utf-8")
    with pytest.raises(DataError, match=r"tablimab.jsonl:1: .*'gold'"):
        read_follow_ups(path, str)


def test_follow_ups_stand_beside_a_leaflets_own_questions(tmp_path: Path) -> None:
    found = leaflet(tmp_path, *ASKED)
    assert with_follow_ups(found, tmp_path / "none") is found
    turns = [{"text": "what is it", "gold": [3]}, {"text": "why", "gold": [99], "standalone": "why is it so"}]
    path = tmp_path / "tablimab.jsonl"
    path.write_text(json.dumps({"writer": "f1", "turns": turns}), "utf-8")
    with pytest.raises(DataError, match=r"tablimab\.jsonl: no passage shows a line that answers 'why'"):
        with_follow_ups(found, tmp_path)
    path.write_text(json.dumps({"writer": "f1", "turns": [turns[0], {**turns[1], "gold": [3]}]}), "utf-8")
    [why] = with_follow_ups(found, tmp_path).questions[len(found.questions) :]
    assert (why.before, why.whole) == ("what is it", "why is it so")
    assert why.shown == "Tablimab is a tablet for gout. It lowers uric acid."


def test_most_of_a_batch_leans_on_a_question_before_where_there_are_so_many(tmp_path: Path) -> None:
    found = leaflet(tmp_path, *ASKED)
    leaning = [replace(found.questions[0], text=f"and {n}", before="what is it", whole=f"whole {n}") for n in range(20)]
    batch = LeafletSampler([replace(found, questions=(*found.questions, *leaning))], [["a"]], seed=1).draw()
    assert sum(bool(question.before) for question in batch.answered) == 9
    assert len(batch.answered) == 9 + sum(bool(q["gold"]) for q in ASKED)


LEARNED_FROM = {"f1", "f2", "f3", "f5", "g1", "g2", "g3", "g4"}


def test_every_follow_up_of_the_project_is_of_a_leaflet_that_is_asked_about() -> None:
    for path in FOLLOW_UPS.glob("*.jsonl"):
        assert (QUESTIONS / path.name).is_file()
        questions = read_follow_ups(path, str)
        assert len(questions) >= 15
        assert all(question.before and question.whole for question in questions)
        held = {question.writer for question in read_questions(QUESTIONS / path.name)} & HELD_OUT_WRITERS
        assert {question.writer for question in questions} <= ({"f4"} if held else LEARNED_FROM)


def test_a_passage_is_as_near_as_its_nearest_view(tmp_path: Path) -> None:
    rows = find(leaflet(tmp_path, {"text": "Keep it in the fridge.", "gold": [14]}), HashingEncoder())
    assert rows[0].right[0] is True
    assert rows[0].answered


def test_areas_and_tables_by_hand() -> None:
    assert area_under_curve([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    some = [Found("w18", True, (True, False, False), 0.9), Found("w18", False, (False,) * 3, 0.1)]
    table = measured_table({"w18": some})
    assert "| held-out writers | 1 | 1.000 (0.025–1.000) | 1.000 (0.025–1.000) | 1 | 1.000 |" in table


def test_a_missing_leaflet_is_named(tmp_path: Path) -> None:
    home = written(tmp_path, *ASKED)
    (home / "leaflets" / "tablimab.md").unlink()
    with pytest.raises(DataError, match=r"tablimab\.md: this leaflet is not there"):
        read_leaflets(home / "leaflets", home / "questions")


@pytest.mark.parametrize("gold", [[0], ["3"]])
def test_what_is_no_line_is_named(tmp_path: Path, gold: list[object]) -> None:
    home = written(tmp_path, {"text": "x", "gold": gold})
    with pytest.raises(DataError, match=r"tablimab\.jsonl:1: 'gold' holds what is no line number"):
        read_questions(home / "questions" / "tablimab.jsonl")


def test_a_line_that_nothing_shows_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"tablimab\.jsonl:1: no passage shows a line that answers"):
        leaflet(tmp_path, {"text": "x", "gold": [400]})


def test_the_questions_are_all_there() -> None:
    files = sorted(QUESTIONS.glob("*.jsonl"))
    questions = [question for path in files for question in read_questions(path)]
    assert (len(files), len(questions)) == (87, 8700)
    answered = sum(bool(question.gold) for question in questions) / len(questions)
    assert 0.66 < answered < 0.7
    assert {q.writer for q in questions} == {f"w{n:02}" for n in range(1, 23)}
    held = {path.stem for path in files if read_questions(path)[0].writer in HELD_OUT_WRITERS}
    assert len(held) == 11
