"""Learning when to answer: the domain part, two forests, and the curves that the working point is chosen on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.triage.examples import read_examples
from assistant.triage.guards import ALARMS
from retrieval.cached_encoder import CachedEncoder
from retrieval.decision import DecisionModel, Judged, WorkingPoint, write_decision
from retrieval.encoder import Encoder, Vectors
from retrieval.follow_up import Order
from retrieval.text import clean
from training.curves import draw_curves
from training.forest import grown
from training.judged import BANK, Judgement

__all__ = [
    "POINT",
    "alarm_vectors",
    "cross_validated",
    "learned",
    "out_of_fold",
    "passage_rows",
    "train_decision",
]

POINT = WorkingPoint(answer=0.5, related=0.1, unsure=0.3, behind=0.3, medical=0.7)
"""Chosen on what each source gets from the others (docs/decisions/0008-the-decision.md)."""

_STRENGTH = 3.0
_STEPS = 2000
_FOLDS = 6
_ENOUGH = 10
"""Fewer questions of a language say nothing of how well it is read."""
_HEAD = """| messages | n | answered | related | first right, of those answered | shown | of those right |
|---|---:|---:|---:|---:|---:|---:|"""


def train_decision(
    messages: Sequence[Judgement], order: Order, alarms: Vectors, encoder: str, out: Path, curves: Path
) -> tuple[str, str]:
    """Learn from everything and write `out`, with the order of follow-ups, and a picture of what each source gets from
    the rest to `curves`.

    Returns its SHA-256, and what each group of messages gets at the working point, by source, as a table.
    """
    judged = cross_validated(messages, alarms)
    draw_curves(messages, judged, POINT, curves)
    model = replace(learned(messages, alarms, encoder), order=order)
    return write_decision(model, out), table(messages, judged, POINT)


def alarm_vectors(corpus: Path, work: Path, encoder: Encoder) -> Vectors:
    """The vectors of the triage's emergencies and crises, shape (n, dimension): the domain part counts them as medical,
    or the triage would be held back where somebody is in need and speaks of no illness."""
    examples = read_examples(corpus / "triage" / "examples.jsonl")
    texts = [clean(example.text) for example in examples if example.label in ALARMS]
    return CachedEncoder(encoder, work).encode(texts)


def learned(messages: Sequence[Judgement], alarms: Vectors, encoder: str) -> DecisionModel:
    """The decision from all messages. The forests see the domain part's view of what it did not learn from."""
    plane = _plane(messages, alarms)
    domain = out_of_fold(messages, alarms)
    rows, labels = message_rows(messages, domain), np.array([m.answered for m in messages])
    answered = grown(rows, labels, weights(messages))
    passage = grown(*passage_rows(messages, domain))
    return DecisionModel(plane, answered, passage, POINT, encoder, languages=_read(messages))


def cross_validated(messages: Sequence[Judgement], alarms: Vectors) -> list[Judged]:
    """For each message what is made of it by what was learned from all sources but its own."""
    found: dict[int, Judged] = {}
    for source in sorted({message.source for message in messages}):
        model = learned([m for m in messages if m.source != source], alarms, "")
        for number, message in enumerate(messages):
            if message.source == source:
                found[number] = model.judge(message.vector, message.message, message.passages)
    return [found[number] for number in range(len(messages))]


def table(messages: Sequence[Judgement], judged: Sequence[Judged], point: WorkingPoint) -> str:
    """What each group of messages gets at a point, each source judged by what was learned from the others."""
    groups: dict[str, list[tuple[Judgement, Judged]]] = {}
    for message, one in zip(messages, judged, strict=True):
        groups.setdefault(f"{message.kind} ({message.source})", []).append((message, one))
    return "\n".join([_HEAD, *(_row(name, some, point) for name, some in sorted(groups.items()))])


def _row(name: str, some: Sequence[tuple[Judgement, Judged]], point: WorkingPoint) -> str:
    plain = [(m, j) for m, j in some if j.passages and j.passages[0] >= point.answer]
    related = [
        j for _, j in some
        if j.passages and j.passages[0] < point.answer
        and max(j.passages[0], j.answered) >= (point.related if j.domain >= point.medical else point.unsure)
    ]  # fmt: skip
    first = sum(bool(m.right[0]) for m, _ in plain)
    shown = [
        m.right[n] for m, j in plain for n, p in enumerate(j.passages) if not n or p >= j.passages[0] - point.behind
    ]
    known = [bool(one) for one in shown if one is not None]
    return (
        f"| {name} | {len(some)} | {len(plain) / len(some):.3f} | {len(related) / len(some):.3f} "
        f"| {first / max(1, len(plain)):.3f} | {len(shown) / max(1, len(plain)):.2f} "
        f"| {sum(known) / max(1, len(known)):.3f} |"
    )


def _read(messages: Sequence[Judgement]) -> dict[str, float]:
    """How well each language is read: of its held-out phrasings the share whose right passage is first."""
    first: dict[str, list[bool]] = {}
    for message in messages:
        if message.source == BANK and message.answered and message.language:
            first.setdefault(message.language, []).append(bool(message.right and message.right[0]))
    return {name: round(sum(some) / len(some), 3) for name, some in sorted(first.items()) if len(some) >= _ENOUGH}


def _plane(messages: Sequence[Judgement], alarms: Vectors) -> NDArray[np.float64]:
    from sklearn.linear_model import LogisticRegression

    # A message that was asked of several monographs counts once.
    known = {m.text: m for m in messages if m.medical is not None}.values()
    vectors = np.concatenate([*(m.vector for m in known), alarms])
    model = LogisticRegression(C=_STRENGTH, max_iter=_STEPS, class_weight="balanced")
    model.fit(vectors, [*(bool(m.medical) for m in known), *[True] * len(alarms)])
    return np.concatenate([model.coef_[0], model.intercept_]).astype(np.float64)


def out_of_fold(messages: Sequence[Judgement], alarms: Vectors) -> NDArray[np.float64]:
    """The domain part's log odds of each message, learned from messages of other groups; shape (n,)."""
    groups = sorted({m.group for m in messages})
    fold = {group: number % _FOLDS for number, group in enumerate(groups)}
    found = np.zeros(len(messages))
    for number in range(_FOLDS):
        plane = _plane([m for m in messages if fold[m.group] != number], alarms)
        for place, message in enumerate(messages):
            if fold[message.group] == number:
                found[place] = message.vector[0] @ plane[:-1] + plane[-1]
    return found


def message_rows(messages: Sequence[Judgement], domain: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.stack([m.message for m in messages]), domain])


def passage_rows(
    messages: Sequence[Judgement], domain: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """The rows of all passages of which it is known whether they answer, whether they do, and what each weighs."""
    rows, right, heavy = [], [], []
    for message, odds, weight in zip(messages, domain, weights(messages), strict=True):
        for answers, figures in zip(message.right, message.passages, strict=True):
            if answers is not None:
                rows.append(np.concatenate([message.message, [odds], figures]))
                right.append(answers)
                heavy.append(weight)
    return np.stack(rows), np.array(right), np.array(heavy)


def weights(messages: Sequence[Judgement]) -> NDArray[np.float64]:
    """Each source of each kind weighs as the root of its size: a large one must not drown the others."""
    sizes = Counter((m.source, m.answered) for m in messages)
    return np.array([1 / math.sqrt(sizes[m.source, m.answered]) for m in messages])
