"""A retrieval system as one that answers: the same questions, the same document, three passages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.asked import read_asked
from evaluation.bm25 import Bm25
from evaluation.builtin import BUILT_IN
from evaluation.errors import DataError
from evaluation.found import answer_found, found_in
from retrieval.corpus import Corpus
from retrieval.monograph import text_sha256
from tests.evaluation.conftest import write_jsonl

LEAFLET = """---
id: leaf
title: Leaf
generic_name: leafin
aliases: []
version: "1"
effective: 2026-11-01
review_by: 2027-11-01
owner: Medical Information
status: approved
source: "made up"
"""
TEXT = "# Leaf\n\nTake one tablet each morning with a glass of water.\n\nKeep the tablets dry and out of the sun.\n"


def test_each_turn_gets_the_best_passages_with_their_places(corpus: Corpus, tmp_path: Path) -> None:
    turns = [
        {"text": text, "kind": "answerable", "gold": [31], "also": []} for text in ("how long is the infusion", " ")
    ]
    labels = write_jsonl(tmp_path / "l.jsonl", {"id": "p1", "turns": turns})
    asked = read_asked(BUILT_IN, labels=labels)
    first, second = answer_found(asked.questions, found_in(asked, corpus, Bm25()))
    source = corpus.documents[BUILT_IN].monograph.source
    assert len(first["citations"]) == 3
    assert all(source[c["start"] : c["end"]] == c["text"] for c in first["citations"])
    scores = [c["score"] for c in first["citations"]]
    assert scores == sorted(scores, reverse=True)
    assert (second["turn"], second["citations"]) == (1, [])
    json.dumps(first)


def test_a_leaflet_is_searched_alone(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "leaf.md").write_text(f"{LEAFLET}sha256: {text_sha256(TEXT)}\n---\n{TEXT}", "utf-8")
    turns = [{"text": "how do I keep the tablets dry", "kind": "answerable", "gold": [5], "also": []}]
    write_jsonl(tmp_path / "leaflets.jsonl", {"id": "lo1", "document": "leaf", "turns": turns})
    asked = read_asked("leaflets", tmp_path)
    [answer] = answer_found(asked.questions, found_in(asked, corpus, Bm25()))
    assert answer["citations"][0]["text"] == "Keep the tablets dry and out of the sun."
    assert {c["document"] for c in answer["citations"]} == {"leaf"}


def test_a_document_that_nobody_has(corpus: Corpus, tmp_path: Path) -> None:
    turns = [{"text": "?", "kind": "answerable", "gold": [], "also": []}]
    labels = write_jsonl(tmp_path / "l.jsonl", {"id": "p1", "document": "none", "turns": turns})
    asked = read_asked(BUILT_IN, labels=labels, labelled=False)
    with pytest.raises(DataError, match=r"no folder has none\.md"):
        found_in(asked, corpus, Bm25())
