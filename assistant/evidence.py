"""Why an answer was decided so, in lines for staff. They may hold words of the question: never logged."""

from __future__ import annotations

from retrieval.calibration import Calibration
from retrieval.retriever import Results

__all__ = ["decision_evidence"]


def decision_evidence(results: Results, calibration: Calibration) -> tuple[str, ...]:
    """What spoke for and against answering: scores beside their thresholds, and what was nearest."""
    least, low, high = calibration.abstain_below, calibration.abstain_margin, calibration.answer_margin
    lines = [f"best passage, read alone: {results.best_alone:.3f} (abstain below {least:.3f})"]
    if results.margin is not None:
        lines.append(f"margin over gaps: {results.margin:.3f} (abstain below {low:.3f}, related below {high:.3f})")
    if results.hits:
        hit = results.hits[0]
        lines.append(f"first passage: {hit.passage.id}, {hit.score:.3f}")
        lines += [f"nearest {view.kind}: “{view.text}”, {score:.3f}" for view, score in hit.evidence.views[:1]]
    lines += [f"nearest gap: “{view.text}” ({view.topic}), {score:.3f}" for view, score in results.gaps[:1]]
    return tuple(lines)
