"""A new version of a monograph: what it touches, and where what dangles may belong now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Vectors
from retrieval.passages import Passage, Passages
from retrieval.questions import Phrasing
from retrieval.text import plain_words
from staff.answerable import Answerable, answerable, with_text
from staff.differences import PassageChange, passage_difference
from staff.errors import StaffError
from staff.suites import Question, Suite

__all__ = ["Dangling", "Suggestion", "Update", "update_of"]

_SUGGESTED = 3
_SAME = 0.65
"""A passage with a score like this may say what one that is gone said. Of 9,117 phrasings of a real monograph whose
passage was taken out 3% had another passage with such a score (docs/decisions/0028-new-text.md)."""
_LOST = 0.2
"""A phrasing that is so much farther from its passage as changed than from what that was asked for what is gone."""
_ELSEWHERE = 0.6
"""A question as near as this to some passage may be answered there: it is not marked as not covered."""


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
    to: str = ""
    """Where it goes if staff do not say otherwise: the passage as changed, or one that is like it; '' for nowhere."""
    became: str = ""
    """The passage as changed, if it goes on."""
    topic: str = ""
    """Of a phrasing that nothing answers any more: the topic to mark it as not covered with."""


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
    gaps: tuple[Answerable, ...]
    """Questions marked as not covered that new text may answer: each is to be decided before it is approved."""

    def as_content(self, version: str, effective: date, review_by: date) -> dict[str, Any]:
        """A change of the kind `monograph` as it is proposed where staff do not know better; its gaps are undecided."""
        return {
            "document": self.document,
            "text": self.text,
            "version": version,
            "effective": effective.isoformat(),
            "review_by": review_by.isoformat(),
            "reattach": [{"passage": d.passage, "q": d.question, "to": d.to} for d in self.phrasings],
            "instructions": [{"passage": d.passage, "to": d.to} for d in self.instructions],
            "suites": [{"passage": d.passage, "to": d.to} for d in self.expected],
            "not_covered": [{"topic": d.topic, "q": d.question} for d in self.phrasings if d.topic],
        }


def update_of(
    corpus: Corpus,
    document: str,
    text: str,
    encoder: Encoder,
    suites: Iterable[Suite] = (),
    instructions: Iterable[str] = (),
) -> Update:
    """Compare a monograph with a new text of it. `instructions` are the ids that stand beside an alarm.

    Raises StaffError for an unknown monograph, a text that has no passage, or the one that is there.
    """
    if (old := corpus.documents.get(document)) is None:
        raise StaffError(f"There is no monograph '{document}'. There are: {', '.join(corpus.documents)}.")
    if text == old.monograph.source:
        raise StaffError("The text is the one that is there already.")
    after = with_text(corpus, document, text)
    passages = after.documents[document].passages
    if not passages.showable():
        raise StaffError("The text has no passage that can be shown.")
    changes = passage_difference(old.passages, passages)
    gone = {c.before.id: c.before for c in changes if c.before and c.dangles}
    # An intent whose passage is gone is decided on anew (staff/onboarding.py); its wordings are no lines of their own.
    loose = [p for p in old.phrasings if p.passage in gone and not p.intent]
    lost = [i for i in instructions if i in gone]
    touched = tuple((s.name, q) for s in suites for q in s.questions if any(g in gone for g in (*q.gold, *q.also)))
    labels = dict.fromkeys(label for _, q in touched for label in (*q.gold, *q.also) if label in gone)
    places = _Places(changes, passages.showable(), encoder)
    return Update(
        document,
        text,
        passages,
        changes,
        places.of_phrasings(loose),
        places.of_passages(lost),
        touched,
        # A suite says what is right: its labels are moved by nobody but staff.
        tuple(replace(d, to="") for d in places.of_passages([str(label) for label in labels])),
        answerable(corpus, after, encoder),
    )


class _Places:
    """Where things that were attached to passages that are gone may belong in the new version."""

    def __init__(self, changes: Iterable[PassageChange], new: Sequence[Passage], encoder: Encoder) -> None:
        dangling = [c for c in changes if c.before and c.dangles]
        self._new, self._encoder = new, encoder
        self._olds = {c.before.id: c.before for c in dangling if c.before}
        self._became = {c.before.id: c.after for c in dangling if c.before and c.after}
        self._row = {identifier: row for row, identifier in enumerate(self._olds)}
        self._column = {passage.id: column for column, passage in enumerate(new)}
        self._targets = encoder.encode([passage.text for passage in new])
        self._sources = encoder.encode([passage.text for passage in self._olds.values()])
        self._by_text = self._sources @ self._targets.T

    def of_phrasings(self, phrasings: Sequence[Phrasing]) -> tuple[Dangling, ...]:
        """By the mean of two likenesses: of the old passage's words, and of the question, to each new passage."""
        if not phrasings:
            return ()
        asked = self._encoder.encode([p.question for p in phrasings])
        return tuple(self._of_phrasing(p, vector) for p, vector in zip(phrasings, asked, strict=True))

    def _of_phrasing(self, phrasing: Phrasing, vector: Vectors) -> Dangling:
        row = self._row[phrasing.passage]
        by_question = self._targets @ vector
        found = self._dangling(phrasing.passage, phrasing.question, (by_question + self._by_text[row]) / 2)
        if found.to and (became := self._became.get(phrasing.passage)):
            lost = float(self._sources[row] @ vector - by_question[self._column[became.id]])
            found = replace(found, to=self._sure(found) if lost > _LOST else found.to)
        nothing = not found.to and float(by_question.max()) < _ELSEWHERE
        return replace(found, topic=_topic(self._olds[phrasing.passage]) if nothing else "")

    def of_passages(self, ids: Sequence[str]) -> tuple[Dangling, ...]:
        return tuple(self._dangling(i, "", self._by_text[self._row[i]]) for i in ids)

    def _dangling(self, passage: str, question: str, scores: Any) -> Dangling:
        order = sorted(range(len(self._new)), key=lambda at: (-float(scores[at]), at))
        if became := self._became.get(passage):  # the passage as changed is the first to be looked at
            order = [self._column[became.id], *(at for at in order if self._new[at] != became)]
        best = tuple(Suggestion(self._new[at], float(scores[at])) for at in order[:_SUGGESTED])
        found = Dangling(passage, question, best)
        if became:
            return replace(found, to=became.id, became=became.id)
        return replace(found, to=self._sure(found))

    @staticmethod
    def _sure(dangling: Dangling) -> str:
        """The best place, if it is likely to say the same."""
        best = max(dangling.suggestions, key=lambda s: s.score, default=None)
        return best.passage.id if best and best.score >= _SAME else ""


def _topic(passage: Passage) -> str:
    """What a passage that is gone was about: its section."""
    return plain_words(passage.section) or "no longer there"
