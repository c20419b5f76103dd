"""What the learned part sees of a message: its vector, its words, its guards and what the rules found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import mmh3
import numpy as np

from assistant.triage.guards import GuardKind, Label
from assistant.triage.lexicon import Term
from assistant.triage.rules import Findings
from retrieval.encoder import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["RULE_FEATURES", "WORD_FEATURES", "feature_rows", "features", "terms_known_to_others"]

WORD_FEATURES = 8192
_KINDS = tuple(GuardKind)
RULE_FEATURES = len(_KINDS) + len(Label) + 4
_GUARD_SCALE = 0.3
_RULE_SCALE = 0.5
_LONGEST_RUN = 3
_MOST_GUARDS = 2
_MOST_TERMS = 3


def features(vector: Vectors, found: Findings, credited: Sequence[Term]) -> Vectors:
    """The features of a message whose vector has the shape (dimension,): float32 of shape
    (dimension + WORD_FEATURES + RULE_FEATURES,).

    `credited` are the terms that count. Runs of one to three words are hashed into a unit vector (feature
    hashing, Weinberger et al., ICML 2009).
    """
    words = np.zeros(WORD_FEATURES, dtype=np.float32)
    words[[abs(mmh3.hash(run)) % WORD_FEATURES for run in _runs(found.context.message)]] = 1
    return np.concatenate([vector, words / np.linalg.norm(words), _rules(found, credited)], dtype=np.float32)


def feature_rows(vectors: Vectors, findings: Sequence[Findings], credited: Sequence[Sequence[Term]]) -> csr_array:
    """The features of messages, to train on: one row each, sparse; a bank of messages would not fit in memory else."""
    from scipy.sparse import csr_array, vstack

    rows = (csr_array(features(*message)[None]) for message in zip(vectors, findings, credited, strict=True))
    return csr_array(vstack(list(rows)))


def terms_known_to_others(findings: Sequence[Findings], alarms: Sequence[bool]) -> list[list[Term]]:
    """For training: the terms of each message that also fire on another message that is an alarm.

    One that fires on this message alone may have been written for it. If it counted, the model would
    trust the rules more than they deserve on messages that nobody has read. Terms that are not English
    always count: the encoder is, and the few examples of each language hardly share a term.
    """
    fires = Counter(term.pattern for f, alarm in zip(findings, alarms, strict=True) if alarm for term in f.fired())
    return [
        [term for term in found.fired() if fires[term.pattern] > int(alarm) or term.language != "en"]
        for found, alarm in zip(findings, alarms, strict=True)
    ]


def _runs(text: str) -> list[str]:
    """Runs of one to three words; where a message begins and ends counts as a word: 'is it … ?', '… now'."""
    words = ["^", *text.split(), "$"]
    return [" ".join(words[at : at + n]) for n in range(1, _LONGEST_RUN + 1) for at in range(len(words) - n + 1)]


def _rules(found: Findings, terms: Sequence[Term]) -> Vectors:
    labels = [term.label for term in terms]
    lasting = found.context.lasting() is not None
    guards = [_GUARD_SCALE * min(len(found.context.spans[kind]), _MOST_GUARDS) for kind in _KINDS]
    rules = [
        *(_RULE_SCALE * min(labels.count(label), _MOST_TERMS) for label in Label),
        _RULE_SCALE * lasting,
        _RULE_SCALE * any(match.held_by for match in found.matches),
        _RULE_SCALE * any(number.held_by is None for number in found.measured),
        _RULE_SCALE * any(number.held_by for number in found.measured),
    ]
    return np.array([*guards, *rules], dtype=np.float32)
