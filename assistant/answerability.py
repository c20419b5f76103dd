"""Whether what was found answers the question, and which of it: the learned decision at its working point."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Decision
from assistant.topics import NEAR
from retrieval.decision import DecisionModel, Judged
from retrieval.ranking import SAME
from retrieval.results import Hit, Readings, Results
from retrieval.views import ViewKind

__all__ = ["Verdict", "decide"]

_READ_WELL = 0.8
"""A passage is a plain answer only in languages of whose held-out questions so many find the right one first; in others
what is found may answer, and is never more."""
_ANSWER_ELSEWHERE = 0.7
"""And so likely the first passage must answer there (docs/decisions/0034-other-languages.md)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision, what it rests on, and the hits that may be shown, best first; none if nothing is answered."""

    decision: Decision
    judged: Judged
    shown: tuple[Hit, ...]
    off_topic: bool
    """Whether the message is about something else altogether."""


def decide(
    model: DecisionModel, readings: Readings, results: Results, language: str | None = None, readable: bool = True
) -> Verdict:
    """Answer where the first passage answers, related where the monograph may, else abstain.

    Beside an answer a second or third passage has to earn its place: what does not answer is in its way. `language`
    is the code of the message's, None for English: in one that is not read well nothing is plainly answered, and where
    no encoder could read it (`readable`) nothing is shown but what staff attached to these very words.
    """
    point = model.point
    well = language is None or model.languages.get(language, 0.0) >= _READ_WELL
    plainly = point.answer if language is None else max(point.answer, _ANSWER_ELSEWHERE)
    judged = model.judge(readings.alone, results.message, results.passages)
    first = judged.passages[0] if judged.passages else 0.0
    least = point.related if judged.domain >= point.medical else point.unsure
    if _approved(results) and point.answer <= 1:
        return Verdict(Decision.ANSWER, judged, _beside(results, judged, first - point.behind), off_topic=False)
    if language is not None and not readable:
        return Verdict(Decision.ABSTAIN, judged, (), off_topic=False)
    if first >= plainly and well:
        decision = Decision.ANSWER
    elif judged.passages and max(first, judged.answered) >= least:
        decision = Decision.RELATED
    else:
        elsewhere = judged.domain < 1 - point.medical and not _known_gap(results)
        return Verdict(Decision.ABSTAIN, judged, (), elsewhere)
    least = first - point.behind if decision == Decision.ANSWER else 0.0
    return Verdict(decision, judged, _beside(results, judged, least), off_topic=False)


def _approved(results: Results) -> bool:
    """Whether the message is, word for word, a phrasing that staff attached to the first passage: they decided it."""
    views = results.hits[0].evidence.views if results.hits else ()
    return any(view.kind == ViewKind.PHRASING and score >= SAME for view, score in views)


def _known_gap(results: Results) -> bool:
    """Whether the message is near to what patients are known to ask of this medicine: it is about it, whatever its
    words are otherwise used for ("can I drink beer")."""
    return any(view.document and score >= NEAR for view, score in results.gaps)


def _beside(results: Results, judged: Judged, least: float) -> tuple[Hit, ...]:
    """The first hit, and those after it that are as likely as `least` to answer."""
    hits = zip(results.hits, judged.passages, strict=True)
    return tuple(hit for place, (hit, likely) in enumerate(hits) if not place or likely >= least)
