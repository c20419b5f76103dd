"""The passages that may stand beside an alarm."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.instructions import read_instructions
from retrieval.corpus import Corpus
from retrieval.errors import CorpusError


def test_the_real_ones_say_what_to_do(corpus: Corpus, instructions: frozenset[str]) -> None:
    texts = sorted(corpus.passages[identifier].text for identifier in instructions)
    assert [text[:32] for text in texts] == [
        "- DO report any new skin rashes,",
        "- DON’T ignore signs of an infec",
        "- Report any immediate feeling o",
    ]


def test_an_instruction_that_is_no_passage_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "made-up.jsonl"
    path.write_text('{"passage": "made-up:here-1"}\n{"passage": "made-up:gone-2"}\n', "utf-8")
    with pytest.raises(CorpusError, match="made-up.jsonl:2: 'made-up:gone-2' is no passage"):
        read_instructions(tmp_path, {"made-up:here-1"})
    path.write_text("nonsense\n", "utf-8")
    with pytest.raises(CorpusError, match="made-up.jsonl:1: not JSON"):
        read_instructions(tmp_path, {"made-up:here-1"})
