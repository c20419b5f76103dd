"""Topics that patients ask about and the monograph does not answer, in words that staff have approved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.lexical import words
from retrieval.questions import read_records
from retrieval.ranking import GAPS
from retrieval.results import Hit
from retrieval.views import View

__all__ = ["NEAR", "Topic", "agreed", "read_topics", "speaking"]

NEAR = 0.6
"""The nearest gap must be as near as this before its topic is named."""


_SPEAKS = 0.33
"""A passage with a topic's word, and a text as near as this to a message, speaks of it (decision 0028)."""

_FREE_OF = re.compile(r"\b\w+[-\u2010\u2011 ]free\b", re.IGNORECASE)


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


def speaking(topic: str | None, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits whose own text speaks of a topic: gaps known of an earlier text must not deny what it says now."""
    stems = set(words(topic)) if topic else set()
    if not stems:
        return ()
    return tuple(hit for hit in hits if hit.evidence.text >= _SPEAKS and stems <= set(words(_with(hit.passage.text))))


def _with(text: str) -> str:
    """A text without what it says is not in something: "alcohol-free" says nothing of alcohol."""
    return _FREE_OF.sub(" ", text)
