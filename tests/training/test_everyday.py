from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.errors import DataError
from training.conversations import CONVERSATIONS, LabelledMessage, read_messages
from training.everyday import for_encoder, read_everyday, read_intents


def test_four_writers_of_450_messages_each() -> None:
    found = read_everyday()
    assert {name: len(texts) for name, texts in found.items()} == dict.fromkeys(("e1", "e2", "e3", "e4"), 450)
    assert len({text for texts in found.values() for text in texts}) > 1790


def test_a_split_by_intent(tmp_path: Path) -> None:
    path = tmp_path / "messages.tsv"
    path.write_text('split\tintent\ttext\ntrain\tpay\tpay "this\nval\tpay\tno\ntrain\tmeal\teat\n', "utf-8")
    assert read_intents(tmp_path, "train") == {"pay": ['pay "this'], "meal": ["eat"]}
    with pytest.raises(DataError, match="no message is of the split 'test'"):
        read_intents(tmp_path, "test")


def test_half_of_the_intents_are_for_the_encoder() -> None:
    assert [for_encoder(name) for name in ("translate", "alarm", "pay_bill")] == [False, True, False]


def test_a_follow_up_has_the_last_question_that_was_answered_before(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(
        '{"id": "1", "turns": [{"text": "a", "kind": "answerable", "gold": [3]}, {"text": "help", "kind": "urgent", '
        '"gold": []}, {"text": "b", "kind": "unanswerable", "gold": []}, '
        '{"text": "c", "kind": "answerable", "gold": [5]}, {"text": "d", "kind": "answerable", "gold": [3]}]}',
        "utf-8",
    )
    nothing = frozenset[int]()
    assert list(read_messages(path)) == [
        LabelledMessage("a", "", nothing, "answerable", frozenset({3})),
        LabelledMessage("b", "a", frozenset({3}), "unanswerable", nothing),
        LabelledMessage("c", "a", frozenset({3}), "answerable", frozenset({5})),
        LabelledMessage("d", "c", frozenset({5}), "answerable", frozenset({3})),
    ]


def test_the_conversations_are_all_there() -> None:
    counts = {path.stem: sum(1 for _ in read_messages(path)) for path in sorted(CONVERSATIONS.glob("*.jsonl"))}
    assert counts == {
        "a": 243, "b": 233, "t1": 736, "t2": 400, "t3": 419, "t4": 425, "t5": 421, "t6": 317,
        "t7": 240, "t8": 240, "t9": 312, "t10": 312,
    }  # fmt: skip
