"""The folder of a run or of a scored file of answers, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.errors import DataError
from evaluation.jsonl import read_objects
from evaluation.statistics import Values

__all__ = ["Results", "read_comparable", "read_results", "shared_values"]


@dataclass(frozen=True)
class Results:
    """Figures of one system on one data set, query by query."""

    name: str
    dataset: str
    data_sha256: str
    rows: Mapping[str, Mapping[str, Any]]
    """The records of per_query.jsonl by query."""
    risk_measure: str
    """The measure whose distance from 1 is the risk of an answer."""

    @property
    def measures(self) -> list[str]:
        """Every measure that some query has, in the order of the file."""
        return list(dict.fromkeys(name for row in self.rows.values() for name in row["measures"]))

    def known(self, measure: str, folder: Path) -> str:
        """The measure itself. Raises DataError if no query has it."""
        if measure not in self.measures:
            known = ", ".join(self.measures)
            raise DataError(folder, None, f"'{measure}' was not measured.", f"Use one of: {known}.")
        return measure

    def latencies(self) -> Values:
        """Milliseconds of the queries that were timed."""
        return np.array([row["ms"] for row in self.rows.values() if row["ms"] is not None], dtype=np.float64)


def read_results(folder: Path) -> Results:
    """Read summary.json and per_query.jsonl. Raises DataError if one is missing or damaged."""
    path = folder / "summary.json"
    try:
        summary = json.loads(path.read_bytes())
        name, dataset, data = summary["name"], summary["dataset"], summary["fingerprint"]["data"]["sha256"]
        risk = summary["risk_measure"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            path, None, f"no summary of a run ({error!r}).", "Give a folder that 'run' or 'score' wrote."
        ) from error
    keys = ("query", "measures", "ms", "confidence", "expected", "found")
    queries = folder / "per_query.jsonl"
    rows = {}
    for line, record in read_objects(queries, *keys):
        lists = isinstance(record["expected"], list) and isinstance(record["found"], list)
        if not isinstance(record["query"], str) or not isinstance(record["measures"], dict) or not lists:
            raise DataError(queries, line, "this is no query of a run.", "Let 'run' or 'score' write it anew.")
        rows[record["query"]] = record
    return Results(name, dataset, data, rows, risk)


def read_comparable(folders: Sequence[Path]) -> list[Results]:
    """The results of two or more folders; where two systems have one name, the folders' names tell them apart.

    Raises DataError if they are not of the same data: paired tests need the same queries.
    """
    results = [read_results(folder) for folder in folders]
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise DataError(folders[0], None, "a run is given twice.", "Give each folder once.")
    if len(results) < 2:
        raise DataError(folders[0], None, "one run cannot be compared.", "Give two or more folders.")
    for other, folder in zip(results, folders, strict=True):
        if other.data_sha256 != results[0].data_sha256:
            problem = f"'{other.name}' ran on other data than '{results[0].name}'."
            raise DataError(folder, None, problem, "Compare runs of one data set and one set of judgements.")
    if len({r.name for r in results}) < len(results):
        return [replace(r, name=str(folder)) for r, folder in zip(results, folders, strict=True)]
    return results


def shared_values(results: Sequence[Results], measure: str) -> tuple[list[str], list[Values]]:
    """The queries for which all have the measure, and its values for each of the results."""
    queries = [q for q in results[0].rows if all(measure in r.rows.get(q, {}).get("measures", ()) for r in results)]
    return queries, [np.array([float(r.rows[q]["measures"][measure]) for q in queries]) for r in results]
