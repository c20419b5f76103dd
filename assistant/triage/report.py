"""How well the triage does, in tables: on its own bank by cross-validation, and on messages that it never learns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from assistant.triage.classifier import Classifier, pooled
from assistant.triage.examples import CLASSES, Bank
from assistant.triage.features import feature_rows
from assistant.triage.guards import ALARMS, Label
from assistant.triage.model import fit, likelihoods, row_weights
from assistant.triage.rules import Findings, Rules
from assistant.triage.thresholds import Thresholds
from assistant.triage.validation import Credited, Mask, Scores, Validated, nearest, said, similarities
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.text import clean

__all__ = ["Counted", "Measured", "bank_counted", "measured", "terms_table", "triage_report"]

Counted = tuple[str, Findings, Label | None]
"""A message, what the rules find in it, and what it is."""

_PREVALENCE = 200
"""One message in so many is taken to be an alarm, for the precision."""
_SHOWN = 80
_MOST = 20
"""Terms that are listed for firing on ordinary messages."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Messages that are to raise nothing, and that nothing was learned from: what is made of them."""

    name: str
    texts: tuple[str, ...]
    findings: Sequence[Findings]
    scores: Scores

    def counted(self) -> Iterator[Counted]:
        return ((text, found, None) for text, found in zip(self.texts, self.findings, strict=True))


def measured(
    validated: Validated,
    rules: Rules,
    encoder: Encoder,
    classifier: Classifier,
    others: Mapping[str, Sequence[str]],
    medical: Callable[[Vectors], float],
    progress: Progress | None = None,
) -> list[Measured]:
    """What the triage, trained on the whole bank, makes of other messages, by their name.

    `medical` tells of a vector, shape (1, dimension), how likely its message is about health or need: the decision’s.
    """
    if not others:
        return []
    bank, vectors = validated.bank, validated.vectors
    weights = fit(vectors, validated.findings, bank.classes, row_weights(bank))
    plain = vectors[bank.classes == 0]
    found = []
    for name, texts in others.items():
        own = encoder.encode([clean(text) for text in texts], progress)
        findings = [rules.find(text) for text in texts]
        rows = feature_rows(own, findings, [f.fired() for f in findings])
        near = similarities(own, vectors, bank.classes)
        about = np.array([medical(vector[None]) for vector in own])
        likely = pooled(likelihoods(rows, *weights), classifier.likelihoods(texts))
        scores = Scores(likely, near, nearest(own, plain), about)
        found.append(Measured(name, tuple(texts), findings, scores))
    return found


def triage_report(validated: Validated, thresholds: Thresholds, others: Sequence[Measured] = ()) -> str:
    """Tables in Markdown: each label and each source, the precision, each subtype, and what fired on ordinary
    messages. In all but the column 'all' a term counts only where it fires on another alarm too."""
    ways = _ways(validated.findings, validated.scores, validated.unseen, thresholds)
    rows = [_row(name, mask, ways) for name, mask in _kinds(validated.bank).items()]
    for other in others:
        fired = [found.fired() for found in other.findings]
        ways_of_other = _ways(other.findings, other.scores, fired, thresholds)
        rows.append(_row(f"{other.name} (never learned)", np.ones(len(other.texts), dtype=np.bool_), ways_of_other))
    subtypes = {"emergency card": ways["all, unseen"], "at least soon": ways["at least soon"]}
    head = f"| messages | number | {' | '.join(ways)} |\n|---|---|{'---|' * len(ways)}"
    small = f"| messages | number | {' | '.join(subtypes)} |\n|---|---|{'---|' * len(subtypes)}"
    below = [_row(name, mask, subtypes) for name, mask in _subtypes(validated.bank).items()]
    parts = ["\n".join([head, *rows]), _precision(validated.bank, ways["all, unseen"]), "\n".join([small, *below])]
    counted = chain(bank_counted(validated.bank, validated.findings), *(other.counted() for other in others))
    return "\n\n".join([*parts, terms_table(counted, _MOST)]) + "\n"


