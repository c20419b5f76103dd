"""Choosing the thresholds of the learned part, on messages of sources that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.triage.examples import CLASSES
from assistant.triage.guards import ALARMS, Label
from assistant.triage.thresholds import Bar, Thresholds
from assistant.triage.validation import Mask, Validated

__all__ = ["LEAST", "choose_thresholds"]

LEAST = {Label.URGENT: 0.96, Label.CRISIS: 0.895, Label.SOON: 0.9}
"""Least share of each label's messages that must raise it, or worse; recall comes first. Those of the alarms are what
the triage found before it knew sources, by the same measure."""

_NEVER = Bar(-1000.0, 0.0, 0.0, 0.0)
_SMALLEST = 1e-6
_STEPS = 1000
_DIGITS = 4
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)


@dataclass(frozen=True, slots=True)
class _Masks:
    of: dict[Label, Mask]
    ruled: dict[Label, Mask]
    """What the rules raise: an alarm for either label of one, anything for `soon`."""
    ordinary: list[Mask]
    """The look-alikes, and each source of ordinary messages."""
    heard: Mask
    """What the learned part may raise: all but what seems to be about something else and is not sure."""

    def false(self, raised: Mask) -> float:
        """Share of what is to raise no alarm that does; each source counts alike, and what is for today as one."""
        masks = [*self.ordinary, self.of[Label.SOON]]
        return float(np.mean([raised[mask].mean() for mask in masks if mask.any()]))

    def short(self, raised: Mask, label: Label) -> float:
        """By how much the share found falls short of the least; 0 if it does not."""
        own = self.of[label]
        return max(0.0, LEAST[label] - float(raised[own].mean())) if own.any() else 0.0


def choose_thresholds(validated: Validated, encoder: str) -> Thresholds:
    """The thresholds with which enough is found at the fewest false alarms; if enough is found with none, those that
    find most. `encoder` is the fingerprint of the encoder that made the vectors.

    What the three figures of a bar weigh is learned, its label against nothing (logistic regression, each source
    weighs alike). Its constant is then the lowest with which enough of the label is found. The share is of a grid.
    """
    masks, scores = _masks(validated), validated.scores
    bars = {label: _weighed(scores.figures(label), masks, label) for label in Label}

    def chosen(share: float) -> tuple[Thresholds, Mask]:
        found, raised = dict(bars), masks.ruled[Label.URGENT]
        for label in (Label.CRISIS, Label.URGENT):  # an emergency that passes for a crisis is found
            free = masks.heard & scores.as_likely(label, share)
            found[label], new = _lowest(bars[label], scores.figures(label), masks, label, raised, free)
            raised = raised | new
        raised_soon = raised | masks.ruled[Label.SOON]
        found[Label.SOON], _ = _lowest(
            bars[Label.SOON], scores.figures(Label.SOON), masks, Label.SOON, raised_soon, masks.heard
        )
        return Thresholds(found[Label.URGENT], found[Label.CRISIS], found[Label.SOON], share, encoder), raised

    def worth(choice: tuple[Thresholds, Mask]) -> tuple[float, float]:
        return sum(masks.short(choice[1], label) for label in ALARMS), masks.false(choice[1])

    return min(map(chosen, _SHARES), key=worth)[0]


def _weighed(figures: NDArray[np.float64], masks: _Masks, label: Label) -> Bar:
    """What each figure weighs, learned from a label's messages and all that is to raise nothing."""
    from sklearn.linear_model import LogisticRegression

    own = masks.of[label]
    if not own.any():
        return _NEVER
    weights = own.astype(np.float64)
    for mask in masks.ordinary:
        weights[mask] = own.sum() / len(masks.ordinary) / max(1, mask.sum())
    used = weights > 0
    middle, spread = figures[used].mean(axis=0), figures[used].std(axis=0) + _SMALLEST
    model = LogisticRegression(max_iter=_STEPS).fit(
        (figures[used] - middle) / spread, own[used], sample_weight=weights[used]
    )
    odds, like, beyond = (float(w) for w in model.coef_[0] / spread)
    constant = float(model.intercept_[0]) - float(np.dot((odds, like, beyond), middle))
    return Bar(*(round(n, _DIGITS) for n in (constant, odds, like, beyond)))


def _lowest(
    bar: Bar, figures: NDArray[np.float64], masks: _Masks, label: Label, raised: Mask, free: Mask
) -> tuple[Bar, Mask]:
    """The bar with the constant with which just enough of a label is found, and what it raises of what it is `free`
    to; `raised` is found without. If all of it is not enough, the constant is that of the last."""
    own = masks.of[label]
    sums = bar.constant + figures @ np.array([bar.odds, bar.like, bar.beyond])
    missing = int(np.ceil(LEAST[label] * own.sum())) - int((raised & own).sum())
    possible = np.sort(sums[own & free & ~raised])[::-1]
    if missing <= 0 or not len(possible):
        least = float(sums[free].max(initial=0.0)) + 1
    else:
        least = float(possible[min(missing, len(possible)) - 1])
    lowered = replace(bar, constant=round(bar.constant - least + 10**-_DIGITS, _DIGITS))
    return lowered, np.asarray(free & (sums >= least))


def _masks(validated: Validated) -> _Masks:
    bank, classes = validated.bank, validated.bank.classes
    numbers = [{n.reading.label for n in found.measured if n.held_by is None} for found in validated.findings]
    # A term that lasts raises `soon` in its message, whatever its own label.
    terms = [
        {match.label for match in found.matches if match.held_by is None and match.term in credited}
        for found, credited in zip(validated.findings, validated.unseen, strict=True)
    ]
    ruled = [a | b for a, b in zip(numbers, terms, strict=True)]
    alarm = np.array([bool(labels & set(ALARMS)) for labels in ruled])
    sources = np.array(bank.sources)
    ordinary = [(classes == 0) & (sources == source) for source in dict.fromkeys(bank.sources)]
    return _Masks(
        {label: classes == CLASSES.index(label) for label in Label},
        {Label.URGENT: alarm, Label.CRISIS: alarm, Label.SOON: np.array([bool(labels) for labels in ruled])},
        [mask for mask in ordinary if mask.any()],
        validated.scores.heard,
    )
