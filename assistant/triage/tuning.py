"""Choosing the thresholds of the learned part, on messages of sources that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.triage.examples import CLASSES
from assistant.triage.gate import HEARD_ABOVE
from assistant.triage.guards import ALARMS, Label
from assistant.triage.thresholds import Bar, Thresholds
from assistant.triage.validation import Mask, Validated

__all__ = ["LEAST", "choose_thresholds"]

LEAST = {Label.URGENT: 0.965, Label.CRISIS: 0.88, Label.SOON: 0.9}
"""Least share of each label's messages that must raise it, or worse, before the domain part holds anything back; recall
comes first (the curve is in docs/decisions/0009-triage.md)."""

_NEVER = Bar(-1000.0, 0.0, 0.0, 0.0, 0.0)
_OF_A_SOURCE = 300.0
"""How much a source of ordinary messages weighs, in messages."""
_SMALLEST = 1e-6
_STEPS = 1000
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class _Masks:
    of: dict[Label, Mask]
    ruled: dict[Label, Mask]
    """What the rules raise: an alarm for either label of one, anything for `soon`."""
    ordinary: list[Mask]
    """The look-alikes, and each source of ordinary messages."""
    heard: Mask
    """What the learned part looks at at all."""


def choose_thresholds(validated: Validated, encoder: str) -> Thresholds:
    """The bars with which just enough is found; if enough is not found with any, those that find most. `encoder` is the
    fingerprint of the encoder that made the vectors.

    What the figures of a bar weigh is learned, its label against nothing and what is for today (logistic regression;
    each source weighs alike). Its constant is then the lowest with which enough of the label is found, before the
    domain part holds anything back.
    """
    masks, scores = _masks(validated), validated.scores
    found, raised = {}, masks.ruled[Label.URGENT]
    for label in (Label.CRISIS, Label.URGENT, Label.SOON):  # an emergency that passes for a crisis is found
        figures = scores.figures(label)
        if label == Label.SOON:
            raised = raised | masks.ruled[Label.SOON]
        found[label], new = _lowest(_weighed(figures, masks, label), figures, masks, label, raised)
        raised = raised | new
    return Thresholds(found[Label.URGENT], found[Label.CRISIS], found[Label.SOON], encoder)


def _weighed(figures: NDArray[np.float64], masks: _Masks, label: Label) -> Bar:
    """What each figure weighs, learned from a label's messages and all that is not to raise it."""
    from sklearn.linear_model import LogisticRegression

    own = masks.of[label]
    if not own.any():
        return _NEVER
    weights = (own | masks.of[Label.SOON]).astype(np.float64)
    for mask in masks.ordinary:
        weights[mask] = _OF_A_SOURCE / mask.sum()
    used = weights > 0
    middle, spread = figures[used].mean(axis=0), figures[used].std(axis=0) + _SMALLEST
    model = LogisticRegression(max_iter=_STEPS).fit(
        (figures[used] - middle) / spread, own[used], sample_weight=weights[used]
    )
    each = model.coef_[0] / spread
    constant = float(model.intercept_[0] - each @ middle)
    return Bar(*(round(float(number), _DIGITS) for number in (constant, *each)))


def _lowest(bar: Bar, figures: NDArray[np.float64], masks: _Masks, label: Label, raised: Mask) -> tuple[Bar, Mask]:
    """The bar with the constant with which just enough of a label is found, and what it raises; `raised` is found
    without. If all that can be found is not enough, the constant is that which finds the last."""
    own, free = masks.of[label], masks.heard
    sums = bar.constant + figures @ np.array([bar.odds, bar.now, bar.beyond, bar.nearer])
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
    alarm = np.array([bool(labels & set(ALARMS)) for labels in ruled]) & ~validated.scores.doubted(validated.findings)
    sources = np.array(bank.sources)
    ordinary = [(classes == 0) & (sources == source) for source in dict.fromkeys(bank.sources)]
    return _Masks(
        {label: classes == CLASSES.index(label) for label in Label},
        {Label.URGENT: alarm, Label.CRISIS: alarm, Label.SOON: np.array([bool(labels) for labels in ruled])},
        [mask for mask in ordinary if mask.any()],
        np.asarray(1 - validated.scores.likely[:, 0] >= HEARD_ABOVE),
    )
