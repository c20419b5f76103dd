"""Measures of a run, by ir_measures, query by query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ir_measures

from evaluation.datasets import Qrels
from evaluation.errors import DataError
from evaluation.trec import Run

__all__ = ["check_measures", "condensed", "measure"]


def check_measures(names: Sequence[str]) -> None:
    """Raises DataError for a name that ir_measures does not know, such as a misspelt one."""
    for name in names:
        try:
            ir_measures.parse_measure(name)
        except Exception as error:  # NameError, ValueError or the parser's own kinds
            where = "See https://ir-measur.es for names."
            raise DataError(Path("--measures"), None, f"no measure is called '{name}'.", where) from error


def condensed(run: Run, qrels: Qrels) -> Run:
    """The run without documents that nobody judged (condensed lists: Sakai, SIGIR 2007)."""
    return {q: [(d, score) for d, score in found if d in qrels.get(q, {})] for q, found in run.items()}


def measure(names: Sequence[str], qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Each measure of each judged query: {query: {name: value}}, queries in the order of `qrels`.

    A query for which the run has nothing measures 0. Documents count in the order of the run: scores
    are replaced by ranks, since the engines behind ir_measures break ties differently.
    """
    by_measure = {ir_measures.parse_measure(name): name for name in names}
    ranked = {q: {d: float(len(found) - at) for at, (d, _) in enumerate(found)} for q, found in run.items() if found}
    grades: Mapping[str, Mapping[str, int]] = qrels
    values: dict[str, dict[str, float]] = {query: dict.fromkeys(names, 0.0) for query in qrels}
    for metric in ir_measures.iter_calc(list(by_measure), grades, ranked):
        values[metric.query_id][by_measure[metric.measure]] = float(metric.value)
    return values
