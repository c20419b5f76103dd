"""Figures as Markdown tables, and the folder of a scored file of answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.jsonl import write_objects
from evaluation.scoring import MEASURES, RIGHT, Score
from retrieval.encoder import file_sha256

__all__ = ["run_markdown", "score_markdown", "table", "write_score"]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table: the first column to the left, the others to the right."""
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, marks, *rows]) + "\n"


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
    if first["missing_documents"]:
        text += f"\nRelevant documents that are not there: {first['missing_documents']}; they count as not found.\n"
    if first["fingerprint"]["plan"]["judged_only"]:
        text += "\nJudged documents only (condensed lists).\n"
    return text


def score_markdown(score: Score) -> str:
    """Every share by group with its 95% interval, and the latency."""
    figures, intervals = score.as_json(), score.intervals()
    rows = []
    for name, bounds in intervals.items():
        row = figures[name]
        cells = [f"{row[m]:.3f} ({bounds[m][0]:.2f}–{bounds[m][1]:.2f})" if m in bounds else "" for m in MEASURES]
        rows.append([name, row["n"], *cells])
    text = table(["group", "turns", *MEASURES], rows)
    if "latency_ms" in figures:
        text += f"\nLatency: p50 {figures['latency_ms']['p50']} ms, p95 {figures['latency_ms']['p95']} ms.\n"
    if score.missing:
        text += f"\nTurns without an answer: {len(score.missing)}.\n"
    return text


def write_score(folder: Path, score: Score, labels: Path, answers: Path) -> None:
    """Write summary.json, summary.md and per_query.jsonl (one line a turn) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = {
        "name": answers.stem,
        "dataset": labels.stem,
        "risk_measure": RIGHT,
        "figures": score.as_json(),
        "intervals": score.intervals(),
        "fingerprint": {"data": {"sha256": file_sha256(labels)}, "answers_sha256": file_sha256(answers)},
    }
    write_objects(folder / "per_query.jsonl", score.records())
    (folder / "summary.md").write_text(score_markdown(score), "utf-8")
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
