"""Measures of a run, by ir_measures, query by query."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import ir_measures

from evaluation.datasets import Qrels
from evaluation.errors import DataError
from evaluation.trec import HIGHEST_GRADE, Run

__all__ = ["check_measures", "condensed", "measure", "try_measures"]

_ROOT = Path(__file__).resolve().parent.parent
_WHERE = Path("--measures")
_SECONDS = 120
"""A trial that takes longer than this is not waited for: a measure of so many judgements takes seconds."""


def check_measures(names: Sequence[str]) -> None:
    """Raises DataError for a name that ir_measures does not know, such as a misspelt one, or a bound of nothing.

    A cut-off or a lowest relevant grade under 1 ends the process in some engines, and gives 0 in others.
    """
    for name in names:
        try:
            metric = ir_measures.parse_measure(name)
        except Exception as error:  # NameError, ValueError or the parser's own kinds
            remedy = "See https://ir-measur.es for names."
            raise DataError(_WHERE, None, f"no measure is called '{name}'.", remedy) from error
        for parameter in ("cutoff", "rel"):
            value = metric.params.get(parameter, 1)
            if not isinstance(value, int) or not 1 <= value <= 2**31 - 1:
                problem = f"'{name}' cannot be measured with {parameter} {value}."
                raise DataError(_WHERE, None, problem, "Give a whole number from 1.")
        gains = metric.params.get("gains") or {}
        if isinstance(gains, dict) and any(not 0 <= gain <= HIGHEST_GRADE for gain in gains.values()):
            raise DataError(_WHERE, None, f"'{name}' has a gain too high.", f"Give gains of 0 to {HIGHEST_GRADE}.")


def try_measures(names: Sequence[str], qrels: Qrels) -> None:
    """Measure a run of the judged documents, so that what cannot be measured fails before anything is searched.

    Raises DataError naming the measure: its engine is not installed (RBP, alpha_nDCG), it lacks a parameter (INST),
    or it cannot take these grades (ERR takes grades of up to 4).
    """
    check_measures(names)
    problems = _tried(names, qrels)
    if problems is None:  # an engine ended the process or would not end; which measure was it?
        each = {name: _tried([name], qrels) for name in names}
        problems = {name: "its engine broke down" if found is None else found[name] for name, found in each.items()}
    for name, problem in problems.items():
        if problem:
            raise _unmeasured(name, problem)


def _tried(names: Sequence[str], qrels: Qrels) -> dict[str, str] | None:
    """What is wrong with each measure, tried in a process of its own; None if that did not come to its end."""
    command = [sys.executable, "-m", "evaluation.trial"]
    given = json.dumps({"measures": list(names), "qrels": qrels})
    try:
        done = subprocess.run(  # noqa: S603 - this very Python
            command, cwd=_ROOT, input=given, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
        problems: dict[str, str] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None
    return problems


def condensed(run: Run, qrels: Qrels) -> Run:
    """The run without documents that nobody judged (condensed lists: Sakai, SIGIR 2007)."""
    return {q: [(d, score) for d, score in found if d in qrels.get(q, {})] for q, found in run.items()}


def measure(names: Sequence[str], qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Each measure of each judged query: {query: {name: value}}, queries in the order of `qrels`.

    A query for which the run has nothing measures 0. Documents count in the order of the run: scores
    are replaced by ranks, since the engines behind ir_measures break ties differently. Queries go to the engines by
    number: one of them takes no names. Two names of one measure (RR@10, MRR@10) both have its value.

    Raises DataError if an engine cannot measure this run.
    """
    parsed = {name: ir_measures.parse_measure(name) for name in names}
    numbers = {query: str(at) for at, query in enumerate(qrels, 1)}
    ranked = {
        numbers[q]: {d: float(len(found) - at) for at, (d, _) in enumerate(found)}
        for q, found in run.items()
        if found and q in numbers
    }
    # A negative grade ends the process in the engine below; data sets have none, other callers may.
    grades = {numbers[q]: {d: max(0, grade) for d, grade in judged.items()} for q, judged in qrels.items()}
    try:
        measured = {
            (metric.query_id, metric.measure): float(metric.value)
            for metric in ir_measures.iter_calc(list(dict.fromkeys(parsed.values())), grades, ranked)
        }
    except Exception as error:  # each engine raises its own kinds; each means: not to be measured
        raise _unmeasured(", ".join(names), told(error)) from error
    return {
        query: {name: measured.get((numbers[query], metric), 0.0) for name, metric in parsed.items()} for query in qrels
    }


def told(error: Exception) -> str:
    """An engine's error in one line, without addresses in memory and names of its temporary files."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"its engine refuses these judgements (exit status {error.returncode})"
    return re.sub(r"=<object [^>]*>", " is missing", " ".join(str(error).split())).rstrip(".") or type(error).__name__


def _unmeasured(names: str, problem: str) -> DataError:
    remedy = "Leave it out, or see https://ir-measur.es for what it needs."
    return DataError(_WHERE, None, f"'{names}' cannot be measured here: {problem}.", remedy)
