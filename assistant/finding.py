"""What each monograph has for a message, and what that is worth: alone, and together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answer import MAX_CITATIONS, Decision
from assistant.answerability import Verdict, decide
from assistant.evidence import decision_evidence
from assistant.parts import questions
from assistant.topics import agreed, speaking
from assistant.words import Words
from retrieval.decision import WorkingPoint
from retrieval.ranking import apart
from retrieval.results import Hit, Readings, Results
from retrieval.retriever import Retriever

__all__ = ["Finding", "Shown", "best_of_each", "choose", "look_up", "of_parts", "offered", "said_after_all", "together"]

_CHOICES = 5
"""At most so many medicines are offered to choose from: more would be a list to search in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one monograph, and the decision if there were no other."""

    document: str
    results: Results
    verdict: Verdict
    point: WorkingPoint

    @property
    def probability(self) -> float:
        """How likely the first passage answers."""
        return self.verdict.judged.passages[0] if self.verdict.judged.passages else 0.0

    def evidence(self) -> tuple[str, ...]:
        return decision_evidence(self.results, self.verdict.judged, self.point)


def offered(retriever: Retriever, readings: Readings, documents: Collection[str]) -> list[str]:
    """The monographs to choose from, of those that a message may be about: the ones with the nearest passages first."""
    near = [document for document in retriever.nearest_documents(readings) if document in documents]
    return [*dict.fromkeys([*near, *documents])][:_CHOICES]


def look_up(retriever: Retriever, readings: Readings, document: str, language: str | None = None) -> Finding:
    """What one monograph has for a message in a language, None for English, and whether it answers."""
    results, model = retriever.find(readings, MAX_CITATIONS, document), retriever.index.decision
    verdict = decide(model, readings, results, language, retriever.reads_all)
    return Finding(document, results, verdict, model.point)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is decided and shown for a message; `partly`: some of its questions, and not the whole, are answered."""

    decision: Decision
    hits: tuple[Hit, ...]
    partly: bool = False


def choose(
    retriever: Retriever, findings: Sequence[Finding], words: Words, language: str | None, promise: bool
) -> Shown:
    """What of the findings is shown, and as what. `words` are those that were searched with.

    Each question of a message is looked up by itself too. What asks for a `promise` is not answered by a passage.
    """
    shown = Shown(together(findings), tuple(best_of_each(findings)[:MAX_CITATIONS]))
    asked = questions(words.message) if len(findings) == 1 else ()
    if asked:
        read = retriever.readings_of(asked, words.before, words.shown, language is None)
        shown = of_parts(findings[0], [look_up(retriever, one, findings[0].document, language) for one in read])
    return replace(shown, decision=Decision.RELATED) if promise and shown.decision == Decision.ANSWER else shown


def of_parts(whole: Finding, parts: Sequence[Finding]) -> Shown:
    """What answers each question of a message, in their order; what was found for the whole where none of them is.

    The message was also read as one, and it may be one: "is it safe? can I have it?" An answer to that stays one.
    """
    verdict = whole.verdict
    answered = [part.verdict.shown[0] for part in parts if part.verdict.decision == Decision.ANSWER]
    every = len(answered) == len(parts)
    if not answered or (verdict.decision == Decision.ANSWER and not every):
        more = tuple(answered) if verdict.decision == Decision.ANSWER else ()
        return Shown(verdict.decision, _apart((*verdict.shown[:1], *more, *verdict.shown[1:])))
    hits = _apart(answered)
    return Shown(Decision.ANSWER, hits) if every else Shown(Decision.RELATED, hits, partly=True)


def together(findings: Sequence[Finding]) -> Decision:
    """An answer if each monograph answers, none if none does; else what is shown may not be the answer."""
    decisions = {finding.verdict.decision for finding in findings}
    return decisions.pop() if len(decisions) == 1 else Decision.RELATED


def best_of_each(findings: Sequence[Finding]) -> list[Hit]:
    """The best hit of each monograph, then the second of each: none is crowded out. Each time the best score first."""
    shown = [entry for finding in findings for entry in enumerate(finding.verdict.shown)]
    ranked = [(rank, -hit.score, hit.passage.id, hit) for rank, hit in shown]
    return [hit for *_, hit in sorted(ranked, key=lambda entry: entry[:3])]


def said_after_all(findings: Sequence[Finding]) -> tuple[Hit, ...]:
    """Of the one monograph that a message is about: passages that speak of what its known gaps say it does not."""
    return speaking(agreed(findings[0].results.gaps), findings[0].results.hits) if len(findings) == 1 else ()


def _apart(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    return tuple(apart(hits, lambda hit: hit.passage, MAX_CITATIONS))
