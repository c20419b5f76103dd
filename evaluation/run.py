"""One system on one data set: search every query, measure, and write the run's folder.

run.trec         what was found
per_query.jsonl  measures, latency and what came first, one line a query
summary.json     means with intervals, latency, index size and fingerprint
summary.md       the same to read
searched.jsonl   while it goes on: what was found so far
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.datasets import Dataset
from evaluation.fingerprint import environment, key_of
from evaluation.jsonl import write_objects
from evaluation.measures import condensed, measure
from evaluation.report import run_markdown
from evaluation.statistics import mean_interval
from evaluation.systems import ExistingRun, Found, System
from evaluation.trec import trec_order, write_run
from retrieval.encoder import Progress

__all__ = ["RUN_FILES", "Plan", "run_system"]

RUN_FILES = ("run.trec", "per_query.jsonl", "summary.json", "summary.md", "searched.jsonl")

_SHOWN = 5
"""How many of the documents found are written out with their text."""
_SNIPPET = 400


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and how deep to search."""

    measures: tuple[str, ...]
    depth: int = 100
    judged_only: bool = False
    threads: int = 1
    """Compute threads of the encoders: they decide how long a search takes, not what is found."""


@dataclass(frozen=True, slots=True)
class _Searched:
    """What was found for one query, best first."""

    query: str
    ms: float
    found: tuple[Found, ...]


def run_system(
    dataset: Dataset, system: System, plan: Plan, folder: Path, progress: Progress | None = None
) -> Mapping[str, Any]:
    """Search, measure and write; returns the summary.

    A finished run of the same fingerprint is not done again, and one that was stopped goes on where
    it stopped. Any other run in the folder is replaced. `progress` follows the embedding of documents
    first, then the queries.
    """
    fingerprint = _fingerprint(dataset, system, plan)
    key = key_of(fingerprint)
    with suppress(OSError, ValueError):
        summary: Mapping[str, Any] = json.loads((folder / "summary.json").read_bytes())
        if summary.get("key") == key:
            return summary
    folder.mkdir(parents=True, exist_ok=True)
    searched, index_bytes = _search(dataset, system, plan.depth, folder / "searched.jsonl", key, progress)
    run = {s.query: [(f.document, f.score) for f in s.found] for s in searched}
    counted = condensed(run, dataset.qrels) if plan.judged_only else run
    values = measure(plan.measures, dataset.qrels, counted)
    write_run(folder / "run.trec", run, system.name)
    write_objects(folder / "per_query.jsonl", _records(dataset, searched, values))
    without = sum(not s.found for s in searched)
    summary = {
        "name": system.name,
        "dataset": dataset.name,
        "risk_measure": plan.measures[0],
        "measures": _summary(values, plan.measures),
        "queries": len(values),
        "missing_documents": dataset.missing,
        "unjudged_queries": len(dataset.unjudged),
        "negative_grades": dataset.negative,
        "without_relevant": dataset.unanswerable,
        "unknown": system.unknown(dataset) if isinstance(system, ExistingRun) else {"without_results": without},
        "latency_ms": _latency([s.ms for s in searched]),
        "index_bytes": index_bytes,
        "key": key,
        "fingerprint": fingerprint,
    }
    (folder / "summary.md").write_text(run_markdown([summary]), "utf-8")
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    (folder / "searched.jsonl").unlink()
    return summary


def _fingerprint(dataset: Dataset, system: System, plan: Plan) -> dict[str, Any]:
    corpus = dataset.corpus.inputs if dataset.corpus else {}
    return {
        "data": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "documents": len(dataset.documents),
            "queries": len(dataset.queries),
            "corpus": dict(corpus),
        },
        "system": {"name": system.name, **system.parameters},
        "plan": {**asdict(plan), "measures": list(plan.measures)},
        **environment(),
    }


def _search(
    dataset: Dataset, system: System, depth: int, path: Path, key: str, progress: Progress | None
) -> tuple[list[_Searched], int]:
    """Search each query that `path` does not have yet, and add it there at once."""
    searcher = system.index(dataset, progress)
    done = {s.query: s for s in _resume(path, key)}
    write_objects(path, [{"key": key}, *map(asdict, done.values())])
    with path.open("a", encoding="utf-8") as file:
        for at, query in enumerate(dataset.queries.values(), 1):
            if query.id not in done:
                started = time.perf_counter()
                found = searcher.search(query, depth)
                ms = (time.perf_counter() - started) * 1000
                done[query.id] = _Searched(query.id, ms, _in_order(found))
                file.write(json.dumps(asdict(done[query.id]), ensure_ascii=False) + "\n")
                file.flush()
            if progress:
                progress(at, len(dataset.queries))
    return [done[query] for query in dataset.queries], searcher.index_bytes


def _resume(path: Path, key: str) -> Iterator[_Searched]:
    """What a stopped run of the same key had found; its last line may be torn."""
    with suppress(OSError, ValueError, KeyError, TypeError), path.open(encoding="utf-8") as file:
        if json.loads(file.readline())["key"] != key:
            return
        for line in file:
            record = json.loads(line)
            yield _Searched(record["query"], record["ms"], tuple(Found(**found) for found in record["found"]))


def _in_order(found: Iterable[Found]) -> tuple[Found, ...]:
    why = {f.document: f.why for f in found}
    scored = trec_order((f.document, f.score) for f in found)
    # Why a document far down came is never read.
    return tuple(Found(d, score, why[d] if at < _SHOWN else "") for at, (d, score) in enumerate(scored))


def _records(
    dataset: Dataset, searched: Sequence[_Searched], values: Mapping[str, Mapping[str, float]]
) -> Iterator[dict[str, Any]]:
    for s in searched:
        query, ranks = dataset.queries[s.query], {f.document: at for at, f in enumerate(s.found, 1)}
        expected = sorted(
            (d for d, grade in dataset.qrels[s.query].items() if grade > 0), key=lambda d: ranks.get(d, 1e9)
        )
        yield {
            "query": query.id,
            "text": query.text,
            "before": query.before,
            "measures": values[query.id],
            "ms": round(s.ms, 3),
            "confidence": s.found[0].score if s.found else None,
            "expected": [{"id": d, "rank": ranks.get(d), "text": _snippet(dataset, d)} for d in expected[:_SHOWN]],
            "found": [asdict(f) | {"text": _snippet(dataset, f.document)} for f in s.found[:_SHOWN]],
        }


def _snippet(dataset: Dataset, identifier: str) -> str:
    document = dataset.documents.get(identifier)
    return " ".join(document.words.split())[:_SNIPPET] if document else ""


def _summary(values: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> dict[str, dict[str, float]]:
    out = {}
    for name in names:
        column = np.array([row[name] for row in values.values()])
        low, high = mean_interval(column)
        out[name] = {"mean": float(column.mean()), "low": low, "high": high}
    return out


def _latency(milliseconds: Sequence[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(milliseconds, [50, 95, 99])
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "p99": round(float(p99), 3)}
