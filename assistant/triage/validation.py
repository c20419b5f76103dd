"""Cross-validation of the triage: what it makes of messages of which it has seen none like them, nor their source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.triage.classifier import Classifier, likely_unseen, pooled
from assistant.triage.examples import APPROVED, CLASSES, Bank
from assistant.triage.features import feature_rows, terms_known_to_others
from assistant.triage.gate import ELSEWHERE, HEARD_ABOVE, SURE_ABOVE, doubted, learned_label
from assistant.triage.guards import ALARMS, Label
from assistant.triage.lexicon import Term
from assistant.triage.model import fit, likelihoods, row_weights
from assistant.triage.rules import Findings, Rules
from assistant.triage.thresholds import Thresholds, log_odds
from retrieval.encoder import Encoder, Progress, Vectors

__all__ = ["Credited", "Mask", "Scores", "Validated", "cross_validated", "folds", "said", "validate"]

_FOLDS = 5
_SAME = 0.85
_BLOCK = 1000
_DOMAIN_STRENGTH = 3.0
_DOMAIN_STEPS = 500

Mask = NDArray[np.bool_]
Credited = Sequence[Sequence[Term]]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the learned part makes of messages: how likely each class is, shape (n, 4); the similarities of the nearest
    example of each label, shape (n, 3), and of the nearest message without one, shape (n,); and how likely each is
    about health or need at all, shape (n,)."""

    likely: NDArray[np.float64]
    similar: NDArray[np.float64]
    plain: NDArray[np.float64]
    medical: NDArray[np.float64]

    @property
    def heard(self) -> Mask:
        """What the learned part may say something of: what is about health, and what it is sure of."""
        least = np.where(self.medical < ELSEWHERE, SURE_ABOVE, HEARD_ABOVE)
        return np.asarray(1 - self.likely[:, 0] >= least)

    def doubted(self, findings: Sequence[Findings]) -> Mask:
        """Where what the rules raise is not believed to be an alarm."""
        alarms = self.likely[:, [CLASSES.index(label) for label in ALARMS]].sum(axis=1)
        return np.array([doubted(found, float(alarm)) for found, alarm in zip(findings, alarms, strict=True)])

    def figures(self, label: Label) -> NDArray[np.float64]:
        """What the bar of a label weighs, shape (n, 4); that of `soon` weighs any label."""
        column, later = CLASSES.index(label), self.likely[:, CLASSES.index(Label.SOON)]
        if label == Label.SOON:
            likely, similar = 1 - self.likely[:, 0], self.similar.max(axis=1)
            now, soon = np.zeros(len(likely)), np.zeros(len(likely))
        else:
            likely, similar = self.likely[:, column], self.similar[:, column - 1]
            now = _log_odds(likely, later)
            soon = self.similar[:, CLASSES.index(Label.SOON) - 1]
        return np.column_stack([_log_odds(likely, self.likely[:, 0]), now, similar - self.plain, similar - soon])


def _log_odds(likely: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([log_odds(*pair) for pair in zip(likely, other, strict=True)])


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


def validate(
    rules: Rules, bank: Bank, encoder: Encoder, classifier: Classifier, progress: Progress | None = None
) -> Validated:
    """Embed a bank and cross-validate on it; the classifier as well (`likely_unseen`)."""
    vectors = encoder.encode(bank.texts, progress)
    findings = [rules.find(text) for text in bank.texts]
    unseen = terms_known_to_others(findings, [bool(c) for c in bank.classes])
    read = likely_unseen(bank.texts, classifier, progress)
    return Validated(bank, vectors, findings, unseen, cross_validated(vectors, findings, bank, unseen, read))


def cross_validated(
    vectors: Vectors, findings: Sequence[Findings], bank: Bank, credited: Credited, read: NDArray[np.float64]
) -> Scores:
    """What models that saw none like them make of the messages, in five folds.

    The domain part, which stands for the decision's, has not seen them either. `read` is what the classifier makes of
    each message when it had not, shape (n, 4).
    """
    classes, weights = bank.classes, row_weights(bank)
    none = np.zeros(len(classes))
    scores = Scores(np.zeros((len(classes), len(CLASSES))), np.zeros((len(classes), len(Label))), none, none.copy())
    for train, test in folds(vectors, bank):
        learned = fit(vectors[train], [findings[i] for i in train], classes[train], weights[train])
        rows = feature_rows(vectors[test], [findings[i] for i in test], [credited[i] for i in test])
        scores.likely[test] = pooled(likelihoods(rows, *learned), read[test])
        scores.similar[test] = similarities(vectors[test], vectors[train], classes[train])
        scores.plain[test] = nearest(vectors[test], vectors[train[classes[train] == 0]])
        scores.medical[test] = _medical(vectors, train, test, bank.health)
    return scores


def folds(vectors: Vectors, bank: Bank) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows to learn from, and rows that are left out, five times.

    Messages whose cosine similarity is 0.85 or more are in one fold, and so are all of one writer or source: a new one
    is always unseen.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    strata = bank.classes + len(CLASSES) * np.array([source == "" for source in bank.sources])
    split = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0).split
    yield from split(vectors, strata, _groups(vectors, bank))


