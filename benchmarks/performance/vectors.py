"""How search, memory and building grow with the number of vectors: exact search and the store for many.

python -m benchmarks.performance.vectors --out benchmarks/performance/results

The vectors stand about those of the corpus's own views, as texts stand about their subjects: each is one of these
with noise, 0.70 to 0.96 near it by cosine. Queries are made the same way with another seed. One compute thread; both
ways are asked each query in turn. Exact search is FAISS's flat index itself, without the store's guards.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from matplotlib.figure import Figure

from benchmarks.performance.load import ROOT
from benchmarks.performance.report import load_average, table, write_report
from retrieval.corpus import read_corpus
from retrieval.encoder import Vectors, load_encoder
from retrieval.index import open_index
from retrieval.large import InvertedFileStore, load_store
from retrieval.ranking import DEPTH

_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_QUERIES = 50
_NOISE = (0.3, 1.0)
_STEP = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.vectors", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES))
    parser.add_argument("--index", type=Path, default=ROOT / "build" / "index")
    parser.add_argument("--out", type=Path, help="folder for vectors.json and vectors.png")
    arguments = parser.parse_args()
    faiss.omp_set_num_threads(1)
    corpus, encoder, busy = read_corpus(ROOT / "corpus"), load_encoder(), load_average()
    store = open_index(arguments.index, corpus, encoder).store
    subjects = store.vectors(range(len(store)))
    rows = []
    for size in arguments.sizes:
        rows.append(measure(spread(subjects, size, seed=0), spread(subjects, _QUERIES, seed=1)))
        print(table(rows[-1:]), flush=True)  # noqa: T201 - a command
    if arguments.out:
        write_report(arguments.out, "vectors", busy, results=rows)
        plot(rows, arguments.out / "vectors.png")


def spread(subjects: Vectors, count: int, seed: int) -> Vectors:
    """`count` unit vectors about the subjects."""
    random = np.random.default_rng(seed)
    out = np.empty((count, subjects.shape[1]), dtype=np.float32)
    for at in range(0, count, _STEP):
        part = out[at : at + _STEP]
        noise = random.standard_normal(part.shape, dtype=np.float32) / np.float32(np.sqrt(part.shape[1]))
        strength = random.uniform(*_NOISE, size=(len(part), 1)).astype(np.float32)
        part[:] = subjects[random.integers(len(subjects), size=len(part))] + strength * noise
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return out


def measure(vectors: Vectors, queries: Vectors) -> dict[str, Any]:
    """One size: build, tune, save, map, and search both ways."""
    began = time.perf_counter()
    made = InvertedFileStore(vectors.shape[1])
    made.add(range(len(vectors)), vectors)
    tuned = made.tune()
    built = time.perf_counter() - began
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "views.faiss"
        made.save(path)
        codes = path.stat().st_size
        del made
        mapped = load_store(path, "inverted-file")
        slow, quick, deep, recalls = [], [], [], []
        for query in (queries[at : at + 1] for at in range(len(queries))):
            first = time.perf_counter()
            nearest = exact.search(query, 10)[1][0]
            second = time.perf_counter()
            found = mapped.search(query, 10)[0]
            third = time.perf_counter()
            mapped.search(query, DEPTH)
            deep.append(time.perf_counter() - third)
            slow.append(second - first)
            quick.append(third - second)
            recalls.append(len({m.id for m in found} & set(nearest.tolist())) / 10)
    exact_ms, quick_ms = 1000 * statistics.median(slow), 1000 * statistics.median(quick)
    return {
        "vectors": len(vectors),
        "exact_p50_ms": round(exact_ms, 2),
        "inverted_file_p50_ms": round(quick_ms, 2),
        "ratio": round(quick_ms / exact_ms, 3),
        f"at_depth_{DEPTH}_p50_ms": round(1000 * statistics.median(deep), 2),
        "recall_at_10": round(statistics.mean(recalls), 4),
        "lists": tuned["lists"] if tuned else None,
        "probes": tuned["probes"] if tuned else None,
        "build_s": round(built, 1),
        "codes_mb": round(codes / 1e6, 1),
        "exact_mb": round(vectors.nbytes / 1e6, 1),
    }


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    figure = Figure(figsize=(9, 4), layout="constrained")
    times, recall = figure.subplots(1, 2)
    sizes = [row["vectors"] for row in rows]
    times.loglog(sizes, [row["exact_p50_ms"] for row in rows], "o-", label="exact")
    times.loglog(sizes, [row["inverted_file_p50_ms"] for row in rows], "s-", label="inverted file, k = 10")
    times.loglog(sizes, [row[f"at_depth_{DEPTH}_p50_ms"] for row in rows], "^:", label=f"inverted file, k = {DEPTH}")
    times.set(xlabel="vectors", ylabel="search, p50 ms", title="one query, one thread")
    times.legend()
    recall.semilogx(sizes, [row["recall_at_10"] for row in rows], "s-")
    recall.axhline(0.99, color="grey", linestyle=":")
    recall.set(xlabel="vectors", ylabel="recall@10 of exact search", ylim=(0.95, 1.002))
    for axes in (times, recall):
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
