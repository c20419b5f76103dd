"""Everyday requests by intent: the layouts that are read, what they are labelled, and what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evaluation.answers import Shown, ShownCitation
from evaluation.asked import read_asked
from evaluation.errors import DataError
from evaluation.everyday import Message, as_labels, as_questions, read_messages
from evaluation.scoring import score_answers

TSV = 'split\tintent\ttext\ntrain\ttranslate\t"hello" in spanish\nval\tgreeting\thi there\noos_val\toos\twho won\n'


def test_clinc150s_messages(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_text(TSV, "utf-8")
    messages = read_messages(tmp_path)
    assert messages == (
        Message("messages/2", "train", "translate", '"hello" in spanish'),
        Message("messages/3", "val", "greeting", "hi there"),
        Message("messages/4", "oos_val", "oos", "who won"),
    )
    assert [q.texts for q in as_questions(messages)] == [('"hello" in spanish',), ("hi there",), ("who won",)]
    assert [(t.kind, t.group) for t in as_labels(messages)] == [
        ("off_topic", "everyday"),
        ("small_talk", "small talk"),
        ("off_topic", "everyday"),
    ]
    assert read_messages(tmp_path, "val") == messages[1:2]
    drawn = read_messages(tmp_path, limit=2)
    assert len(drawn) == 2
    assert drawn == read_messages(tmp_path, limit=2)
    assert set(drawn) < set(messages)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("train.csv", 'text,category\r\n"Well, where is it?",card_arrival\r\n', ("train", "card_arrival")),
        (
            "en.jsonl",
            '{"partition": "dev", "intent": "alarm_set", "utt": "Well, where is it?"}\n',
            ("dev", "alarm_set"),
        ),
        ("data_full.json", json.dumps({"val": [["Well, where is it?", "lost"]]}), ("val", "lost")),
        ("m.jsonl", '{"text": "Well, where is it?", "label": 0, "split": 3}', ("3", "0")),
        ("x.tsv", "\ufeffUtterance\tLabel\nWell, where is it?\t7\n", ("x", "7")),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_other_layouts(tmp_path: Path, name: str, text: str, expected: tuple[str, str], packed: bool) -> None:
    raw = text.encode()
    (tmp_path / (name + ".gz" * packed)).write_bytes(gzip.compress(raw) if packed else raw)
    [message] = read_messages(tmp_path)
    assert (message.split, message.intent, message.text) == (*expected, "Well, where is it?")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("m.tsv", "a\tb\n1\t2\n", r"m\.tsv:1: no name says which is the text\. Call it one of: text"),
        ("m.tsv", "intent\ttext\nonly\n", r"m\.tsv:2: the line has 1 columns"),
        ("m.tsv", "intent\ttext\nx\t \n", r"m\.tsv:2: a message has no text"),
        ("m.json", "[1]", r"m\.json: this is no file of messages"),
        ("m.json", "{", r"m\.json: this is no file of messages"),
        ("m.jsonl", '{"text": null}', r"m\.jsonl:1: a message has no text"),
        ("m.json", '{"val": [["a", "b"], [null, "c"]]}', r"m\.json: message 2, of the split 'val', has no text"),
        ("m.json", r'{"val": [["\ud83d", "b"]]}', r"message 1, of the split 'val', has half a character, \\ud83d"),
        ("m.tsv", "intent\ttext\n", "there is no message"),
        ("README.md", "", "there is no file of messages"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, text: str, problem: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=problem):
        read_messages(tmp_path)


def test_an_unknown_split_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_text(TSV, "utf-8")
    with pytest.raises(DataError, match=r"no message is of the split 'test'\. Use one of: oos_val, train, val\."):
        read_messages(tmp_path, "test")
    with pytest.raises(DataError, match=r"needs a folder\. Give --dataset everyday --data FOLDER"):
        read_asked("everyday")


def test_alarms_and_answers_among_everyday_requests(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_text(TSV, "utf-8")
    asked = read_asked("everyday", tmp_path)
    cited = (ShownCitation("istiratumab", "text", None, 0.5),)
    decisions = [("answer", cited), ("greeting", ()), ("urgent", ())]
    answers = {
        (q.id, 0): Shown(1, decision, frozenset(), citations, None)
        for q, (decision, citations) in zip(asked.questions, decisions, strict=True)
    }
    figures = score_answers(asked.labels, answers, asked.lines, asked.path, tmp_path).as_json()
    assert figures["everyday"] == {"n": 2, "answered": 0.5, "hedged": 0.0, "alarm": 0.5}
    assert figures["small talk"] == {"n": 1, "answered": 0.0, "hedged": 0.0, "alarm": 0.0}
    assert (figures["all off_topic"]["n"], figures["all small_talk"]["n"]) == (2, 1)
