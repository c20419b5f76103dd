"""Gates: what a release must fulfil before it can go live.

`corpus/suites/gates.yaml` says which figures of the suites a release must reach:

    at_least: {Hit@3: 0.9, alarm: 0.97}
    at_most: {false alarm: 0.05}

In a library each medicine has to reach them by the questions that are about it. One that shows all as the live release
does holds up no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.assistant import Assistant
from evaluation.errors import DataError
from staff.answerable import Answerable, by_topic
from staff.suite_run import FIGURES, Figure, Result, figures

__all__ = ["Gate", "Thresholds", "check_gates", "read_thresholds"]

_FILE = "gates.yaml"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition. `detail` says what was found, for staff."""

    name: str
    passed: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least or greatest shares, by the name of the figure."""

    at_least: Mapping[str, float]
    at_most: Mapping[str, float]


def read_thresholds(folder: Path) -> Thresholds:
    """Read `gates.yaml` of the folder of suites. Raises DataError if it is missing or malformed."""
    path = folder / _FILE
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
    except OSError:
        raise DataError(path, None, "the file is missing.", "Write one (docs/staff-guide.md).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(path, None, f"not YAML ({error}).", "Mend it.") from None
    if not isinstance(values, dict) or set(values) - {"at_least", "at_most"}:
        raise DataError(path, None, "it is not 'at_least' and 'at_most'.", "Write each with figures under it.")
    parts = [values.get(key) or {} for key in ("at_least", "at_most")]
    for part in parts:
        for name, value in part.items():
            if name not in FIGURES:
                raise DataError(path, None, f"'{name}' is no figure.", f"Use one of: {', '.join(FIGURES)}.")
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise DataError(path, None, f"'{name}' is {value!r}, no share.", "Write a number from 0 to 1.")
    return Thresholds(*parts)


def check_gates(
    assistant: Assistant,
    results: Sequence[Result],
    live: Sequence[Result] | None,
    thresholds: Thresholds,
    today: date,
    undecided: Sequence[Answerable] = (),
) -> tuple[Gate, ...]:
    """Check everything and report all of it. `live` are the results of the release that is live, if one is; `undecided`
    the known gaps that text which is new since then may answer, and that nobody has decided to keep."""
    return (
        Gate("questions", bool(results), f"{len(results)} asked"),
        _review_dates(assistant, today),
        _new_text(undecided),
        _must_pass(results, live),
        *_suites(assistant, results),
        *_measured(results, live, thresholds),
    )


def _review_dates(assistant: Assistant, today: date) -> Gate:
    monographs = ((d.monograph.id, d.monograph.review_by) for d in assistant.corpus.documents.values())
    notices = ((f"notice {n.name}", n.review_by) for n in assistant.notices.values())
    late = [f"{name} ({review_by})" for name, review_by in (*monographs, *notices) if review_by < today]
    return Gate("review dates", not late, f"past review: {', '.join(late)}" if late else "none is past")


def _new_text(undecided: Sequence[Answerable]) -> Gate:
    topics = ", ".join(f"{topic} ({len(group)})" for (_, _, topic), group in by_topic(undecided).items())
    found = f"new text may answer what is marked as not covered, undecided: {topics}"
    return Gate("new text", not undecided, found if undecided else "no known gap is left undecided")


def _must_pass(results: Iterable[Result], live: Iterable[Result] | None) -> Gate:
    """A question that must pass and fails is forgiven only if it fails in the live release just so."""
    known = {r.name for r in live or () if not r.passed}
    failing = ["/".join(r.name) for r in results if r.must_pass and not r.passed and r.name not in known]
    return Gate("must pass", not failing, f"newly failing: {', '.join(failing)}" if failing else "none newly fails")


def _suites(assistant: Assistant, results: Iterable[Result]) -> Iterator[Gate]:
    """In a library each medicine has questions of its own: another one's say nothing of it."""
    asked = Counter(result.document for result in results)
    names = list(assistant.corpus.documents)
    for name in names if len(names) > 1 else ():
        found = f"{asked[name]} questions are about it" if asked[name] else "no question is about it: it needs a suite"
        yield Gate(f"{name}: suite", bool(asked[name]), found)


def _measured(results: Sequence[Result], live: Sequence[Result] | None, thresholds: Thresholds) -> Iterator[Gate]:
    """Each figure of each medicine by its own questions, so that none makes up for another."""
    measured = {figure.name for figure in figures(results)}
    for name in (*thresholds.at_least, *thresholds.at_most):
        if name not in measured:
            yield Gate(name, False, "no question measures it")
    medicines = sorted({result.document for result in results})
    for medicine in medicines:
        own = [result for result in results if result.document == medicine]
        prefix = f"{medicine or 'any medicine'}: " if len(medicines) > 1 else ""
        was = [result for result in live or () if result.document == medicine]
        same = prefix != "" and live is not None and _shown(own) == _shown(was)
        yield from _figures(figures(own), thresholds, prefix, same)


def _shown(results: Iterable[Result]) -> dict[tuple[str, str], tuple[object, ...]]:
    return {r.name: (r.text, r.problem, r.decision, r.cited) for r in results}


def _figures(found: Iterable[Figure], thresholds: Thresholds, prefix: str, same: bool) -> Iterator[Gate]:
    """A medicine of which all is shown as in the live release (`same`) holds up no other one."""
    by_name = {figure.name: figure for figure in found}
    sides = ((thresholds.at_least, "at least", 1), (thresholds.at_most, "at most", -1))
    for limits, words, sign in sides:
        for name, limit in limits.items():
            if (figure := by_name.get(name)) is None:
                continue
            low, high = figure.interval
            detail = f"{figure.hits} of {figure.trials} = {figure.share:.3f} ({low:.2f}–{high:.2f}), {words} {limit}"
            passed = sign * figure.share >= sign * limit
            detail += "; as in the live release" if same and not passed else ""
            yield Gate(f"{prefix}{name}", passed or same, detail)
