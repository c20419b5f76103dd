"""Topics that patients ask about and the monograph does not answer, in words that staff have approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.questions import read_records
from retrieval.ranking import GAPS
from retrieval.views import View

__all__ = ["NEAR", "Topic", "agreed", "read_topics"]

NEAR = 0.6
"""The nearest gap must be as near as this before its topic is named."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of `corpus/not_covered`, and how a notice may call it."""

    name: str
    words: str


def read_topics(path: Path) -> Mapping[str, Topic]:
    """The approved words of topics (`{"topic": …, "words": …}` a line), by topic.

    Raises CorpusError for a line that cannot be used: these words are shown.
    """
    records, bad = read_records(path, frozenset({"topic", "words"})) if path.is_file() else ([], [])
    if bad:
        raise bad[0]
    topics: dict[str, Topic] = {}
    for line, record in records:
        name, words = record["topic"], record["words"]
        if name in topics:
            raise CorpusError(path, line, f"the topic '{name}' stands there twice.", "Remove one of the two.")
        if words != words.strip() or not words.replace("-", "").replace("’", "").replace(" ", "").isalnum():
            raise CorpusError(path, line, f"'{words}' cannot end a sentence.", "Write words and spaces only.")
        topics[name] = Topic(name, words)
    return topics


def agreed(nearest: tuple[tuple[View, float], ...]) -> str | None:
    """The topic that the nearest gaps (Results.gaps) agree on, or None."""
    if len(nearest) < GAPS or nearest[0][1] < NEAR:
        return None
    names = {view.topic for view, _ in nearest}
    return names.pop() if len(names) == 1 else None
