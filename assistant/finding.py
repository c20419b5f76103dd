"""What each monograph has for a message, and what that is worth: alone, and together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import MAX_CITATIONS, Decision
from assistant.answerability import Verdict, decide
from assistant.evidence import decision_evidence
from retrieval.decision import WorkingPoint
from retrieval.ranking import overlap
from retrieval.retriever import Hit, Readings, Results, Retriever

__all__ = ["Finding", "Shown", "best_of_each", "look_up", "of_parts", "together"]


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


def look_up(retriever: Retriever, readings: Readings, document: str, language: str | None = None) -> Finding:
    """What one monograph has for a message in a language, None for English, and whether it answers."""
    results, model = retriever.find(readings, MAX_CITATIONS, document), retriever.index.decision
    return Finding(document, results, decide(model, readings, results, language), model.point)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is decided and shown for a message; `partly`: some of its questions, and not the whole, are answered."""

    decision: Decision
    hits: tuple[Hit, ...]
    partly: bool = False


def of_parts(whole: Finding, parts: Sequence[Finding]) -> Shown:
    """What answers each question of a message, in their order; what was found for the whole where none of them is.

    The message was also read as one, and it may be one: "is it safe? can I have it?" An answer to that stays one.
    """
    verdict = whole.verdict
    answered = [part.verdict.shown[0] for part in parts if part.verdict.decision == Decision.ANSWER]
    every = len(answered) == len(parts)
    if not answered or (verdict.decision == Decision.ANSWER and not every):
        more = tuple(answered) if verdict.decision == Decision.ANSWER else ()
        return Shown(verdict.decision, _apart((*verdict.shown[:1], *more, *verdict.shown[1:]))[:MAX_CITATIONS])
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


def _apart(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits of several searches but those that share text with an earlier one."""
    kept: list[Hit] = []
    for hit in hits:
        if not any(overlap(hit.passage, other.passage) for other in kept):
            kept.append(hit)
    return tuple(kept)
