"""What patients could not find: counts for all, masked words only of those who chose to share them.

Without a choice to share only the day, the decision, the topic and the ids of passages are kept, as counts. A
shared question is masked before it is written, kept for so many days as is said, and deleted by itself: each
time one is written or read, what is older goes. Nothing tells who asked, or from where, or at what hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import numpy as np

from assistant.answer import Decision
from assistant.question import MAX_CHARACTERS
from retrieval.encoder import Encoder
from staff.masking import mask
from staff.state import State

__all__ = ["KEPT_DAYS", "NOT_ANSWERED", "Cluster", "Count", "Shared", "Signal", "Unanswered"]

KEPT_DAYS = 90
"""Days that shared questions are kept for; counts are kept until somebody deletes them."""
_ALIKE = 0.45
"""Mean cosine similarity from which questions stand in one cluster."""
NOT_ANSWERED = frozenset({Decision.ABSTAIN, Decision.RELATED})
"""Decisions that leave a question open."""


class Signal(StrEnum):
    NOT_ANSWERED = "not answered"
    THUMBS_DOWN = "thumbs down"


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was not found, over the days asked for."""

    signal: Signal
    decision: str
    topic: str
    passages: tuple[str, ...]
    count: int
    document: str = ""
    """The medicine; empty if the message was about none, or about several."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A question that a patient chose to share, masked. `id` is for staff to act on it."""

    id: int
    day: str
    signal: Signal
    decision: str
    topic: str
    passages: tuple[str, ...]
    masked: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Shared questions that ask much the same; the first is the one in the middle."""

    questions: tuple[Shared, ...]

    @property
    def size(self) -> int:
        return len(self.questions)


class Unanswered:
    """Keeps and gives back what was not found. Safe for threads."""

    def __init__(self, state: State, known: AbstractSet[str] = frozenset(), kept_days: int = KEPT_DAYS) -> None:
        """`known` are the words that masking may leave with a capital letter (Retriever.vocabulary)."""
        self._state, self._known, self._kept_days = state, known, kept_days

    def count(
        self, signal: Signal, decision: Decision, passages: Sequence[str] = (), topic: str = "", document: str = ""
    ) -> None:
        """Count an answer that did not help. `passages` are the ids shown, `topic` that of the nearest known gap."""
        with self._state.writing() as transaction:
            transaction.execute(
                "INSERT INTO unanswered_counts VALUES (?, ?, ?, ?, ?, ?, 1)"
                " ON CONFLICT DO UPDATE SET count = count + 1",
                self._today.isoformat(), signal, decision, topic, " ".join(passages), document,
            )  # fmt: skip
        self.delete_old()

    def share(
        self, signal: Signal, decision: Decision, passages: Sequence[str] = (), topic: str = "", *, text: str
    ) -> None:
        """Keep the words, masked, of a question that a patient chose to share. It counts where it was answered."""
        words = mask(text[:MAX_CHARACTERS], self._known)
        with self._state.writing() as transaction:
            transaction.execute(
                "INSERT INTO shared_questions (day, signal, decision, topic, passages, masked)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                self._today.isoformat(), signal, decision, topic, " ".join(passages), words,
            )  # fmt: skip
        self.delete_old()

    def counts(self, days: int = 30) -> tuple[Count, ...]:
        """Summed over the last days, the most frequent first."""
        rows = self._state.query(
            "SELECT signal, decision, topic, passages, sum(count), document FROM unanswered_counts WHERE day > ?"
            " GROUP BY signal, decision, topic, passages, document ORDER BY 5 DESC, 1, 2, 3, 4, 6",
            self._day_before(days),
        )
        return tuple(Count(Signal(s), d, t, _ids(p), n, of) for s, d, t, p, n, of in rows)

    def rows(self, days: int) -> list[list[str]]:
        """The counts as a table with its heads."""
        heads = ["count", "medicine", "signal", "decision", "nearest topic", "passages shown"]
        counts = self.counts(days)
        return [
            heads,
            *([str(c.count), c.document, c.signal, c.decision, c.topic, " ".join(c.passages)] for c in counts),
        ]

    def shared(self, days: int | None = None) -> tuple[Shared, ...]:
        """Every shared question that may still be kept, or those of the last days, oldest first."""
        self.delete_old()
        rows = self._state.query(
            "SELECT id, day, signal, decision, topic, passages, masked FROM shared_questions WHERE day > ? ORDER BY id",
            "" if days is None else self._day_before(days),
        )
        return tuple(Shared(i, day, Signal(s), d, t, _ids(p), m) for i, day, s, d, t, p, m in rows)

    def clusters(self, encoder: Encoder) -> tuple[Cluster, ...]:
        """The shared questions that ask much the same, the largest cluster first."""
        questions = self.shared()
        if not questions:
            return ()
        vectors = encoder.encode([q.masked for q in questions])
        labels = _clustered(vectors)
        groups = [np.flatnonzero(labels == label) for label in dict.fromkeys(labels.tolist())]
        found = []
        for members in groups:
            middle = (vectors[members] @ vectors[members].mean(axis=0)).argsort(kind="stable")[::-1]
            found.append(Cluster(tuple(questions[int(n)] for n in members[middle])))
        return tuple(sorted(found, key=lambda c: (-c.size, c.questions[0].id)))

    def forget(self, identifiers: Sequence[int]) -> None:
        """Delete shared questions that were dealt with."""
        with self._state.writing() as transaction:
            for identifier in identifiers:
                transaction.execute("DELETE FROM shared_questions WHERE id = ?", identifier)

    def delete_old(self) -> int:
        """Delete what was kept long enough. Returns how many questions."""
        last = self._day_before(self._kept_days)
        if not self._state.query("SELECT 1 FROM shared_questions WHERE day <= ? LIMIT 1", last):
            return 0
        with self._state.writing() as transaction:
            return transaction.execute("DELETE FROM shared_questions WHERE day <= ?", last).rowcount

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self._state.now, UTC).date()

    def _day_before(self, days: int) -> str:
        return (self._today - timedelta(days=days)).isoformat()


def _clustered(vectors: np.ndarray) -> np.ndarray:
    """A label for each row: average linkage over cosine distance, so that chains do not form."""
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=int)
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - _ALIKE)
    labels: np.ndarray = model.fit_predict(vectors)
    return labels


def _ids(text: str) -> tuple[str, ...]:
    return tuple(text.split())
