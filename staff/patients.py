"""What a change does to the last weeks' patients: shared questions asked again, and counted answers that it touches.

Nothing of a question's words is kept with a trial: they stand in the state, masked, until they are deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.assistant import Assistant
from retrieval.corpus import Corpus
from staff.suite_run import Result
from staff.unanswered import Count, Shared

__all__ = ["PATIENTS", "WEEKS", "Touched", "asked_again", "touched"]

PATIENTS = "patients"
"""In the place of a suite's name, and of a kind."""
WEEKS = 4


@dataclass(frozen=True, slots=True)
class Touched:
    """Of the answers that were counted as not helpful in the last weeks."""

    passages: int
    """Showed a passage that is changed or gone."""
    topics: int
    """Were nearest to a known gap of a topic from which gaps were taken away, or to which some came."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def asked_again(shared: Sequence[Shared], assistant: Assistant) -> tuple[Result, ...]:
    """Masked questions that patients shared, as this assistant answers them. Nobody knows what is right: all pass."""
    return tuple(_result(question, assistant) for question in shared)


def touched(counts: Iterable[Count], before: Corpus, after: Corpus) -> Touched:
    """How many counted answers a change touches."""
    counts = tuple(counts)
    gone = before.passages.keys() - after.passages.keys()
    topics = {topic for topic, _ in _gaps(before) ^ _gaps(after)}
    of_passages = sum(c.count for c in counts if not gone.isdisjoint(c.passages))
    return Touched(of_passages, sum(c.count for c in counts if c.topic in topics))


def _gaps(corpus: Corpus) -> set[tuple[str, str]]:
    return {(gap.topic, gap.question) for document in corpus.documents.values() for gap in document.gaps}


def _result(question: Shared, assistant: Assistant) -> Result:
    answer = assistant.ask(question.masked)
    about = answer.about or tuple(assistant.corpus.documents)
    return Result(
        suite=PATIENTS, key=str(question.id), text=question.masked, kind=PATIENTS, must_pass=False, problem="",
        decision=answer.decision.value, cited=tuple(c.passage.id for c in answer.citations), score=None, hit1=None,
        hit3=None, answered=False, hedged=False, alarm=False, ms=0.0,
        document=about[0] if len(about) == 1 else "",
    )  # fmt: skip
