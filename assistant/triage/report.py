"""How well the triage does on its own bank, by cross-validation: the tables of docs/decisions/0009-triage.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.triage.examples import Bank, read_bank
from assistant.triage.features import feature_rows, terms_known_to_others
from assistant.triage.gate import raises_alarm
from assistant.triage.lexicon import Term
from assistant.triage.model import fit, likelihoods
from assistant.triage.rules import Findings, read_rules
from retrieval.encoder import Encoder, Progress, Vectors

__all__ = ["Scores", "cross_validated", "triage_report"]

_FOLDS = 5
_SAME = 0.85
_BLOCK = 1000
_ORDINARY = "ordinary questions"

_Mask = NDArray[np.bool_]
_Credited = Sequence[Sequence[Term]]


@dataclass(frozen=True, slots=True)
class Scores:
    """Of each message: how likely it is an alarm, for each way to credit terms, and the similarity of the nearest
    example of one."""

    ways: list[NDArray[np.float64]]
    similar: NDArray[np.float64]


def triage_report(folder: Path, ordinary: Sequence[str], encoder: Encoder, progress: Progress | None = None) -> str:
    """Two tables in Markdown: what each part raises an alarm for, and all parts together by subtype.

    The learned part is cross-validated in five folds; messages whose cosine similarity is 0.85 or more
    are in the same one. The terms cannot be: they were written by people who had read the bank. So
    'unseen' counts a term only where it also fires on an alarm other than the message itself.
    """
    rules, bank = read_rules(folder), read_bank(folder, ordinary)
    vectors = encoder.encode(bank.texts, progress)
    findings = [rules.find(text) for text in bank.texts]
    fired: _Credited = [found.fired() for found in findings]
    unseen = terms_known_to_others(findings, [bool(c) for c in bank.classes])
    numbers = np.array([any(n.held_by is None for n in found.measured) for found in findings])
    learned, learned_unseen = _alarms(cross_validated(vectors, findings, bank, (fired, unseen)))
    ways = {
        "terms": _any(fired),
        "numbers": numbers,
        "learned": learned_unseen,
        "all": _any(fired) | numbers | learned,
        "all, unseen": _any(unseen) | numbers | learned_unseen,
    }
    return f"{_table(_kinds(bank), ways)}\n\n{_table(_subtypes(bank), {k: ways[k] for k in ('all', 'all, unseen')})}\n"


def _any(terms: _Credited) -> _Mask:
    return np.array([bool(t) for t in terms])


def _alarms(scores: Scores) -> list[_Mask]:
    return [np.array([raises_alarm(*pair) for pair in zip(way, scores.similar, strict=True)]) for way in scores.ways]


def cross_validated(vectors: Vectors, findings: Sequence[Findings], bank: Bank, ways: Sequence[_Credited]) -> Scores:
    """What a model that saw none like them makes of the messages, for each way to credit terms."""
    from sklearn.model_selection import StratifiedGroupKFold

    classes, examples = bank.classes, len(bank.examples)
    scores = Scores([np.zeros(len(classes)) for _ in ways], np.zeros(len(classes)))
    strata = classes + 3 * (np.arange(len(classes)) < examples)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(vectors, strata, _groups(vectors)):
        known = int((train < examples).sum())
        weights, intercepts = fit(vectors[train], [findings[i] for i in train], classes[train], known)
        scores.similar[test] = (vectors[test] @ vectors[train[classes[train] > 0]].T).max(axis=1)
        for out, credited in zip(scores.ways, ways, strict=True):
            rows = feature_rows(vectors[test], [findings[i] for i in test], [credited[i] for i in test])
            out[test] = likelihoods(rows, weights, intercepts)[:, 1:].sum(axis=1)
    return scores


def _groups(vectors: Vectors) -> NDArray[np.int32]:
    """The number of each message's group: those joined by a chain of near-duplicates."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    near = [(at + row, column) for at in range(0, len(vectors), _BLOCK) for row, column in _near(vectors, at)]
    graph = coo_array((np.ones(len(near)), np.array(near).T), shape=(len(vectors), len(vectors)))
    groups: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return groups


def _near(vectors: Vectors, at: int) -> NDArray[np.int64]:
    """The pairs (row of the block that starts at `at`, row of all) that are near-duplicates."""
    return np.argwhere(vectors[at : at + _BLOCK] @ vectors.T >= _SAME)


def _kinds(bank: Bank) -> dict[str, _Mask]:
    names = [e.label or "look-alikes" for e in bank.examples] + [_ORDINARY] * len(bank.ordinary)
    return {str(name): np.array([n == name for n in names]) for name in dict.fromkeys(names)}


def _subtypes(bank: Bank) -> dict[str, _Mask]:
    names = [f"{e.label or 'look-alike'}: {e.subtype}" for e in bank.examples] + [_ORDINARY] * len(bank.ordinary)
    return {name: np.array([n == name for n in names]) for name in sorted(set(names))}


def _table(rows: Mapping[str, _Mask], ways: Mapping[str, _Mask]) -> str:
    lines = [f"| messages | number | {' | '.join(ways)} |", "|---|---|" + "---|" * len(ways)]
    for name, mask in rows.items():
        cells = (_share(int(way[mask].sum()), int(mask.sum())) for way in ways.values())
        lines.append(f"| {name} | {mask.sum()} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _share(alarms: int, messages: int) -> str:
    """The share of messages that raise an alarm, with its exact 95% interval (Clopper and Pearson 1934)."""
    from scipy.stats import binomtest

    interval = binomtest(alarms, messages).proportion_ci(method="exact")
    return f"{alarms / messages:.3f} ({interval.low:.3f}–{interval.high:.3f})"
