"""Why an answer was decided so, in lines for staff. They may hold words of the question: never logged."""

from __future__ import annotations

from retrieval.decision import Judged, WorkingPoint
from retrieval.figures import MESSAGE
from retrieval.results import Results

__all__ = ["decision_evidence"]

_TOLD = ("margin", "vote", "phrasings", "gaps", "texts", "odds", "unknown")
"""The figures that weigh most, as a rule."""


def decision_evidence(results: Results, judged: Judged, point: WorkingPoint) -> tuple[str, ...]:
    """What spoke for and against answering: probabilities beside the working point, figures, and what was nearest."""
    figures = dict(zip(MESSAGE, results.message.tolist(), strict=False))
    passages = ", ".join(f"{likely:.2f}" for likely in judged.passages)
    lines = [
        f"the monograph answers: {judged.answered:.2f} (related from {point.related:.2f}, unsure {point.unsure:.2f})",
        f"each passage answers: {passages} (answer from {point.answer:.2f}, beside it at most {point.behind:.2f} less)",
        f"about medicine at all: {judged.domain:.2f} (sure from {point.medical:.2f})",
        f"figures: {', '.join(f'{name} {figures[name]:.2f}' for name in _TOLD)}",
    ]
    if results.hits:
        hit = results.hits[0]
        lines.append(f"first passage: {hit.passage.id}, {hit.score:.3f}")
        lines += [f"nearest {view.kind}: “{view.text}”, {score:.3f}" for view, score in hit.evidence.views[:1]]
    lines += [f"nearest gap: “{view.text}” ({view.topic}), {score:.3f}" for view, score in results.gaps[:1]]
    return tuple(lines)
