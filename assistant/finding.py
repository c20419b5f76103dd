"""What each monograph has for a message, and what that is worth: alone, and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import MAX_CITATIONS, Decision
from assistant.answerability import decide
from assistant.evidence import decision_evidence
from retrieval.calibration import Calibration
from retrieval.retriever import Hit, Readings, Results, Retriever
from retrieval.text import plain_words

__all__ = ["Finding", "best_of_each", "look_up", "together"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one monograph, and the decision if there were no other."""

    document: str
    results: Results
    calibration: Calibration
    decision: Decision

    @property
    def near(self) -> tuple[Hit, ...]:
        """The hits that may be shown; none if the monograph does not answer."""
        least = self.calibration.abstain_below
        return () if self.decision == Decision.ABSTAIN else tuple(h for h in self.results.hits if h.score >= least)

    def evidence(self) -> tuple[str, ...]:
        return decision_evidence(self.results, self.calibration)


def look_up(retriever: Retriever, readings: Readings, document: str) -> Finding:
    """What one monograph has for a message, and whether it answers."""
    calibration, results = retriever.calibration(document), retriever.find(readings, MAX_CITATIONS, document)
    decision = decide(plain_words(readings.texts[0]), results, retriever.vocabulary, calibration)
    return Finding(document, results, calibration, decision)


def together(findings: Sequence[Finding]) -> Decision:
    """An answer if each monograph answers, none if none does; else what is shown may not be the answer."""
    decisions = {finding.decision for finding in findings}
    return decisions.pop() if len(decisions) == 1 else Decision.RELATED


def best_of_each(findings: Sequence[Finding]) -> list[Hit]:
    """The best hit of each monograph, then the second of each: none is crowded out. Each time the best score first."""
    ranked = [(rank, -hit.score, hit.passage.id, hit) for finding in findings for rank, hit in enumerate(finding.near)]
    return [hit for *_, hit in sorted(ranked, key=lambda entry: entry[:3])]
