"""What a monograph itself tells patients to do in an emergency: passages that staff have approved for it."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.questions import read_records

__all__ = ["read_instructions"]


def read_instructions(folder: Path, passages: Container[str]) -> frozenset[str]:
    """The ids of `corpus/instructions/*.jsonl` (`{"passage": id}` a line).

    Raises CorpusError for a malformed line and for an id that is no passage: what stands beside an alarm
    must not be lost in silence.
    """
    found: set[str] = set()
    for path in sorted(folder.glob("*.jsonl")):
        records, bad = read_records(path, frozenset({"passage"}))
        if bad:
            raise bad[0]
        for line, record in records:
            if record["passage"] not in passages:
                problem = f"'{record['passage']}' is no passage."
                raise CorpusError(path, line, problem, "Name the passage that says it now, or remove the line.")
            found.add(record["passage"])
    return frozenset(found)
