"""From a corpus folder to a ready assistant: read, load or build the index, put the parts together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.assistant import Assistant
from assistant.notices import read_notices
from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder, Progress
from retrieval.index import open_index
from retrieval.retriever import Retriever

__all__ = ["start_assistant"]


def start_assistant(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    report: Callable[[str], None],
    progress: Progress | None = None,
) -> Assistant:
    """Start an assistant. `report` gets a line for staff for each thing left out or built anew.

    Raises CorpusError if a notice or every monograph is unusable, UnusableIndexError if no index can be had.
    """
    notices = read_notices(corpus / "notices")
    read = read_corpus(corpus)
    for problem in read.problems:
        report(f"left out: {problem}")
    return Assistant(Retriever(read, open_index(index, read, encoder, progress, report), encoder), notices)
