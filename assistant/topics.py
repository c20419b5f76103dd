"""Topics that patients ask about and the monograph does not answer, in words that staff have approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.encoder import Vectors
from retrieval.errors import CorpusError
from retrieval.index import Index
from retrieval.questions import read_records
from retrieval.scope import scope
from retrieval.views import ANY_DOCUMENT, View, ViewKind, view_ranges

__all__ = ["Gaps", "Topic", "agreed", "read_topics"]

AGREE = 3
"""So many of the nearest gaps must be of one topic before it is named."""

NEAR = 0.6
"""The nearest of them must be as near as this."""


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


class Gaps:
    """The questions that are known not to be answered, and how near a message is to each."""

    def __init__(self, index: Index) -> None:
        numbers = [number for number, view in enumerate(index.views) if view.kind == ViewKind.GAP]
        self._views = [index.views[number] for number in numbers]
        self._vectors = index.store.vectors(numbers)
        self._ranges = view_ranges(self._views)

    def nearest(self, vector: Vectors, document: str = ANY_DOCUMENT) -> tuple[tuple[View, float], ...]:
        """The gaps nearest to a unit vector of shape (1, dimension), nearest first; at most AGREE.

        Those of a document and those that hold for every one; all, if none is named.
        """
        scores, within = self._vectors @ vector[0], scope(self._ranges, document)
        numbers = np.array([n for part in within or (range(len(scores)),) for n in part], dtype=np.int64)
        best = numbers[np.argsort(-scores[numbers], kind="stable")[:AGREE]]
        return tuple((self._views[n], float(scores[n])) for n in best)


def agreed(nearest: tuple[tuple[View, float], ...]) -> str | None:
    """The topic that the nearest gaps agree on, or None."""
    if len(nearest) < AGREE or nearest[0][1] < NEAR:
        return None
    names = {view.topic for view, _ in nearest}
    return names.pop() if len(names) == 1 else None
