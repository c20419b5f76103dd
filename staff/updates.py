"""A new version of a monograph: what it touches, and where what dangles may belong now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from retrieval.corpus import Document
from retrieval.encoder import Encoder
from retrieval.passages import Passage, Passages, cut
from retrieval.questions import Gap, Phrasing
from staff.differences import Fate, PassageChange, passage_difference
from staff.errors import StaffError
from staff.suites import Question, Suite

__all__ = ["Dangling", "Suggestion", "Update", "update_of"]

_SUGGESTED = 3
_NEAR = 0.5
"""A gap as near as this to a new passage, and nearer than to any old one, may be answered now."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage of the new version. `score` is a mean of two cosine similarities, higher is better."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Dangling:
    """A phrasing, or an instruction or label of a suite (without a question), whose passage is gone; the best
    suggestion first."""

    passage: str
    question: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Update:
    """What a new text of a monograph would do. Nothing is changed by looking at it."""

    document: str
    text: str
    passages: Passages
    changes: tuple[PassageChange, ...]
    phrasings: tuple[Dangling, ...]
    instructions: tuple[Dangling, ...]
    questions: tuple[tuple[str, Question], ...]
    """Questions of suites (with the suite's name) that expect a passage that is gone."""
    expected: tuple[Dangling, ...]
    """The passages that those questions expect, each with where it may be now."""
    gaps: tuple[tuple[Gap, Passage], ...]
    """Questions marked as not covered that a new passage may answer."""

    def as_content(self, version: str, effective: date, review_by: date) -> dict[str, Any]:
        """A change of the kind `monograph` that follows every first suggestion; staff change what they know better."""
        return {
            "document": self.document,
            "text": self.text,
            "version": version,
            "effective": effective.isoformat(),
            "review_by": review_by.isoformat(),
            "reattach": [{"passage": d.passage, "q": d.question, "to": _best(d)} for d in self.phrasings],
            "instructions": [{"passage": d.passage, "to": _best(d)} for d in self.instructions],
            "suites": [{"passage": d.passage, "to": _best(d)} for d in self.expected],
        }


def update_of(
    document: Document, text: str, encoder: Encoder, suites: Iterable[Suite] = (), instructions: Iterable[str] = ()
) -> Update:
    """Compare a monograph with a new text of it. `instructions` are the ids that stand beside an alarm.

    Raises StaffError for a text that has no passage, or is the one that is there.
    """
    if text == document.monograph.source:
        raise StaffError("The text is the one that is there already.")
    passages = cut(document.monograph.id, text)
    if not passages.showable():
        raise StaffError("The text has no passage that can be shown.")
    changes = passage_difference(document.passages, passages)
    gone = {c.before.id: c.before for c in changes if c.before and c.dangles}
    # An intent whose passage is gone is decided on anew (staff/onboarding.py); its wordings are no lines of their own.
    loose = [p for p in document.phrasings if p.passage in gone and not p.intent]
    lost = [i for i in instructions if i in gone]
    touched = tuple((s.name, q) for s in suites for q in s.questions if any(g in gone for g in (*q.gold, *q.also)))
    labels = dict.fromkeys(label for _, q in touched for label in (*q.gold, *q.also) if label in gone)
    places = _Places(gone.values(), passages.showable(), encoder)
    return Update(
        document.monograph.id,
        text,
        passages,
        changes,
        places.of_phrasings(loose),
        places.of_passages(lost),
        touched,
        places.of_passages([str(label) for label in labels]),
        _answered_now(document, changes, encoder),
    )


class _Places:
    """Where things that were attached to passages that are gone may belong in the new version."""

    def __init__(self, gone: Iterable[Passage], new: Sequence[Passage], encoder: Encoder) -> None:
        self._new, self._encoder = new, encoder
        olds = list(gone)
        self._row = {passage.id: row for row, passage in enumerate(olds)}
        self._targets = encoder.encode([passage.text for passage in new])
        self._by_text = encoder.encode([passage.text for passage in olds]) @ self._targets.T

    def of_phrasings(self, phrasings: Sequence[Phrasing]) -> tuple[Dangling, ...]:
        """By the mean of two likenesses: of the old passage's words, and of the question, to each new passage."""
        if not phrasings:
            return ()
        by_question = self._encoder.encode([p.question for p in phrasings]) @ self._targets.T
        scores = ((by_question[n] + self._by_text[self._row[p.passage]]) / 2 for n, p in enumerate(phrasings))
        return tuple(self._dangling(p.passage, p.question, s) for p, s in zip(phrasings, scores, strict=True))

    def of_passages(self, ids: Sequence[str]) -> tuple[Dangling, ...]:
        return tuple(self._dangling(i, "", self._by_text[self._row[i]]) for i in ids)

    def _dangling(self, passage: str, question: str, scores: Any) -> Dangling:
        order = sorted(range(len(self._new)), key=lambda at: (-float(scores[at]), at))[:_SUGGESTED]
        return Dangling(passage, question, tuple(Suggestion(self._new[at], float(scores[at])) for at in order))


def _answered_now(
    document: Document, changes: Sequence[PassageChange], encoder: Encoder
) -> tuple[tuple[Gap, Passage], ...]:
    fresh = [c.after for c in changes if c.after and c.fate in (Fate.ADDED, Fate.CHANGED)]
    if not fresh or not document.gaps:
        return ()
    gaps = encoder.encode([gap.question for gap in document.gaps])
    new = gaps @ encoder.encode([passage.text for passage in fresh]).T
    old = (gaps @ encoder.encode([passage.text for passage in document.passages.showable()]).T).max(axis=1)
    near = [(n, int(row.argmax())) for n, row in enumerate(new) if row.max() >= _NEAR and row.max() > old[n]]
    near.sort(key=lambda found: -float(new[found]))
    return tuple((document.gaps[n], fresh[at]) for n, at in near)


def _best(dangling: Dangling) -> str:
    return dangling.suggestions[0].passage.id if dangling.suggestions else ""
