"""Try measures in a process of their own: some engines behind ir_measures end the process that calls them.

    python -m evaluation.trial < {"measures": […], "qrels": {…}}

prints {"measure": what is wrong, or ""} for each. It is called by evaluation/measures.py, before anything is searched.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping

from evaluation.errors import DataError
from evaluation.measures import measure, told

__all__ = ["main"]

_DEPTH = 100


def main() -> int:
    """Measure a run that finds every judged document, measure by measure."""
    given = json.load(sys.stdin)
    json.dump({name: _problem(name, given["qrels"]) for name in given["measures"]}, sys.stdout)
    return 0


def _problem(name: str, qrels: Mapping[str, Mapping[str, int]]) -> str:
    run = {query: [(document, 0.0) for document in list(grades)[:_DEPTH]] for query, grades in qrels.items()}
    try:
        values = measure([name], qrels, run)
    except DataError as error:
        return told(error.__cause__ if isinstance(error.__cause__, Exception) else error)
    wrong = next((query for query, row in values.items() if not math.isfinite(row[name])), None)
    return "" if wrong is None else f"it is {values[wrong][name]} for the query '{wrong}'"


if __name__ == "__main__":
    sys.exit(main())
