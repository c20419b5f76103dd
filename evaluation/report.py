"""Figures as Markdown tables, and the folder of a scored file of answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.jsonl import write_objects
from evaluation.scoring import MEASURES, RIGHT, SHOWN_MEASURES, Score
from retrieval.encoder import file_sha256

__all__ = [
    "CALIBRATION_FILES",
    "COMPARISON_FILES",
    "SCORE_FILES",
    "figure_cell",
    "run_markdown",
    "score_markdown",
    "table",
    "write_score",
]


SCORE_FILES = ("summary.json", "summary.md", "per_query.jsonl")
"""What write_score writes."""
COMPARISON_FILES = (
    "compare.md", "compare.json", "measures.png", "differences.png", "risk_coverage.png", "latency.png",
)  # fmt: skip
"""What a comparison of runs writes; a plot that has nothing to show is left out."""
CALIBRATION_FILES = ("calibration.md", "calibration.json", "reliability.png", "risk_coverage.png", "costs.png")
"""What `calibrate` writes."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table: the first column to the left, the others to the right."""
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, marks, *rows]) + "\n"


_UNKNOWN = {
    "queries": "queries that the data set does not have: {}; they are not measured.",
    "documents": "documents that the data set does not have: {}; they count as not relevant.",
    "without_results": "judged queries for which it has nothing: {}; they measure 0.",
}


def run_markdown(summaries: Sequence[Mapping[str, Any]]) -> str:
    """Runs on one data set: each measure with its 95% interval, latency and index size."""
    first = summaries[0]
    data = first["fingerprint"]["data"]
    rows = [
        [
            summary["name"],
            *(f"{m['mean']:.3f} ({m['low']:.3f}–{m['high']:.3f})" for m in summary["measures"].values()),
            *(f"{summary['latency_ms'][p]:.1f}" for p in ("p50", "p95", "p99")),
            f"{summary['index_bytes'] / 2**20:.1f}",
        ]
        for summary in summaries
    ]
    head = ["system", *first["measures"], "p50 ms", "p95 ms", "p99 ms", "index MiB"]
    text = f"{first['dataset']}: {data['documents']} documents, {first['queries']} queries\n\n{table(head, rows)}"
    return text + "".join(f"\n{note}\n" for note in _notes(first, summaries))


def _notes(first: Mapping[str, Any], summaries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What a reader must know of the data, and which ids of it and of the runs match nothing."""
    if first["missing_documents"]:
        yield f"Relevant documents that are not there: {first['missing_documents']}; they count as not found."
    if first.get("unjudged_queries"):
        yield f"Queries that nobody judged: {first['unjudged_queries']}; they are not asked."
    if first.get("negative_grades"):
        yield f"Judgements with a negative grade: {first['negative_grades']}; they count as 0, not relevant."
    if first.get("without_relevant"):
        yield f"Queries for which no document is judged relevant: {first['without_relevant']}; they measure 0."
    for summary in summaries:
        unknown = summary.get("unknown") or {}
        for key, text in _UNKNOWN.items():
            if unknown.get(key):
                yield f"{summary['name']}: {text.format(unknown[key])}"
    if first["fingerprint"]["plan"]["judged_only"]:
        yield "Judged documents only (condensed lists)."


def score_markdown(score: Score) -> str:
    """Every share by group with its 95% interval, and the latency."""
    figures, intervals = score.as_json(), score.intervals()
    rows = []
    for name, bounds in intervals.items():
        row = figures[name]
        cells = [_cell(m, row, bounds) for m in (*MEASURES, *SHOWN_MEASURES)]
        rows.append([name, row["n"], *cells])
    text = table(["group", "turns", *MEASURES, *SHOWN_MEASURES], rows)
    if "latency_ms" in figures:
        text += f"\nLatency: p50 {figures['latency_ms']['p50']} ms, p95 {figures['latency_ms']['p95']} ms.\n"
    if score.missing:
        text += f"\nTurns without an answer: {len(score.missing)}.\n"
    if score.unknown:
        text += f"\nAnswers to turns that nobody labelled: {score.unknown}; they are not measured.\n"
    return text


def figure_cell(measure: str, value: float, low: float, high: float) -> str:
    """A figure of answers with its interval, as it stands in a table."""
    return f"{value:.{2 if measure == 'shown' else 3}f} ({low:.2f}–{high:.2f})"


def _data_sha256(labels: Path, score: Score) -> str:
    """Of the file of labels; of the questions themselves, where a folder has them."""
    if labels.is_file():
        return file_sha256(labels)
    digest = hashlib.sha256()
    for turn, _, _ in score.turns:
        digest.update(f"{turn.id}\x1f{turn.turn}\x1f{turn.kind}\x1f{turn.text}\x1e".encode())
    return digest.hexdigest()


def _cell(measure: str, row: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]) -> str:
    if measure not in bounds:
        return ""
    return figure_cell(measure, row[measure], *bounds[measure])


def write_score(folder: Path, score: Score, labels: Path, answers: Path) -> None:
    """Write summary.json, summary.md and per_query.jsonl (one line a turn) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = {
        "name": answers.stem,
        "dataset": labels.stem,
        "risk_measure": RIGHT,
        "figures": score.as_json(),
        "intervals": score.intervals(),
        "fingerprint": {"data": {"sha256": _data_sha256(labels, score)}, "answers_sha256": file_sha256(answers)},
    }
    write_objects(folder / "per_query.jsonl", score.records())
    (folder / "summary.md").write_text(score_markdown(score), "utf-8")
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