def similarities(vectors: Vectors, others: Vectors, classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The similarity of the nearest of `others` of each label to each vector; shape (n, 3)."""
    return np.column_stack([nearest(vectors, others[classes == CLASSES.index(label)]) for label in Label])


def _medical(
    vectors: Vectors, train: NDArray[np.int64], test: NDArray[np.int64], health: Sequence[bool | None]
) -> NDArray[np.float64]:
    """How likely each message is about health or need, by a plane learned as that of the decision is (decision 0008)
    but from the bank alone: the decision itself has learned from some of it."""
    from sklearn.linear_model import LogisticRegression

    known = np.array([number for number in train if health[number] is not None])
    about = [bool(health[number]) for number in known]
    if len(set(about)) < 2:
        return np.ones(len(test))
    model = LogisticRegression(C=_DOMAIN_STRENGTH, max_iter=_DOMAIN_STEPS, class_weight="balanced")
    return np.asarray(model.fit(vectors[known], about).predict_proba(vectors[test])[:, 1])


def said(scores: Scores, thresholds: Thresholds) -> NDArray[np.int64]:
    """The place in CLASSES of what the learned part says each message is; shape (n,)."""

    def one(likely: NDArray[np.float64], similar: NDArray[np.float64], plain: float) -> int:
        by_label = {label: float(likely[number]) for number, label in enumerate(Label, 1)}
        nearest_of = {label: float(similar[number]) for number, label in enumerate(Label)}
        return CLASSES.index(learned_label(by_label, nearest_of, plain, thresholds))

    found = [one(*message) for message in zip(scores.likely, scores.similar, scores.plain, strict=True)]
    return np.where(scores.heard, found, 0)


def nearest(vectors: Vectors, others: Vectors) -> NDArray[np.float64]:
    """The similarity of the nearest of `others` to each vector; shape (n,). -1 where there are none."""
    if not len(others):
        return np.full(len(vectors), -1.0)
    blocks = [(vectors[at : at + _BLOCK] @ others.T).max(axis=1) for at in range(0, len(vectors), _BLOCK)]
    return np.concatenate(blocks).astype(np.float64)


def _groups(vectors: Vectors, bank: Bank) -> NDArray[np.int64]:
    """The number of each message's group: those joined by a chain of near-duplicates, or all of one writer."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    near = [(at + row, column) for at in range(0, len(vectors), _BLOCK) for row, column in _near(vectors, at)]
    graph = coo_array((np.ones(len(near)), np.array(near).T), shape=(len(vectors), len(vectors)))
    groups = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
    writers = [writer for writer in dict.fromkeys(bank.writers) if writer not in ("", APPROVED)]
    own = {writer: len(vectors) + number for number, writer in enumerate(writers)}
    return np.array([own.get(writer, group) for writer, group in zip(bank.writers, groups, strict=True)])


def _near(vectors: Vectors, at: int) -> NDArray[np.int64]:
    """The pairs (row of the block that starts at `at`, row of all) that are near-duplicates."""
    return np.argwhere(vectors[at : at + _BLOCK] @ vectors.T >= _SAME)
