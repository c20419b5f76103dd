"""Whether what was found answers the question: answer, related or abstain."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from assistant.answer import Decision
from retrieval.calibration import Calibration
from retrieval.retriever import Results

__all__ = ["decide"]


def decide(words: str, results: Results, vocabulary: AbstractSet[str], calibration: Calibration) -> Decision:
    """Two signals against answering (docs/decisions/0008-thresholds.md).

    A stranger is like nothing the corpus knows. A gap shares its words with the monograph but is
    nearer to questions that are known not to be answered. Without either kind of question there is no margin: a passage
    that was found by its text alone may be near to what it does not say, and is never plainly an answer.
    """
    if not results.hits or _stranger(words, results, vocabulary, calibration):
        return Decision.ABSTAIN
    if results.margin is None:
        return Decision.RELATED if results.hits[0].evidence.phrasing is None else Decision.ANSWER
    if results.margin >= calibration.answer_margin:
        return Decision.ANSWER
    return Decision.RELATED if results.margin >= calibration.abstain_margin else Decision.ABSTAIN


def _stranger(words: str, results: Results, vocabulary: AbstractSet[str], calibration: Calibration) -> bool:
    """Whether a message is far from everything.

    A follow-up may be near only when read after the question before it ("why?"). But so may a change of
    subject ("what is the weather"), unless each of its words is one that the corpus uses.
    """
    if results.best_alone < calibration.abstain_below and not set(words.split()) <= vocabulary:
        return True
    return results.hits[0].score < calibration.abstain_below
