"""Several systems on one data set: their runs side by side, and what sets them apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evaluation.catalogue import Folders, open_system
from evaluation.compare import compare, comparison_markdown, means
from evaluation.datasets import Dataset
from evaluation.leaflets import Alone
from evaluation.measures import try_measures
from evaluation.preflight import apart, need_room, writable_files, writable_folder
from evaluation.report import COMPARISON_FILES
from evaluation.results import read_comparable
from evaluation.run import RUN_FILES, Plan, run_system
from evaluation.systems import ExistingRun, need_documents
from retrieval.encoder import Encoder
from retrieval.progress import progress_bar

_BYTES_A_RESULT = 160
"""Of one document found: its line in the run, and in the file of what was searched so far."""

__all__ = ["run_systems", "system_folder", "write_comparison"]


def run_systems(
    dataset: Dataset, specs: Sequence[str], plan: Plan, out: Path, folders: Folders, load: Callable[[str], Encoder]
) -> list[Mapping[str, Any]]:
    """Run each system into its folder under `out`, one alone into `out` itself. Returns their summaries.

    All that could fail at the end is tried first: names, files, measures, folders and disks. Raises DataError.
    """
    try_measures(plan.measures, dataset.qrels)
    places = [system_folder(out, spec) if len(specs) > 1 else out for spec in specs]
    apart(specs, places)
    systems = [open_system(spec, folders, load) for spec in specs]
    if dataset.parts:
        systems = [system if isinstance(system, ExistingRun) else Alone(system) for system in systems]
    for system, place in zip(systems, places, strict=True):
        writable_files(place, *RUN_FILES)
        if isinstance(system, ExistingRun):
            system.unknown(dataset)
        else:
            need_documents(dataset)
            writable_folder(folders.cache)
    need_room(out, len(specs) * plan.depth * len(dataset.queries) * _BYTES_A_RESULT)
    summaries = []
    for spec, system, place in zip(specs, systems, places, strict=True):
        with progress_bar(f"{dataset.name} {spec}") as progress:
            summaries.append(run_system(dataset, system, plan, place, progress))
    return summaries


def system_folder(out: Path, spec: str) -> Path:
    """The folder of one of several systems."""
    return out / spec.replace(":", "-").replace("/", "-")


def write_comparison(folders: Sequence[Path], out: Path) -> str:
    """Compare runs; write compare.md, compare.json and plots into `out`, and return the tables."""
    from evaluation.plots import write_plots  # matplotlib takes a second to import

    results = read_comparable(folders)
    writable_files(out, *COMPARISON_FILES)
    averages, comparisons = means(results), compare(results)
    text = comparison_markdown(averages, comparisons)
    images = [f"\n![{path.stem.replace('_', ' ')}]({path.name})\n" for path in write_plots(out, results, averages)]
    (out / "compare.md").write_text(text + "".join(images), "utf-8")
    figures = {"means": [asdict(m) for m in averages], "pairs": [asdict(c) for c in comparisons]}
    (out / "compare.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return text
