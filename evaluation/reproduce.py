"""The published figures of retrieval: the experiments, their committed summaries, and the page of all results."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.builtin import BUILT_IN
from evaluation.catalogue import Files
from evaluation.errors import DataError
from evaluation.published import answers_markdown
from evaluation.report import run_markdown, table
from evaluation.run import Plan

__all__ = [
    "EXPERIMENTS",
    "FIGURES",
    "FRESH",
    "OWN",
    "PUBLIC",
    "PUBLISHED",
    "TEXT_SYSTEMS",
    "Experiment",
    "committed",
    "published_markdown",
    "read_rows",
    "write_committed",
    "write_index",
]

FRESH = ("fresh", "fresh-2", "fresh-3", "fresh-4", "fresh-5", "fresh-6", "fresh-7", "languages")
"""Labelled conversations by other writers, beside the built-in ones."""
TEXT_SYSTEMS = ("bm25", "bm25f", "dense", "hybrid", "verbatim")
"""What is run where there are no approved phrasings to be near to."""
FIGURES = "figures.json"
"""Every figure of the built-in sets, as rows; `evaluate` writes it, and pages read it."""
PUBLISHED = "published.json"
_MEASURES = ("nDCG@10", "RR@10", "R@10", "AP@10")


@dataclass(frozen=True, slots=True)
class Experiment:
    """One data set with its files, and what is run on it. File names stand in the data set's folder."""

    name: str
    dataset: str
    systems: tuple[str, ...] = TEXT_SYSTEMS
    documents: str | None = None
    queries: str | None = None
    plan: Plan = Plan(_MEASURES)

    def place(self, data: Path | None) -> str | None:
        """The data set as `run --dataset` takes it; None if it is not in the folder of public data."""
        folder = data / self.dataset if data else None
        return str(folder) if folder and folder.is_dir() else None

    def files(self, place: str) -> Files:
        """The files that take the place of the data set's usual ones."""
        documents, queries = (Path(place) / name if name else None for name in (self.documents, self.queries))
        return Files(documents, queries)

    def command(self, systems: Sequence[str] = ()) -> str:
        """The command that runs this experiment alone, with its own systems or these; DATA has the public data."""
        folder = self.dataset if self.dataset == BUILT_IN else f"DATA/{self.dataset}"
        parts = [
            f"python -m evaluation run --dataset {folder} --system {' '.join(systems or self.systems)}",
            f"--documents {folder}/{self.documents}" if self.documents else "",
            f"--queries {folder}/{self.queries}" if self.queries else "",
            f"--measures {' '.join(map(shlex.quote, self.plan.measures))}" if self.plan.measures != _MEASURES else "",
            f"--depth {self.plan.depth}" if self.plan.depth != Plan(()).depth else "",
            "--judged-only" if self.plan.judged_only else "",
            f"--out runs/{self.name}",
        ]
        return " ".join(part for part in parts if part)


# Relevant is grade 2 or more (README of the data); deep enough that every judged document has its place.
_LIVEQA = Plan(("nDCG@10", "RR(rel=2)@10", "R(rel=2)@10", "AP(rel=2)@10"), depth=2000, judged_only=True)

OWN = Experiment(
    BUILT_IN, BUILT_IN, (*TEXT_SYSTEMS[:-1], "nearest", "verbatim"), plan=Plan(("Success@1", "Success@3", *_MEASURES))
)
"""The built-in set, which `evaluate` runs."""

PUBLIC = (
    Experiment("scifact", "scifact"),
    Experiment("medication-qa", "medication-qa"),
    Experiment("medication-qa-focus", "medication-qa", documents="corpus-with-focus.jsonl"),
    Experiment("liveqa-med", "liveqa-med", plan=_LIVEQA),
    Experiment("liveqa-med-summary", "liveqa-med", queries="queries-summary.jsonl", plan=_LIVEQA),
    Experiment("medquad-qa-2048", "medquad-qa-2048"),
    Experiment("ema-leaflets", "ema-leaflets"),
    Experiment("canard-dev", "canard-dev"),
    Experiment("canard-dev-history", "canard-dev", queries="queries-history.jsonl"),
    Experiment("canard-dev-rewrite", "canard-dev", queries="queries-rewrite.jsonl"),
)
"""Those that need the folder of public data, which `reproduce` runs."""

EXPERIMENTS = (OWN, *PUBLIC)


def committed(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A summary as it is committed: measures to four digits, and what they depend on."""
    rounded = {name: {key: round(v, 4) for key, v in m.items()} for name, m in summary["measures"].items()}
    return {**summary, "measures": rounded}


def write_committed(folder: Path, name: str, summaries: Sequence[Mapping[str, Any]]) -> None:
    """Write the summaries of one experiment as NAME.json."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([committed(summary) for summary in summaries], indent=1)
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")


def published_markdown(published: Iterable[Mapping[str, Any]], name: str) -> str:
    """What others have published of a data set, to read beside ours; that nobody has, where there is nothing.

    `published` are rows of set, system, measure, value, source, and `like`: whether it is of the same data.
    """
    rows = [row for row in published if row["set"] == name]
    if not rows:
        return "No figure of this data set is published that could stand beside ours.\n"
    cells = [
        [row["system"], row["measure"], f"{row['value']:.3f}", "yes" if row["like"] else "no", row["source"]]
        for row in rows
    ]
    return "Published by others:\n\n" + table(["system", "measure", "value", "same data", "source"], cells)


def write_index(folder: Path) -> None:
    """Write README.md of what the folder has: every table with its command, and what others published of the set."""
    rows, published = read_rows(folder / FIGURES), read_rows(folder / PUBLISHED)
    parts = [_HEAD, f"{_ANSWERED}{answers_markdown(rows)}"] if rows else [_HEAD]
    for experiment in EXPERIMENTS:
        path = folder / f"{experiment.name}.json"
        if path.is_file():
            summaries = json.loads(path.read_bytes())
            command, figures = experiment.command([s["name"] for s in summaries]), run_markdown(summaries)
            beside = "" if experiment is OWN else f"\n{published_markdown(published, experiment.name)}"
            parts.append(f"## {experiment.name}\n\n`{command}`\n\n{figures}{beside}")
    (folder / "README.md").write_text("\n".join(parts), "utf-8")


def read_rows(path: Path) -> list[Mapping[str, Any]]:
    """The rows of a file of figures; none if it is not there. Raises DataError if it is damaged."""
    if not path.is_file():
        return []
    try:
        rows: list[Mapping[str, Any]] = json.loads(path.read_bytes())
    except ValueError as error:
        raise DataError(path, None, f"these are no figures ({error}).", "Restore it, or take it away.") from None
    return rows


_HEAD = """\
# Results

Written by `make benchmarks DATA=DATA LEAFLETS=FOLDER` of the JSON files beside it: those of the built-in sets come from
`python -m evaluation evaluate --commit`, the others from `python -m evaluation reproduce --data DATA`, where DATA is a
folder of public data sets in the BEIR layout. docs/benchmarks.md says what the figures mean, the JSON files what they
depend on.
"""
_ANSWERED = """\
## Conversations, answered as the chat does

`make evaluate COMMIT=--commit EVERYDAY=FOLDER LEAFLETS=FOLDER` (figures.json)

"""
