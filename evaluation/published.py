"""Results as one JSON that a notebook reads in a line, and what sets them apart from the committed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.report import figure_cell, table
from evaluation.scoring import MEASURES, SHOWN_MEASURES, Score

__all__ = ["answer_rows", "answers_markdown", "difference_markdown", "run_rows"]

Row = Mapping[str, Any]
"""One figure: set, system, group, measure, turns, value, low, high."""
_ANSWERS = "answers"
"""What answers of the chat are called among the systems."""


def answer_rows(name: str, score: Score) -> Iterator[Row]:
    """Every figure of scored answers with its 95% interval; `name` is the set."""
    figures, intervals = score.as_json(), score.intervals()
    for group, bounds in intervals.items():
        for measure, (low, high) in bounds.items():
            row = figures[group]
            turns = row["n_gold"] if measure.startswith("hit") else row["n"]
            yield _row(name, _ANSWERS, group, measure, turns, row[measure], low, high)


def run_rows(name: str, summaries: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Every figure of runs on one data set with its 95% interval."""
    for summary in summaries:
        for measure, value in summary["measures"].items():
            yield _row(
                name, summary["name"], "all", measure, summary["queries"],
                round(value["mean"], 4), value["low"], value["high"],
            )  # fmt: skip


def answers_markdown(rows: Sequence[Row]) -> str:
    """The answers of each set among the rows: every share by group, with its 95% interval."""
    sets: dict[str, dict[str, dict[str, Row]]] = {}
    for row in rows:
        if row["system"] == _ANSWERS:
            sets.setdefault(row["set"], {}).setdefault(row["group"], {})[row["measure"]] = row
    measures = (*MEASURES, *SHOWN_MEASURES)
    parts = []
    for name, groups in sets.items():
        cells = [
            [group, own[MEASURES[0]]["turns"], *(_cell(own.get(measure)) for measure in measures)]
            for group, own in groups.items()
        ]
        parts.append(f"### {name}\n\n{table(['group', 'turns', *measures], cells)}")
    return "\n".join(parts)


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


def _cell(row: Row | None) -> str:
    return "" if row is None else figure_cell(row["measure"], row["value"], row["low"], row["high"])


def _row(*values: object) -> dict[str, Any]:
    names = ("set", "system", "group", "measure", "turns", "value", "low", "high")
    return dict(zip(names, values, strict=True))


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("set", "system", "group", "measure"))
