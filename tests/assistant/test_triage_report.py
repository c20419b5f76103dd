"""The report on the bank: its tables hold the shares they say. The thresholds: those with the fewest false alarms."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.triage.examples import APPROVED, CLASSES, read_bank
from assistant.triage.report import bank_counted, measured, terms_table, triage_report
from assistant.triage.rules import read_rules
from assistant.triage.texts import named_messages, read_messages
from assistant.triage.thresholds import THRESHOLDS, Bar, Thresholds, read_thresholds, thresholds_json
from assistant.triage.tuning import choose_thresholds
from assistant.triage.validation import Scores, Validated, said, validate
from retrieval.encoder import Progress, Vectors
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
UNREAD = ("I can't breathe", "hello", "bye")
NO = Bar(-1000.0, 0.0, 0.0, 0.0, 0.0)
NEVER = Thresholds(NO, NO, NO)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(CORPUS / "triage", tmp_path / "triage"))
    labelled = {"urgent": URGENT, "crisis": CRISIS, "soon": SOON, "information": LOOK_ALIKES}
    lines = (json.dumps({"label": label, "subtype": "any", "q": q}) for label, qs in labelled.items() for q in qs)
    (folder / "examples.jsonl").write_text("\n".join(lines), "utf-8")
    lines = (json.dumps({"source": source, "about": "else", "q": q}) for source, qs in ORDINARY.items() for q in qs)
    (folder / "ordinary.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture
def validated(folder: Path) -> Validated:
    return validate(read_rules(folder), read_bank(folder, QUESTIONS), HashingEncoder(), Undecided())


class Undecided:
    """A classifier to which each class is as likely as the other."""

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        if progress:
            progress(len(texts), len(texts))
        return np.full((len(texts), 4), 0.25)


def about_health(_: Vectors) -> float:
    return 1.0


def rows(table: str) -> list[list[str]]:
    lines = (line.strip("|").replace("\\|", "/") for line in table.split("\n"))
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def test_report(folder: Path, validated: Validated) -> None:
    others = measured(validated, read_rules(folder), HashingEncoder(), Undecided(), {"unread": UNREAD}, about_health)
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


LIKELY = np.array([[0.1, 0.6, 0.2, 0.1], [0.1, 0.2, 0.6, 0.1], [0.2, 0.1, 0.1, 0.6], [0.9, 0.05, 0.0, 0.05]])
BEYOND = Bar(-0.2, 0.0, 0.0, 1.0, 0.0)
"""Passed where an example of the label is nearer by 0.2 than what is ordinary."""
LIKE = Bar(-0.7, 0.0, 0.0, 1.0, 1.0)
"""Of `soon`: passed where an example is as near as 0.5 and nearer by 0.2 than what is ordinary, or nearly so."""


def what(thresholds: Thresholds, similar: list[float], plain: float, medical: float = 1.0) -> list[str | None]:
    scores = Scores(LIKELY, np.array([similar] * 4), np.full(4, plain), np.full(4, medical))
    return [CLASSES[place] for place in said(scores, thresholds)]


def test_the_learned_part_says_nothing_of_what_it_does_not_know() -> None:
    odds = Bar(0.0, 1.0, 0.0, 0.0, 0.0)
    by_odds = Thresholds(odds, odds, odds)
    assert what(by_odds, [0.0] * 3, 1.0) == ["urgent", "crisis", "soon", None]
    by_likeness = Thresholds(BEYOND, BEYOND, LIKE)
    assert what(by_likeness, [0.5, -1.0, -1.0], 0.3) == ["urgent"] * 4
    assert what(by_likeness, [-1.0, 0.5, -1.0], 0.3) == ["crisis"] * 4
    assert what(by_likeness, [-1.0, -1.0, 0.5], 0.3) == ["soon"] * 4
    assert what(by_likeness, [0.49] * 3, 0.3) == [None] * 4
    assert what(by_likeness, [0.5] * 3, 0.31) == [None] * 4


def test_what_is_likelier_for_today_gets_no_card() -> None:
    now = Bar(0.0, 0.0, 1.0, 0.0, 0.0)
    assert what(Thresholds(now, now, LIKE), [0.5] * 3, 0.3) == ["urgent", "crisis", "soon", "urgent"]
    nearer = Bar(-0.125, 0.0, 0.0, 0.0, 1.0)  # than the nearest example of `soon`
    assert what(Thresholds(nearer, NO, LIKE), [0.5, 0.0, 0.375], 0.2) == ["urgent"] * 4
    assert what(Thresholds(nearer, NO, LIKE), [0.5, 0.0, 0.376], 0.2) == ["soon"] * 4


def test_what_seems_to_be_about_something_else_must_be_sure() -> None:
    thresholds = Thresholds(BEYOND, BEYOND, LIKE)
    assert what(thresholds, [0.5] * 3, 0.3, medical=0.19) == ["urgent", "crisis", "urgent", None]
    assert what(thresholds, [0.5] * 3, 0.3, medical=0.2) == ["urgent", "crisis", "urgent", "urgent"]


def test_the_thresholds_chosen_find_enough_with_the_fewest_false_alarms(validated: Validated) -> None:
    likely = np.zeros((len(validated.bank.classes), 4))
    for row, place in zip(likely, validated.bank.classes, strict=True):
        row[place], row[1 if place == 0 else 0] = 0.75, 0.25
    near = np.where(np.arange(1, 4) == validated.bank.classes[:, None], 0.8, 0.4)
    scores = Scores(likely, near, np.full(len(likely), 0.6), np.ones(len(likely)))
    chosen = choose_thresholds(
        Validated(validated.bank, validated.vectors, validated.findings, validated.unseen, scores), "abc"
    )
    assert chosen.encoder == "abc"
    labelled = validated.bank.classes > 0
    ruled = np.array([bool(found.labels()) for found in validated.findings])
    raised = said(scores, chosen)
    # Enough is found, with the rules; nothing that is to raise nothing is.
    assert not raised[~labelled].any()
    assert (raised[labelled & ~ruled] == validated.bank.classes[labelled & ~ruled]).all()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "the file is missing"),
        ("{", "cannot be used"),
        (json.dumps({name: value for name, value in asdict(NEVER).items() if name != "crisis"}), "cannot be used"),
        (json.dumps(asdict(NEVER) | {"soon": {"odds": 1.0}}), "cannot be used"),
        (json.dumps(asdict(NEVER) | {"soon": asdict(NO) | {"odds": float("inf")}}), "not three bars of numbers"),
        (json.dumps(asdict(NEVER) | {"x": 1}), "not three bars of numbers"),
    ],
)
def test_thresholds_that_cannot_be_used_stop_the_start(tmp_path: Path, text: str | None, problem: str) -> None:
    if text is not None:
        (tmp_path / THRESHOLDS).write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=f"{problem}.*tune-triage"):
        read_thresholds(tmp_path)


def test_thresholds_are_read_as_they_were_written(tmp_path: Path) -> None:
    thresholds = Thresholds(Bar(-1.5, 0.5, 0.1, 2.0, 3.0), Bar(-2.0, 1.0, 0.2, 2.0, 3.0), NO, "abc")
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
