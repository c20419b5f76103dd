"""Labelled conversations and files of answers, read."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from evaluation.answers import answer_all, read_answers
from evaluation.catalogue import CONVERSATIONS
from evaluation.conversations import Questions, read_labels, read_questions
from evaluation.errors import DataError
from tests.evaluation.conftest import write_jsonl

TURN: dict[str, Any] = {"text": "what is it?", "kind": "answerable", "gold": [1], "also": []}


def test_questions_hold_no_label() -> None:
    questions = read_questions(CONVERSATIONS)
    assert questions[0] == Questions(
        "c001",
        (
            "my son is 14 and has ewing sarcoma, is this drug being tried for that?",
            "ok and it's really meant for kids? not just adults",
            "Do they check the heart first?",
        ),
    )
    assert (len(questions), sum(len(q.texts) for q in questions)) == (248, 325)


def test_labels_of_the_built_in_conversations() -> None:
    labels = read_labels(CONVERSATIONS)
    assert Counter(turn.kind for turn in labels if not turn.unsure) == {
        "answerable": 144, "unanswerable": 59, "urgent": 29, "not_urgent_trap": 20, "off_topic": 17,
        "other_language": 16, "adversarial": 15, "personal_advice": 12, "false_premise": 5,
    }  # fmt: skip
    second = labels[1]
    assert (second.gold, second.also, second.follow_up) == (frozenset({36}), frozenset({19, 20}), True)
    assert second.before == labels[0].text
    assert (labels[0].before, labels[0].group, second.group) == (
        "",
        "in conversation answerable",
        "follow-up answerable",
    )


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["{"], r":1: not JSON"),
        (["[]"], r":1: not a JSON object"),
        (['{"id": "p1"}'], r":1: the key 'turns' is missing"),
        ([json.dumps({"id": "", "turns": [TURN]})], r":1: 'id' is not a name"),
        ([json.dumps({"id": "p1", "turns": []})], r":1: 'p1' has no turns"),
        ([json.dumps({"id": "p1", "turns": [TURN, {"kind": "answerable"}]})], r":1: turn 1 of 'p1' has no text"),
        (["", json.dumps({"id": "p1", "turns": [TURN]})] * 2, r":4: the id 'p1' is also on line 2"),
        ([json.dumps({"id": "z1", "turns": [TURN]})], r":1: the id 'z1' is of no set"),
        ([json.dumps({"id": "p1", "turns": [TURN | {"kind": "hard"}]})], r":1: turn 0 of 'p1' has no kind"),
        ([json.dumps({"id": "p1", "turns": [TURN | {"gold": ["1"]}]})], r":1: 'gold' of turn 0 of 'p1' is no list"),
        ([json.dumps({"id": "p1", "turns": [TURN | {"also": [0]}]})], r":1: 'also' of turn 0 of 'p1' is no list"),
    ],
)
def test_bad_labels_name_file_and_line(tmp_path: Path, lines: list[str], problem: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(DataError, match=r"labels\.jsonl" + problem):
        read_labels(path)


def test_labels_are_ignored_where_questions_are_read(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "bare.jsonl", {"id": "any", "turns": [{"text": "hi\u2028there", "gold": "?"}]})
    assert read_questions(path) == (Questions("any", ("hi\u2028there",)),)


@pytest.mark.parametrize(("content", "problem"), [(b"\xff", ":1: the file is not UTF-8"), (None, ": the file cannot")])
def test_unreadable_files(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"x\.jsonl" + problem):
        read_questions(path)


def test_a_probability_stands_where_passages_were_looked_up_and_nowhere_else(assistant: Assistant) -> None:
    texts = ("how long does the infusion take", "what does a vial cost me", "I want to die", "hello", "")
    answers = list(answer_all(assistant, [Questions(f"p{at}", (text,)) for at, text in enumerate(texts)]))
    assert [answer["decision"] for answer in answers] == ["answer", "abstain", "crisis", "greeting", "rejected"]
    probabilities: list[Any] = [answer.get("probability") for answer in answers]
    likely, unlikely, *others = probabilities
    assert 0 <= unlikely < likely <= 1
    assert others == [None, None, None]
    assert not any("probability" in assistant.ask(text).as_json() for text in texts)


def test_a_conversation_is_answered_in_the_light_of_itself(assistant: Assistant) -> None:
    asked = [Questions("c1", ("how often is the drip given?", "how long does each one take?")), Questions("c2", ("",))]
    first, second, empty = answer_all(assistant, asked)
    assert [(r["id"], r["turn"], r["decision"]) for r in (first, second, empty)] == [
        ("c1", 0, "answer"),
        ("c1", 1, "related"),
        ("c2", 0, "rejected"),
    ]
    assert second["citations"][0]["text"].startswith("| Infusion Time | Usually administered slowly over 60 to 90")
    assert {"id", "turn", "decision", "notices", "citations", "see_also", "latency_ms"} <= first.keys()
    assert first["latency_ms"] > 0


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"turn": 0, "decision": "answer"}, "the key 'id' is missing"),
        ({"id": "p1", "turn": "0", "decision": "answer"}, "'id' and 'turn' must be"),
        ({"id": "p1", "turn": 0, "decision": "maybe"}, "'maybe' is no decision"),
        ({"id": "p1", "turn": 0, "decision": "answer", "citations": ["x"]}, "a citation has no text"),
        (
            {"id": "p1", "turn": 0, "decision": "answer", "citations": [{"text": "abc", "start": 1, "end": 2}]},
            "a citation of 3 characters says that it stands at 1–2",
        ),
        ({"id": "p0", "turn": 0, "decision": "abstain"}, "turn 0 of 'p0' is also on line 1"),
    ],
)
def test_bad_answers_name_file_and_line(tmp_path: Path, record: dict[str, Any], problem: str) -> None:
    good = {"id": "p0", "turn": 0, "decision": "abstain"}
    path = write_jsonl(tmp_path / "answers.jsonl", good, record)
    with pytest.raises(DataError, match=rf"answers\.jsonl:2: {problem}"):
        read_answers(path)
