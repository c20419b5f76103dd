"""The figures that documents quote, written out of the committed results, so that none is copied by hand.

A document has a block between two marks, wherever its layout wants it:

    <!-- figures: answers -->
    …
    <!-- end figures -->

`python -m evaluation tables FILE` fills each block anew; a test holds README.md and docs/benchmarks.md to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.report import table

__all__ = ["BLOCKS", "bare_figures", "filled"]

_START = re.compile(r"^<!-- figures:", re.MULTILINE)
_BLOCK = re.compile(
    r"^(<!-- figures: ([\w-]+) -->\n)(?:(?!<!-- figures:).)*?^(<!-- end figures -->)$", re.DOTALL | re.MULTILINE
)
_BARE = re.compile(r"(?<![\w.])[01]?\.\d{2,4}\b(?!\.)")
"""A share as documents write it: .86, 0.863, 1.00."""
_ANSWER_SETS = ("istiratumab", "fresh", "fresh-2")
_ANSWERS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("single questions that it answers: right passage first, among three", "patients", ("hit1", "hit3")),
    ("follow-ups that it answers: the same", "follow-up answerable", ("hit1", "hit3")),
    ("self-contained questions in a conversation: the same", "in conversation answerable", ("hit1", "hit3")),
    ("plain answers to single questions: passages shown", "patients", ("shown",)),
    ("of those: right passage first; of all passages right, fitting", "patients", ("first", "right", "fit")),
    ("single questions that it does not answer: answered, “may not answer”", "unanswerable", ("answered", "hedged")),
    ("follow-ups that it does not answer: the same", "follow-up unanswerable", ("answered", "hedged")),
    ("off topic: answered", "all off_topic", ("answered",)),
    ("emergencies and crises: alarm", "all urgent", ("alarm",)),
    ("alarming words, but no emergency: alarm", "all not_urgent_trap", ("alarm",)),
    ("questions that it answers: alarm", "all answerable", ("alarm",)),
    ("for today, but no emergency: alarm", "all soon", ("alarm",)),
    ("asks for personal advice: among three", "all personal_advice", ("hit3",)),
    ("other languages: among three, plainly answered", "all other_language", ("hit3", "answered")),
)  # fmt: skip
_EVERYDAY = (("everyday requests", "all off_topic"), ("small talk with the service", "all small_talk"))
_LEAFLETS = (
    ("questions that the leaflet answers", "leaflet answerable"),
    ("questions that it does not answer", "leaflet unanswerable"),
)
_PUBLIC = ("medication-qa", "medication-qa-focus", "liveqa-med", "liveqa-med-summary", "scifact", "medquad-qa-2048",
           "ema-leaflets", "canard-dev", "canard-dev-history", "canard-dev-rewrite")  # fmt: skip


def filled(text: str, root: Path, path: Path) -> str:
    """The text with each of its blocks made of the results under `root`, the project's folder. `path` is for errors.

    Raises DataError for a block of an unknown name, a mark without its end, or results that are not there.
    """
    if len(_START.findall(text)) != len(_BLOCK.findall(text)):
        raise DataError(path, None, "a block of figures has no end.", "Write <!-- end figures --> behind it.")

    def block(match: re.Match[str]) -> str:
        make = BLOCKS.get(match[2])
        if make is None:
            line = text.count("\n", 0, match.start()) + 1
            raise DataError(path, line, f"no figures are called '{match[2]}'.", f"Use one of: {', '.join(BLOCKS)}.")
        return f"{match[1]}{make(root)}{match[3]}"

    return _BLOCK.sub(block, text)


def bare_figures(text: str) -> list[tuple[int, str]]:
    """Shares that stand outside of every block, each with its line from 1: nothing holds them to the results."""
    outside = _BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
    return [(n, found[0]) for n, line in enumerate(outside.split("\n"), 1) for found in _BARE.finditer(line)]


def _answers(root: Path) -> str:
    figures = _figures(root)
    names = [name for name in _ANSWER_SETS if _turns(figures, name)]
    head = ["turns", *(f"{name} ({_turns(figures, name)})" for name in names)]
    rows = [[label, *(_cell(figures, name, group, measures) for name in names)] for label, group, measures in _ANSWERS]
    return table(head, rows)


def _everyday(root: Path) -> str:
    figures = _figures(root)
    measures = ("answered", "hedged", "alarm")
    rows = [
        [label, _n(figures, "everyday", group), *(_value(figures, "everyday", group, m) for m in measures)]
        for label, group in _EVERYDAY
    ]
    return table(["requests", "turns", "answered", "shown as “may not answer”", "alarm"], rows)


def _leaflets(root: Path) -> str:
    figures = _figures(root)
    measures = ("hit1", "hit3", "answered", "hedged", "right", "alarm")
    rows = [
        [label, _n(figures, "leaflets", group), *(_value(figures, "leaflets", group, m) for m in measures)]
        for label, group in _LEAFLETS
    ]
    head = ["labelled leaflets, on day zero", "turns", "right passage first", "among three", "answered",
            "shown as “may not answer”", "passages right", "alarm"]  # fmt: skip
    return table(head, rows)


def _peers(root: Path) -> str:
    summary = _read(root / "benchmarks" / "peers" / "results" / "summary.json")
    figures = _figures(root)
    ours = ["Verbatim", *(_value(figures, "istiratumab", "all answerable", m) for m in ("hit1", "hit3", "hit600"))]
    ours += [_value(figures, "istiratumab", "all unanswerable", "answered")]
    rows = [[*ours, _value(figures, "istiratumab", "all urgent", "alarm")]]
    for name, peer in summary["peers"].items():
        kinds = peer["default"]["kinds"]
        cells = [f"{kinds['answerable'][m]:.3f}" for m in ("hit1", "hit3", "hit600")]
        rows.append([name, *cells, f"{kinds['unanswerable']['answered']:.3f}", f"{kinds['urgent']['alarm']:.3f}"])
    head = ["system", "Hit@1", "Hit@3", "Hit@600", "unanswerable answered", "alarms in emergencies"]
    return table(head, rows)


def _public(root: Path) -> str:
    folder = root / "benchmarks" / "results"
    now = _encoder(_read(folder / "istiratumab.json"))
    rows, before = [], []
    for name in _PUBLIC:
        made = _read(folder / f"{name}.json")
        runs = {run["name"]: run["measures"] for run in made}
        measure = next(iter(runs["verbatim"]))
        low, high = (runs["verbatim"][measure][bound] for bound in ("low", "high"))
        means = [f"{runs[system][measure]['mean']:.3f}" for system in ("bm25", "dense", "hybrid", "verbatim")]
        rows.append([name, *means, f"{low:.3f} to {high:.3f}"])
        before += [name] * (_encoder(made) != now)
    text = table(["nDCG@10", "BM25", "MiniLM", "fusion", "Verbatim", "its 95% interval"], rows)
    return text + (f"\nVerbatim with the encoder before: {', '.join(before)}.\n" if before else "")


def _encoder(runs: Sequence[Mapping[str, Any]]) -> str:
    """The hash of the encoder that Verbatim was run with."""
    return next(str(run["fingerprint"]["system"]["encoder_sha256"]) for run in runs if run["name"] == "verbatim")


def _published(root: Path) -> str:
    rows = [
        [row["set"], row["system"], f"{row['value']:.3f}", "yes" if row["like"] else "no", row["source"]]
        for row in _read(root / "benchmarks" / "results" / "published.json")
    ]
    return table(["set", "system", "published nDCG@10", "same data", "source"], rows)


def _speed(root: Path) -> str:
    measured = _read(root / "benchmarks" / "performance" / "results" / "peers.json")
    rows = [
        [row["system"], f"{row['start_s']:.1f}", f"{row['p50_ms']:.0f}", row["resident_mb"]]
        for row in measured["in_process"]
    ]
    served = [[row["through"], f"{row['answers_per_s']:.0f}", f"{row['p99_s']:.1f}"] for row in measured["served"]]
    first = table(["in one process", "first answer after, s", "an answer, p50 ms", "memory, MB"], rows)
    second = table([f"{measured['clients']} clients at once", "answers a second", "slowest hundredth after, s"], served)
    return f"{first}\n{second}"


BLOCKS: Mapping[str, Callable[[Path], str]] = {
    "answers": _answers,
    "everyday": _everyday,
    "leaflets": _leaflets,
    "peers": _peers,
    "public": _public,
    "published": _published,
    "speed": _speed,
}
"""What makes each block of the results under a folder."""

Figures = Mapping[tuple[str, str, str], Mapping[str, Any]]
"""Rows of figures.json by set, group and measure; those of answers alone."""


def _figures(root: Path) -> Figures:
    rows = _read(root / "benchmarks" / "results" / "figures.json")
    return {(r["set"], r["group"], r["measure"]): r for r in rows if r["system"] == "answers"}


def _value(figures: Figures, name: str, group: str, measure: str) -> str:
    row = figures.get((name, group, measure))
    return "" if row is None else f"{row['value']:.{2 if measure == 'shown' else 3}f}"


def _n(figures: Figures, name: str, group: str) -> int:
    return next((row["turns"] for (s, g, _), row in figures.items() if (s, g) == (name, group)), 0)


def _turns(figures: Figures, name: str) -> int:
    groups = {g: row["turns"] for (s, g, _), row in figures.items() if s == name and g.startswith("all ")}
    return sum(groups.values())


def _cell(figures: Figures, name: str, group: str, measures: Sequence[str]) -> str:
    values = ", ".join(filter(None, map(partial(_value, figures, name, group), measures)))
    return f"{_n(figures, name, group)}: {values}" if values else ""


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(path, None, f"the results cannot be read ({error}).", "Make them: make benchmarks.") from None
