"""Choosing the thresholds of the learned part, on messages of sources that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from assistant.triage.examples import CLASSES
from assistant.triage.guards import ALARMS, Label
from assistant.triage.thresholds import Thresholds
from assistant.triage.validation import Mask, Validated

__all__ = ["LEAST", "choose_thresholds"]

LEAST = {Label.URGENT: 0.96, Label.CRISIS: 0.895, Label.SOON: 0.95}
"""Least share of each label's messages that must raise it, or worse; recall comes first. Those of the alarms are what
the triage found before it knew sources, by the same measure."""

_SCORES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8)
_LIKE = (0.3, 0.4, 0.45, 0.5, 0.55)
_BEYOND = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class _Masks:
    of: dict[Label, Mask]
    ruled: dict[Label, Mask]
    """What the rules raise: an alarm for either label of one, anything for `soon`."""
    ordinary: list[Mask]
    """The look-alikes, and each source of ordinary messages."""

    def false(self, raised: Mask) -> float:
        """Share of what is to raise nothing that does; each source counts alike."""
        return float(np.mean([raised[mask].mean() for mask in self.ordinary if mask.any()]))

    def short(self, raised: Mask, *labels: Label) -> float:
        """By how much the shares found fall short of the least, at worst; 0 if none does."""
        shares = (LEAST[label] - float(raised[self.of[label]].mean()) for label in labels if self.of[label].any())
        return max(0.0, *shares)


def choose_thresholds(validated: Validated, encoder: str) -> Thresholds:
    """Of all thresholds on a grid with which enough is found, those with the fewest false alarms; if enough is found
    with none, those that come nearest to it. `encoder` is the fingerprint of the encoder that made the vectors."""
    masks, scores = _masks(validated), validated.scores

    def known(like: float, beyond: float) -> Mask:
        return np.asarray((scores.similar >= like) & (scores.similar >= scores.plain - beyond))

    def worth(raised: Mask, *labels: Label) -> tuple[float, float]:
        return masks.short(raised, *labels), masks.false(raised)

    alarm, like, beyond = min(
        product(_SCORES, _LIKE, _BEYOND),
        key=lambda t: worth(masks.ruled[Label.URGENT] | (known(t[1], t[2]) & (scores.alarm >= t[0])), *ALARMS),
    )
    near, alarms = known(like, beyond), masks.ruled[Label.SOON] | (known(like, beyond) & (scores.alarm >= alarm))
    any_label = 1 - scores.likely[:, 0]
    soon = min(_SCORES, key=lambda t: worth(alarms | (near & (any_label >= t)), Label.SOON))
    return Thresholds(alarm, soon, like, beyond, encoder)


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
        ordinary,
    )