def terms_table(counted: Iterable[Counted], most: int | None = None) -> str:
    """Each term with its false alarms on all that is to raise nothing, its alarms, and those that it raises alone."""
    false: Counter[str] = Counter()
    true: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    example: dict[str, str] = {}
    for text, found, label in counted:
        patterns = [m.term.pattern for m in found.matches if m.held_by is None and m.label in ALARMS]
        if label in ALARMS:
            true.update(patterns)
            alone.update(patterns if len(patterns) == 1 else ())
        elif label is None:
            false.update(patterns)
            for pattern in patterns:
                example.setdefault(pattern, " ".join(text.split())[:_SHOWN].replace("|", " "))
    lines = ["| false alarms | alarms | alone | term | for example |", "|---|---|---|---|---|"]
    for pattern, count in false.most_common(most):
        written = pattern.replace("|", "\\|")
        lines.append(f"| {count} | {true[pattern]} | {alone[pattern]} | {written} | {example[pattern]} |")
    return "\n".join(lines)


def bank_counted(bank: Bank, findings: Iterable[Findings]) -> Iterator[Counted]:
    """A bank's messages, what the rules find in them, and their labels."""
    for text, found, number in zip(bank.texts, findings, bank.classes, strict=True):
        yield text, found, CLASSES[number]


def _ways(findings: Sequence[Findings], scores: Scores, unseen: Credited, thresholds: Thresholds) -> dict[str, Mask]:
    """Which messages each part raises an alarm for, and what all parts do."""
    terms = np.array([any(match.label in ALARMS for match in f.matches if match.held_by is None) for f in findings])
    known = np.array(
        [
            any(m.label in ALARMS and m.held_by is None and m.term in t for m in f.matches)
            for f, t in zip(findings, unseen, strict=True)
        ]
    )
    numbers = np.array([any(n.held_by is None and n.reading.label in ALARMS for n in f.measured) for f in findings])
    doubted = scores.doubted(findings)
    learned = said(scores, thresholds)
    alarm = np.isin(learned, [CLASSES.index(label) for label in ALARMS])
    today = doubted | np.array([Label.SOON in f.labels() for f in findings])
    soon = (learned == CLASSES.index(Label.SOON)) | today
    return {
        "terms": known,
        "numbers": numbers,
        "learned": alarm,
        "all": (terms & ~doubted) | numbers | alarm,
        "all, unseen": (known & ~doubted) | numbers | alarm,
        "at least soon": known | numbers | alarm | soon,
    }


def _precision(bank: Bank, raised: Mask) -> str:
    """Of the cards shown, how many are right, where one message in 200 is an alarm; sources count alike."""
    alarm = np.isin(bank.classes, [CLASSES.index(label) for label in ALARMS])
    sources = [mask for name, mask in _kinds(bank).items() if name not in tuple(Label)]
    recall = float(raised[alarm].mean())
    false = float(np.mean([raised[mask].mean() for mask in sources]))
    right, wrong = recall / _PREVALENCE, false * (1 - 1 / _PREVALENCE)
    share = right / (right + wrong) if right + wrong else 0.0
    found = f"found {recall:.3f}, false {false:.4f}"
    return f"Precision where one message in {_PREVALENCE} is an alarm: {share:.3f} ({found})."


def _kinds(bank: Bank) -> dict[str, Mask]:
    names = [str(e.label or "look-alikes") for e in bank.examples] + [o.source for o in bank.ordinary]
    return {name: np.array([n == name for n in names]) for name in dict.fromkeys(names)}


def _subtypes(bank: Bank) -> dict[str, Mask]:
    names = [f"{e.label or 'look-alike'}: {e.subtype}" for e in bank.examples] + [""] * len(bank.ordinary)
    return {name: np.array([n == name for n in names]) for name in sorted(set(names) - {""})}


def _row(name: str, mask: Mask, ways: Mapping[str, Mask]) -> str:
    cells = (_share(int(way[mask].sum()), int(mask.sum())) for way in ways.values())
    return f"| {name} | {mask.sum()} | {' | '.join(cells)} |"


def _share(raised: int, messages: int) -> str:
    """The share of messages that raise something, with its exact 95% interval (Clopper and Pearson 1934)."""
    from scipy.stats import binomtest

    interval = binomtest(raised, messages).proportion_ci(method="exact")
    return f"{raised / messages:.3f} ({interval.low:.3f}–{interval.high:.3f})"
