"""What is lost and what is let through, at every point: each source judged by what was learned from the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from retrieval.decision import Judged, WorkingPoint
from training.judged import Judgement

__all__ = ["GROUPS", "draw_curves", "shares"]

_DPI = 120
_OWN = ("a", "b", "t1", "t2")
_FOLLOW_UP = "follow-up "


def _own(kind: str) -> Callable[[Judgement], bool]:
    return lambda message: message.source in _OWN and message.kind == kind


GROUPS: Mapping[str, Callable[[Judgement], bool]] = {
    "answerable": _own("answerable"),
    "follow-ups, answerable": lambda m: m.source in _OWN and m.kind == f"{_FOLLOW_UP}answerable",
    "unanswerable": _own("unanswerable"),
    "follow-ups, unanswerable": lambda m: m.source in _OWN and m.kind == f"{_FOLLOW_UP}unanswerable",
    "off topic, nearly all sly": _own("off_topic"),
    "everyday intents": lambda m: m.source == "intents",
}
"""The groups that are drawn; of the first two what is lost is counted, of the others what is let through."""

_LOST = 2


def shares(judged: Sequence[Judged], point: WorkingPoint) -> tuple[float, float]:
    """Of some messages the share that is answered at a point, and the share of which anything is shown."""
    first = np.array([one.passages[0] if one.passages else 0.0 for one in judged])
    either = np.maximum(first, [one.answered for one in judged])
    least = np.where(np.array([one.domain for one in judged]) >= point.medical, point.related, point.unsure)
    answered = first >= point.answer
    return float(answered.mean()), float((answered | (either >= least)).mean())


def draw_curves(messages: Sequence[Judgement], judged: Sequence[Judged], point: WorkingPoint, path: Path) -> None:
    """Two pictures in one file: plainly answered, and shown at all, over the thresholds, each with the point."""
    of = {
        name: [one for message, one in zip(messages, judged, strict=True) if wanted(message)]
        for name, wanted in GROUPS.items()
    }
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps = np.linspace(0.02, 0.98, 97)
    _draw(left, of, steps, lambda t, some: shares(some, replace(point, answer=t))[0], point.answer, "plainly answered")
    # Both thresholds of what may answer move together, as far apart as they are.
    apart = point.unsure - point.related
    _draw(
        right, of, steps[: len(steps) // 2],
        lambda t, some: shares(some, replace(point, related=t, unsure=t + apart))[1], point.related, "shown at all",
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI)


def _draw(
    axes: Axes, of: Mapping[str, Sequence[Judged]], steps: NDArray[np.float64],
    share: Callable[[float, Sequence[Judged]], float], now: float, what: str,
) -> None:  # fmt: skip
    for number, (name, some) in enumerate(of.items()):
        if some:
            line = "-" if number < _LOST else "--"
            axes.plot(steps, [share(float(t), some) for t in steps], line, label=f"{name} ({len(some)})")
    axes.axvline(now, color="grey", linewidth=0.8)
    axes.set_xlabel(f"{what} from this probability; the line is the working point")
    axes.set_ylabel(f"share {what}")
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    if axes.get_subplotspec().is_last_col():  # type: ignore[union-attr]
        axes.legend(fontsize=8)
