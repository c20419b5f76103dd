"""The report on the bank: its tables hold the shares they say. The thresholds: those with the fewest false alarms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.triage.examples import APPROVED, CLASSES, read_bank
from assistant.triage.report import bank_counted, measured, terms_table, triage_report
from assistant.triage.rules import read_rules
from assistant.triage.texts import named_messages, read_messages
from assistant.triage.thresholds import THRESHOLDS, Thresholds, read_thresholds, thresholds_json
from assistant.triage.tuning import choose_thresholds
from assistant.triage.validation import Scores, Validated, said, validate
from retrieval.errors import CorpusError
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder

URGENT = [
    "my tongue is swelling",
    "her lips are swelling",
    "I can't breathe",
    "he can't breathe",
    "temp 39.2",
    "zzz qqq",
]
CRISIS = ["I want to die", "she wants to die", "kms", "I want to kill myself", "he will kill himself", "yyy xxx"]
SOON = ["her temp is 37.9", "his temp is 37.8", "aaa bbb", "ccc ddd", "eee fff", "ggg hhh"]
LOOK_ALIKES = ["what is sepsis", "is 36.9 normal", "had a stroke in 2014", "no fever today", "what if I fall", "ok"]
QUESTIONS = ["how long is it", "who makes it", "is it a tablet", "what does it cost", "where is the clinic", "why"]
ORDINARY = {"shop": ["open on sunday?", "a pound of pears"], "pets": ["the cat can't breathe for laughing", "woof"]}
NEVER = Thresholds(1.0, 1.0, 1.0, 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(CORPUS / "triage", tmp_path / "triage"))
    labelled = {"urgent": URGENT, "crisis": CRISIS, "soon": SOON, "information": LOOK_ALIKES}
    lines = (json.dumps({"label": label, "subtype": "any", "q": q}) for label, qs in labelled.items() for q in qs)
    (folder / "examples.jsonl").write_text("\n".join(lines), "utf-8")
    lines = (json.dumps({"source": source, "q": q}) for source, qs in ORDINARY.items() for q in qs)
    (folder / "ordinary.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture
def validated(folder: Path) -> Validated:
    return validate(read_rules(folder), read_bank(folder, QUESTIONS), HashingEncoder())


def rows(table: str) -> list[list[str]]:
    lines = (line.strip("|").replace("\\|", "/") for line in table.split("\n"))
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def test_report(folder: Path, validated: Validated) -> None:
    others = measured(validated, read_rules(folder), HashingEncoder(), {"unread": ("I can't breathe", "hello", "bye")})
    first, precision, second, terms = triage_report(validated, NEVER, others).strip().split("\n\n")
    head, _, *body = rows(first)
    assert head == ["messages", "number", "terms", "numbers", "learned", "all", "all, unseen", "at least soon"]
    # A term counts only where it fires on another alarm too; not so in the column 'all', nor on what is never learned.
    assert [[*row[:4], row[5], row[7]] for row in body] == [
        ["urgent", "6", *["0.667 (0.223–0.957)", "0.167 (0.004–0.641)", "0.833 (0.359–0.996)", "0.833 (0.359–0.996)"]],
        ["crisis", "6", *["0.667 (0.223–0.957)", "0.000 (0.000–0.459)", "0.833 (0.359–0.996)", "0.667 (0.223–0.957)"]],
        ["soon", "6", *["0.000 (0.000–0.459)"] * 3, "0.333 (0.043–0.777)"],
        ["look-alikes", "6", *["0.000 (0.000–0.459)"] * 4],
        [APPROVED, "6", *["0.000 (0.000–0.459)"] * 4],
        ["shop", "2", *["0.000 (0.000–0.842)"] * 4],
        ["pets", "2", *["0.000 (0.000–0.842)"] * 4],
        ["unread (never learned)", "3", *["0.333 (0.008–0.906)", "0.000 (0.000–0.708)"], *["0.333 (0.008–0.906)"] * 2],
    ]
    # Nothing false is raised in the bank: whatever is raised is right.
    assert precision.startswith("Precision where one message in 200 is an alarm: 1.000 (found 0.")
    assert [row[0] for row in rows(second)[2:]] == ["crisis: any", "look-alike: any", "soon: any", "urgent: any"]
    assert rows(terms)[2][0] == "1"
    assert rows(terms)[2][-1] == "I can't breathe"


def test_each_term_is_counted(folder: Path) -> None:
    bank, rules = read_bank(folder, ["I can't breathe, he said", *QUESTIONS]), read_rules(folder)
    table = rows(terms_table(bank_counted(bank, map(rules.find, bank.texts))))
    [row] = [row for row in table if row[3].startswith("<cant> ... <breathe>")]
    assert row[:2] == ["1", "2"]
    assert row[4] == "I can't breathe, he said"


def test_a_source_is_never_learned_from_when_it_is_measured(validated: Validated) -> None:
    scores = validated.scores
    assert scores.likely.sum(axis=1) == pytest.approx(1)
    at = validated.bank.texts.index("open on sunday?")
    other = validated.bank.texts.index("a pound of pears")
    vectors = validated.vectors
    others = [
        float(vectors[at] @ vectors[i]) for i, c in enumerate(validated.bank.classes) if c == 0 and i not in (at, other)
    ]
    assert scores.plain[at] <= max(others) + 1e-6


def test_the_learned_part_says_nothing_of_what_it_does_not_know() -> None:
    likely = np.array([[0.1, 0.6, 0.2, 0.1], [0.1, 0.2, 0.6, 0.1], [0.2, 0.1, 0.1, 0.6], [0.9, 0.05, 0.0, 0.05]])
    thresholds = Thresholds(alarm=0.5, soon=0.5, like=0.4, beyond=0.1)

    def what(similar: float, plain: float) -> list[str | None]:
        scores = Scores(likely, np.full(4, similar), np.full(4, plain))
        return [CLASSES[place] for place in said(scores, thresholds)]

    assert what(0.4, 0.5) == ["urgent", "crisis", "soon", None]
    assert what(0.39, 0.3) == [None] * 4
    assert what(0.4, 0.51) == [None] * 4


def test_the_thresholds_chosen_find_enough_with_the_fewest_false_alarms(validated: Validated) -> None:
    likely = np.zeros((len(validated.bank.classes), 4))
    for row, place in zip(likely, validated.bank.classes, strict=True):
        row[place], row[1 if place == 0 else 0] = 0.75, 0.25
    plain = np.full(len(likely), 0.5)
    scores = Scores(likely, np.full(len(likely), 0.6), plain)
    chosen = choose_thresholds(
        Validated(validated.bank, validated.vectors, validated.findings, validated.unseen, scores), "abc"
    )
    assert chosen.encoder == "abc"
    assert 0.25 < chosen.alarm <= 0.75
    assert 0.25 < chosen.soon <= 0.75
    assert (said(scores, chosen) == validated.bank.classes).all()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "the file is missing"),
        ("{", "cannot be used"),
        ('{"alarm": 0.3, "soon": 0.3, "like": 0.5, "encoder": ""}', "cannot be used"),
        ('{"alarm": 3, "soon": 0.3, "like": 0.5, "beyond": 0, "encoder": ""}', "not four numbers from 0 to 1"),
        ('{"alarm": 0.3, "soon": 0.3, "like": 0.5, "beyond": 0, "encoder": "", "x": 1}', "not four numbers"),
    ],
)
def test_thresholds_that_cannot_be_used_stop_the_start(tmp_path: Path, text: str | None, problem: str) -> None:
    if text is not None:
        (tmp_path / THRESHOLDS).write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=f"{problem}.*tune-triage"):
        read_thresholds(tmp_path)


def test_thresholds_are_read_as_they_were_written(tmp_path: Path) -> None:
    thresholds = Thresholds(0.3, 0.2, 0.5, 0.1, "abc")
    (tmp_path / THRESHOLDS).write_text(thresholds_json(thresholds), "utf-8")
    assert read_thresholds(tmp_path) == thresholds


def test_messages_are_read_from_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one", "topic": "x"}\n{"text": "two"}\n', "utf-8")
    (tmp_path / "b.tsv").write_text('split\ttext\ntrain\tthree "quoted\n', "utf-8")
    (tmp_path / "README.md").write_text("no messages", "utf-8")
    assert named_messages(f"all={tmp_path}") == ("all", ("one", "two", 'three "quoted'))
    (tmp_path / "c.jsonl").write_text('{"text": "one"}\n{"q": "two"}\n', "utf-8")
    with pytest.raises(CorpusError, match="no object with a 'text'") as caught:
        read_messages(tmp_path / "c.jsonl")
    assert caught.value.line == 2
