"""How an encoder finds the lines that answer in leaflets without phrasings: texts and sentences alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from evaluation.intervals import clopper_pearson
from retrieval.encoder import Encoder
from retrieval.ranking import holds
from training.contrast import together
from training.leaflets import HELD_OUT_WRITERS, Leaflet

__all__ = ["Found", "area_under_curve", "find", "measured", "measured_table"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one question."""

    writer: str
    answered: bool
    right: tuple[bool, ...]
    """For each of the first three passages whether it shows a line that answers."""
    best: float
    """Similarity of the nearest view."""


def find(leaflet: Leaflet, encoder: Encoder) -> list[Found]:
    """Ask a leaflet its questions. A passage is as near as its nearest view; none stands after one that holds it."""
    views = encoder.encode(leaflet.views)
    read = encoder.encode([text for question in leaflet.questions for text in question.readings])
    asked = together(torch.from_numpy(read), [len(question.readings) for question in leaflet.questions]).numpy()
    similar = asked @ views.T
    scores = np.full((len(asked), len(leaflet.passages)), -1.0, dtype=np.float32)
    for view, passage in enumerate(leaflet.owners.tolist()):
        np.maximum(scores[:, passage], similar[:, view], out=scores[:, passage])
    found = []
    for question, row in zip(leaflet.questions, scores, strict=True):
        right = tuple(bool(leaflet.covers[p] & question.gold) for p in _first(leaflet, row))
        found.append(Found(question.writer, bool(question.gold), right, float(row.max())))
    return found


def measured(leaflets: Mapping[str, Leaflet], encoder: Encoder) -> dict[str, list[Found]]:
    """What was found, by writer."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for leaflet in leaflets.values():
        for one in find(leaflet, encoder):
            groups[one.writer].append(one)
    return dict(sorted(groups.items()))


def measured_table(groups: Mapping[str, Sequence[Found]]) -> str:
    """Hit@1 and Hit@3 with 95% intervals, and how well the best similarity tells what is answered, as Markdown."""
    held = [one for name, some in groups.items() if name in HELD_OUT_WRITERS for one in some]
    rows = [("held-out writers", held), *groups.items()]
    lines = ["| questions of | answered | Hit@1 | Hit@3 | not answered | AUC |", "|---|---:|---|---|---:|---:|"]
    return "\n".join([*lines, *(_row(name, some) for name, some in rows if some)])


def area_under_curve(higher: Iterable[float], lower: Iterable[float]) -> float:
    """How often one of the first is above one of the second, ties half (Mann and Whitney, 1947)."""
    above, below = np.array(list(higher))[:, None], np.array(list(lower))[None]
    return float(((above > below) + 0.5 * (above == below)).mean())


def _row(name: str, found: Sequence[Found]) -> str:
    answered, missed = [f for f in found if f.answered], [f for f in found if not f.answered]
    shares = []
    for most in (1, _SHOWN):
        hits = sum(any(f.right[:most]) for f in answered)
        low, high = clopper_pearson(hits, len(answered))
        shares.append(f"{hits / len(answered):.3f} ({low:.3f}–{high:.3f})")
    area = area_under_curve((f.best for f in answered), (f.best for f in missed))
    return f"| {name} | {len(answered)} | {shares[0]} | {shares[1]} | {len(missed)} | {area:.3f} |"


def _first(leaflet: Leaflet, scores: NDArray[np.float32]) -> list[int]:
    kept: list[int] = []
    for passage in np.argsort(-scores, kind="stable").tolist():
        if not any(holds(leaflet.passages[k], leaflet.passages[passage]) for k in kept):
            kept.append(passage)
        if len(kept) == _SHOWN:
            break
    return kept
