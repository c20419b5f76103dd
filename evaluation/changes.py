"""Two files of answers to the same conversations: which turns a change made better, which worse, and is it chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.errors import DataError
from evaluation.report import table
from evaluation.scoring import RIGHT, Score
from evaluation.statistics import mcnemar, mean_interval, randomisation_test

__all__ = ["Change", "Figure", "changes", "changes_json", "changes_markdown", "figures"]

_ALL = "all"
_BINARY = ("answered", "hedged", "alarm", "hit1", "hit3", "hit600", RIGHT)
_COUNTED = ("shown", "right", "fit")
_HIGHER = frozenset({"hit1", "hit3", "hit600", RIGHT, "right", "fit"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one kind of turns (or of all), before and after, over the turns that have it in both files.

    `more` and `less` are the turns on which it went up and down. `p` is two-sided: McNemar's exact test of a decision,
    the paired randomisation test of what counts passages; `low` and `high` bound the difference, by bootstrap.
    """

    kind: str
    measure: str
    turns: int
    before: float
    after: float
    more: int
    less: int
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Change:
    """A turn that was answered otherwise. `verdict` is better, worse, both (of several figures), or other."""

    query: str
    kind: str
    text: str
    verdict: str
    before: str
    after: str
    measures: Mapping[str, tuple[float, float]]
    """Those that changed: before and after."""


def figures(before: Score, after: Score, paths: tuple[Path, Path]) -> list[Figure]:
    """Every figure that both files have, of all turns and by kind. `paths` are for errors.

    Raises DataError if no turn is answered in both files.
    """
    pairs = _pairs(before, after, paths)
    kinds = [_ALL, *sorted({old["kind"] for old, _ in pairs})]
    out = []
    for kind in kinds:
        own = [(o["measures"], n["measures"]) for o, n in pairs if kind in (_ALL, o["kind"])]
        for measure in (*_BINARY, *_COUNTED):
            both = [(o[measure], n[measure]) for o, n in own if measure in o and measure in n]
            # An alarm is right for some kinds and wrong for others: over all of them it says nothing.
            if both and not (kind == _ALL and measure not in _HIGHER):
                out.append(_figure(kind, measure, np.array(both, dtype=np.float64)))
    return out


def changes(before: Score, after: Score, paths: tuple[Path, Path]) -> list[Change]:
    """The turns whose decision, measures or passages changed: worse first, then both, better and other."""
    order = ("worse", "both", "better", "other")
    found = [change for old, new in _pairs(before, after, paths) if (change := _change(old, new)) is not None]
    return sorted(found, key=lambda change: (order.index(change.verdict), change.query))


def changes_markdown(measured: Sequence[Figure], changed: Sequence[Change], turns: int) -> str:
    """Both to read: the figures, then turn by turn."""
    rows = [
        [f"{f.kind} {f.measure}", f.turns, f"{f.before:.3f}", f"{f.after:.3f}", f"{f.after - f.before:+.3f}",
         f"{f.low:+.3f} to {f.high:+.3f}", f"{f.more}/{f.less}", _p(f.p)]
        for f in measured
    ]  # fmt: skip
    head = ["figure", "turns", "before", "after", "difference", "95% interval", "more/less", "p"]
    counts = {v: sum(c.verdict == v for c in changed) for v in ("better", "worse", "both", "other")}
    parts = [
        f"{turns} turns in both files; {len(changed)} changed: {counts['better']} better, {counts['worse']} worse, "
        f"{counts['both']} both, {counts['other']} other.\n",
        f"{table(head, rows)}\np by McNemar's exact test (decisions) or paired randomisation (passages), two-sided, "
        "not adjusted.\n",
    ]
    for verdict in ("worse", "both", "better", "other"):
        own = [change for change in changed if change.verdict == verdict]
        if own:
            parts.append(f"## {verdict.capitalize()}: {len(own)}\n\n" + "".join(map(_line, own)))
    return "\n".join(parts)


def changes_json(measured: Sequence[Figure], changed: Sequence[Change]) -> dict[str, Any]:
    """The same as plain objects."""
    return {"figures": [asdict(f) for f in measured], "changes": [asdict(c) for c in changed]}


def _pairs(before: Score, after: Score, paths: tuple[Path, Path]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    old = {record["query"]: record for record in before.records()}
    pairs = [(old[record["query"]], record) for record in after.records() if record["query"] in old]
    if not pairs:
        problem = f"no turn is answered here and in {paths[0]}."
        raise DataError(paths[1], None, problem, "Give two files of answers to the same conversations.")
    return pairs


def _figure(kind: str, measure: str, both: np.ndarray[Any, np.dtype[np.float64]]) -> Figure:
    before, after = both.T
    difference = after - before
    more, less = int((difference > 0).sum()), int((difference < 0).sum())
    p = mcnemar(more, less) if measure in _BINARY else randomisation_test(after, before) if more + less else 1.0
    low, high = mean_interval(difference)
    return Figure(kind, measure, len(both), float(before.mean()), float(after.mean()), more, less, low, high, p)


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> Change | None:
    moved = {
        m: (old["measures"][m], new["measures"][m])
        for m in old["measures"]
        if m in new["measures"] and old["measures"][m] != new["measures"][m]
    }
    shown = [[(f["document"], f["text"]) for f in record["found"]] for record in (old, new)]
    if not moved and old["decision"] == new["decision"] and shown[0] == shown[1]:
        return None
    ways = {_better(m, new["kind"], bool(new["expected"])) * (1 if b > a else -1) for m, (a, b) in moved.items()} - {0}
    verdict = "other" if not ways else "both" if len(ways) > 1 else "better" if ways == {1} else "worse"
    return Change(new["query"], new["kind"], new["text"], verdict, _told(old), _told(new), moved)


def _better(measure: str, kind: str, answerable: bool) -> int:
    """1 if more of it is better, −1 if less is, 0 if neither."""
    if measure in _HIGHER:
        return 1
    if measure == "alarm":
        return 1 if kind == "urgent" else -1
    if measure == "answered" and kind not in ("urgent", "adversarial"):
        return 1 if answerable else -1
    return 0


def _told(record: Mapping[str, Any]) -> str:
    first = record["found"][0]["text"] if record["found"] else ""
    return f"{record['decision']}{f': {first[:160]}' if first else ''}"


def _line(change: Change) -> str:
    moved = ", ".join(f"{name} {a:g} → {b:g}" for name, (a, b) in change.measures.items())
    lines = [f"- **{change.query}** ({change.kind}) {_flat(change.text)}", f"  - {moved or 'no measure changed'}"]
    lines += [f"  - before: {_flat(change.before)}", f"  - after: {_flat(change.after)}"]
    return "\n".join(lines) + "\n"


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("<", "\\<").replace("*", "\\*")


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
