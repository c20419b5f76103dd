"""Results as one JSON that a notebook reads in a line, and what sets them apart from the committed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.report import table
from evaluation.scoring import Score

__all__ = ["answer_rows", "difference_markdown", "run_rows"]

Row = Mapping[str, Any]
"""One figure: set, system, group, measure, turns, value, low, high."""


def answer_rows(name: str, score: Score) -> Iterator[Row]:
    """Every figure of scored answers with its 95% interval; `name` is the set."""
    figures, intervals = score.as_json(), score.intervals()
    for group, bounds in intervals.items():
        for measure, (low, high) in bounds.items():
            row = figures[group]
            turns = row["n_gold"] if measure.startswith("hit") else row["n"]
            yield _row(name, "answers", group, measure, turns, row[measure], low, high)


def run_rows(name: str, summaries: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Every figure of runs on one data set with its 95% interval."""
    for summary in summaries:
        for measure, value in summary["measures"].items():
            yield _row(
                name, summary["name"], "all", measure, summary["queries"],
                round(value["mean"], 4), value["low"], value["high"],
            )  # fmt: skip


def difference_markdown(committed: Sequence[Row], fresh: Sequence[Row]) -> str:
    """The figures that are not as committed, by at least a thousandth; those that either lacks are counted."""
    old, new = ({_key(row): row for row in rows} for rows in (committed, fresh))
    both = [key for key in new if key in old]
    rows = [
        [" ".join(key[:3]), key[3], f"{old[key]['value']:.3f}", f"{new[key]['value']:.3f}",
         f"{new[key]['value'] - old[key]['value']:+.3f}"]
        for key in both
        if abs(new[key]["value"] - old[key]["value"]) >= 0.001
    ]  # fmt: skip
    text = f"{len(both)} figures compared with the committed ones, {len(rows)} differ.\n"
    if rows:
        text += "\n" + table(["set, system, group", "measure", "committed", "now", "difference"], rows)
    lacking = len(new) - len(both), len(old) - len(both)
    return text + (f"\n{lacking[0]} are new, {lacking[1]} were not made this time.\n" if any(lacking) else "")


def _row(*values: object) -> dict[str, Any]:
    names = ("set", "system", "group", "measure", "turns", "value", "low", "high")
    return dict(zip(names, values, strict=True))


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("set", "system", "group", "measure"))
