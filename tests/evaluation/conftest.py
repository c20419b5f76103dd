"""A small collection in the BEIR layout, made up here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

DOCUMENTS = [
    ("d1", "Storage", "Keep the vials in the refrigerator and away from light."),
    ("d2", "Missed dose", "Take a missed tablet as soon as you remember it."),
    ("d3", "Side effects", "Headache and nausea are common; a rash is rare."),
    ("d4", "", "Nausea often passes when the tablet is taken with food."),
    ("d5", "Driving", "Do not drive if you feel dizzy."),
]
QUERIES = [
    ("q1", "where do I keep the vials"),
    ("q2", "I forgot to take my tablet"),
    ("q3", "nausea"),
    ("q4", "is it safe to drive"),
    ("unjudged", "hello"),
]
QRELS = [("q1", "d1", 1), ("q2", "d2", 2), ("q3", "d3", 1), ("q3", "d4", 2), ("q3", "d5", 0), ("q4", "d5", 1)]


def write_jsonl(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """The folder of the small collection; a test may change its files."""
    folder = tmp_path / "small"
    (folder / "qrels").mkdir(parents=True)
    write_jsonl(folder / "corpus.jsonl", *({"_id": i, "title": t, "text": x} for i, t, x in DOCUMENTS))
    write_jsonl(folder / "queries.jsonl", *({"_id": i, "text": x} for i, x in QUERIES))
    rows = "".join(f"{q}\t{d}\t{g}\n" for q, d, g in QRELS)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows, "utf-8")
    return folder
