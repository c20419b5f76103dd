"""Cross-validation of the triage: what it makes of messages of which it has seen none like them, nor their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.triage.examples import APPROVED, CLASSES, Bank
from assistant.triage.features import feature_rows, terms_known_to_others
from assistant.triage.gate import learned_label
from assistant.triage.guards import ALARMS, Label
from assistant.triage.lexicon import Term
from assistant.triage.model import fit, likelihoods, row_weights
from assistant.triage.rules import Findings, Rules
from assistant.triage.thresholds import Thresholds
from retrieval.encoder import Encoder, Progress, Vectors

__all__ = ["Credited", "Mask", "Scores", "Validated", "cross_validated", "said", "validate"]

_FOLDS = 5
_SAME = 0.85
_BLOCK = 1000

Mask = NDArray[np.bool_]
Credited = Sequence[Sequence[Term]]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the learned part makes of messages: how likely each class is, shape (n, 4), and the similarities of the
    nearest example with a label and of the nearest message without one, shape (n,)."""

    likely: NDArray[np.float64]
    similar: NDArray[np.float64]
    plain: NDArray[np.float64]

    @property
    def alarm(self) -> NDArray[np.float64]:
        """How likely each message is an alarm."""
        return np.asarray(self.likely[:, [CLASSES.index(label) for label in ALARMS]].sum(axis=1))


@dataclass(frozen=True, slots=True)
class Validated:
    """A bank, what the rules find in it, and what the learned part makes of each message that it has not seen.

    `unseen` are the terms of each message that fire on another alarm too: the terms were written by people who had
    read the bank, and one that fires on one message alone may have been written for it.
    """

    bank: Bank
    vectors: Vectors
    findings: Sequence[Findings]
    unseen: Credited
    scores: Scores


def validate(rules: Rules, bank: Bank, encoder: Encoder, progress: Progress | None = None) -> Validated:
    """Embed a bank and cross-validate on it."""
    vectors = encoder.encode(bank.texts, progress)
    findings = [rules.find(text) for text in bank.texts]
    unseen = terms_known_to_others(findings, [bool(c) for c in bank.classes])
    return Validated(bank, vectors, findings, unseen, cross_validated(vectors, findings, bank, unseen))


def cross_validated(vectors: Vectors, findings: Sequence[Findings], bank: Bank, credited: Credited) -> Scores:
    """What models that saw none like them make of the messages, in five folds.

    Messages whose cosine similarity is 0.85 or more are in one fold, and so are all of one source of ordinary
    messages: a new source is always unseen.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    classes, weights = bank.classes, row_weights(bank)
    scores = Scores(np.zeros((len(classes), len(CLASSES))), np.zeros(len(classes)), np.zeros(len(classes)))
    strata = classes + len(CLASSES) * np.array([source == "" for source in bank.sources])
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(vectors, strata, _groups(vectors, bank)):
        learned = fit(vectors[train], [findings[i] for i in train], classes[train], weights[train])
        rows = feature_rows(vectors[test], [findings[i] for i in test], [credited[i] for i in test])
        scores.likely[test] = likelihoods(rows, *learned)
        scores.similar[test] = nearest(vectors[test], vectors[train[classes[train] > 0]])
        scores.plain[test] = nearest(vectors[test], vectors[train[classes[train] == 0]])
    return scores


def said(scores: Scores, thresholds: Thresholds) -> NDArray[np.int64]:
    """The place in CLASSES of what the learned part says each message is; shape (n,)."""

    def one(likely: NDArray[np.float64], similar: float, plain: float) -> int:
        by_label = {label: float(likely[CLASSES.index(label)]) for label in Label}
        return CLASSES.index(learned_label(by_label, similar, plain, thresholds))

    return np.array([one(*message) for message in zip(scores.likely, scores.similar, scores.plain, strict=True)])


def nearest(vectors: Vectors, others: Vectors) -> NDArray[np.float64]:
    """The similarity of the nearest of `others` to each vector; shape (n,). -1 where there are none."""
    if not len(others):
        return np.full(len(vectors), -1.0)
    blocks = [(vectors[at : at + _BLOCK] @ others.T).max(axis=1) for at in range(0, len(vectors), _BLOCK)]
    return np.concatenate(blocks).astype(np.float64)


def _groups(vectors: Vectors, bank: Bank) -> NDArray[np.int64]:
    """The number of each message's group: those joined by a chain of near-duplicates, or all of one source."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    near = [(at + row, column) for at in range(0, len(vectors), _BLOCK) for row, column in _near(vectors, at)]
    graph = coo_array((np.ones(len(near)), np.array(near).T), shape=(len(vectors), len(vectors)))
    groups = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
    sources = [source for source in dict.fromkeys(bank.sources) if source not in ("", APPROVED)]
    own = {source: len(vectors) + number for number, source in enumerate(sources)}
    return np.array([own.get(source, group) for source, group in zip(bank.sources, groups, strict=True)])


def _near(vectors: Vectors, at: int) -> NDArray[np.int64]:
    """The pairs (row of the block that starts at `at`, row of all) that are near-duplicates."""
    return np.argwhere(vectors[at : at + _BLOCK] @ vectors.T >= _SAME)
