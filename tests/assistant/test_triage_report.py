"""The report on the bank: its tables hold the shares they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from assistant.triage.report import triage_report
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
LOOK_ALIKES = ["what is sepsis", "is 36.9 normal", "had a stroke in 2014", "no fever today", "what if I fall", "ok"]
ORDINARY = ["how long is it", "who makes it", "is it a tablet", "what does it cost", "where is the clinic", "why"]


def test_report(tmp_path: Path) -> None:
    folder = tmp_path / "triage"
    shutil.copytree(CORPUS / "triage", folder)
    rows = [("urgent", q) for q in URGENT] + [("crisis", q) for q in CRISIS] + [("information", q) for q in LOOK_ALIKES]
    lines = (json.dumps({"label": label, "subtype": "all", "q": q}) for label, q in rows)
    (folder / "examples.jsonl").write_text("\n".join(lines), "utf-8")
    first, second = triage_report(folder, ORDINARY, HashingEncoder()).strip().split("\n\n")
    head, _, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in first.split("\n")]
    assert head == ["messages", "number", "terms", "numbers", "learned", "all", "all, unseen"]
    assert [row[:4] for row in body] == [
        ["urgent", "6", "0.667 (0.223–0.957)", "0.167 (0.004–0.641)"],
        ["crisis", "6", "0.833 (0.359–0.996)", "0.000 (0.000–0.459)"],
        ["look-alikes", "6", "0.000 (0.000–0.459)", "0.000 (0.000–0.459)"],
        ["ordinary questions", "6", "0.000 (0.000–0.459)", "0.000 (0.000–0.459)"],
    ]
    assert [line.split("|")[1].strip() for line in second.split("\n")[2:]] == [
        "crisis: all",
        "look-alike: all",
        "ordinary questions",
        "urgent: all",
    ]
