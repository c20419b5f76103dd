"""How time and memory grow with the number of monographs, and how fast a library is embedded.

python -m benchmarks.performance.growth --out benchmarks/performance/results

The monographs are made up (made_up.py), and so is the encoder of the growth: it costs next to nothing, so the table
tells of everything except embedding. That is the second table, with the real encoder, against the bare encoder in
sentence-transformers. Each build and each start is a process of its own, with one compute thread. Seconds and
milliseconds are processor time, which a busy machine changes little; `_wall_` is the clock's.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.performance.encoder import build
from benchmarks.performance.load import ROOT
from benchmarks.performance.made_up import NAMED, UNNAMED, medicine, write_library, write_medicine
from benchmarks.performance.report import load_average, table, write_report
from retrieval.adapter import ADAPTER
from retrieval.corpus import read_corpus
from retrieval.encoder import SentenceTransformerEncoder, default_folder, load_encoder
from retrieval.index import build_index
from retrieval.views import corpus_views

_SIZES = (1, 10, 100, 1_000, 10_000)
_QUESTIONS = 100
_GROWING = {
    "build_s": "build",
    "changed_s": "build after one changed",
    "triage_s": "training the triage",
    "start_s": "process start to first answer",
    "named_ms": "question with a name, p50",
    "unnamed_ms": "question without one, p50",
    "index_mb": "index, MB",
    "resident_mb": "resident, MB",
}
"""What must not grow faster than the number of monographs, and how the plot names it."""

_BUILD = """
import json, sys, time
from pathlib import Path
from benchmarks.performance.made_up import MadeUpEncoder
from retrieval.corpus import read_corpus
from retrieval.index import build_index
folder, index = map(Path, sys.argv[1:])
wall, began = time.perf_counter(), time.process_time()
corpus = read_corpus(folder, index)
built = build_index(index, corpus, MadeUpEncoder())
found = {"seconds": time.process_time() - began, "wall": time.perf_counter() - wall}
print(json.dumps(found | {"views": len(built.views), "store": built.manifest["store"]["kind"]}))
"""
_TRAIN = """
import json, sys, time
from pathlib import Path
from assistant.start import triage_folder
from assistant.triage.start import ordinary_questions, train_triage
from benchmarks.performance.made_up import MadeUpEncoder
from retrieval.corpus import read_corpus
folder, index = map(Path, sys.argv[1:])
ordinary = ordinary_questions(read_corpus(folder))
began = time.process_time()
train_triage(folder / "triage", triage_folder(index), ordinary, MadeUpEncoder())
print(json.dumps({"seconds": time.process_time() - began}))
"""
_START = """
import json, statistics, sys, time
from pathlib import Path
from assistant.start import start_assistant
from benchmarks.peers.worker import resident
from benchmarks.performance.made_up import MadeUpEncoder
folder, index = map(Path, sys.argv[1:3])
asked = json.loads(sys.argv[3])
built = []
assistant = start_assistant(folder, index, MadeUpEncoder(), built.append)
assistant.ask(asked["first"])
found = {"at": time.time(), "seconds": time.process_time(), "built": built}
for kind in ("named", "unnamed"):
    took = []
    for question in asked[kind]:
        began = time.process_time()
        assistant.ask(question)
        took.append(1000 * (time.process_time() - began))
    found[kind] = statistics.median(took)
print(json.dumps(found | {"resident": resident()}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), help="numbers of monographs")
    parser.add_argument("--texts", type=int, default=512, help="passages to embed with the real encoder; 0: none")
    parser.add_argument("--out", type=Path, help="folder for growth.json and growth.png")
    arguments = parser.parse_args()
    busy, rows = load_average(), []
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(Path(folder), size))
        print(table(rows[-1:]), flush=True)  # noqa: T201 - a command
    steps = growth(rows, list(_GROWING))
    embedding = embed(arguments.texts) if arguments.texts else None
    changed = share_of_change(rows[-1], embedding) if embedding else None
    for part in (rows, steps, [embedding] if embedding else [], [changed] if changed else []):
        if part:
            print(f"\n{table(part)}")  # noqa: T201
    if arguments.out:
        write_report(
            arguments.out,
            "growth",
            busy,
            encoder_of_the_growth="made up, costs next to nothing",
            results=rows,
            exponents=steps,
            embedding=embedding,
            one_changed=changed,
        )
        plot(rows, arguments.out / "growth.png")


def measure(folder: Path, size: int) -> dict[str, Any]:
    """Build a library, change one monograph, build again, train the triage, start, ask."""
    corpus, index = write_library(folder / "corpus", ROOT / "corpus", size), folder / "index"
    first = child(_BUILD, corpus, index)
    on_disk, kept = (megabytes(path) for path in (next(index.glob("*/manifest.json")).parent, index / "vectors"))
    write_medicine(corpus, size // 2, version=2)
    again = child(_BUILD, corpus, index)
    trained = child(_TRAIN, corpus, index)
    shutil.rmtree(index / "monographs")
    cut_anew = child(_START, corpus, index, json.dumps(questions(size)))
    began = time.time()
    found = child(_START, corpus, index, json.dumps(questions(size)))
    if found["built"]:
        raise SystemExit(f"The start was to find all built, but: {found['built']}")
    return {
        "monographs": size,
        "views": first["views"],
        "store": first["store"],
        "build_s": round(first["seconds"], 2),
        "changed_s": round(again["seconds"], 2),
        "triage_s": round(trained["seconds"], 2),
        "start_s": round(found["seconds"], 2),
        "start_cut_anew_s": round(cut_anew["seconds"], 2),
        "start_ratio": round(found["seconds"] / cut_anew["seconds"], 2),
        "named_ms": round(found["named"], 2),
        "unnamed_ms": round(found["unnamed"], 2),
        "index_mb": round(on_disk, 1),
        "kept_vectors_mb": round(kept, 1),
        "resident_mb": round(found["resident"]),
        "build_wall_s": round(first["wall"], 2),
        "start_wall_s": round(found["at"] - began, 2),
    }


def questions(size: int) -> dict[str, Any]:
    """What is asked of a library of this size: with names spread over it, and without."""
    named = [NAMED[n % len(NAMED)].format(name=medicine(n * size // _QUESTIONS)) for n in range(_QUESTIONS)]
    return {"first": named[0], "named": named, "unnamed": [UNNAMED[n % len(UNNAMED)] for n in range(_QUESTIONS)]}


def child(code: str, *arguments: Path | str) -> dict[str, Any]:
    """What a process of its own says, with one compute thread."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def growth(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """The exponent of each column between two sizes: 1 is linear, 0 does not grow."""
    return [
        {"from": a["monographs"], "to": b["monographs"]}
        | {column: exponent(b["monographs"] / a["monographs"], a[column], b[column]) for column in columns}
        for a, b in itertools.pairwise(rows)
    ]


def exponent(times: float, before: float, after: float) -> float | None:
    """`e` for which `after` is `before` x `times`^e; None where one of the two is too small to be measured."""
    return round(math.log(after / before) / math.log(times), 2) if before > 0 and after > 0 else None


def embed(count: int) -> dict[str, Any]:
    """Passages a second of a whole build of a made-up library with the real encoder, against the bare encoder."""
    with tempfile.TemporaryDirectory() as folder:
        views = len(corpus_views(read_corpus(write_library(Path(folder) / "one", ROOT / "corpus", 1))))
        views_of_all = len(read_corpus(Path(folder) / "one").gaps)
        size = max(1, math.ceil(count / (views - views_of_all)))
        home = write_library(Path(folder) / "corpus", ROOT / "corpus", size)
        (home / "not_covered" / "any.jsonl").unlink()
        corpus = read_corpus(home)
        texts = list(dict.fromkeys(view.text for view in corpus_views(corpus)))
        encoder, spent = load_encoder(), []

        def whole(index: Path) -> None:
            began = time.process_time()
            build_index(index, corpus, encoder)
            spent.append(time.process_time() - began)

        found = build(texts, whole, SentenceTransformerEncoder(default_folder(), "bare", ADAPTER))
        return found | {"processor_ms_a_passage": round(1000 * min(spent) / len(texts), 2)}


def share_of_change(row: Mapping[str, Any], embedding: Mapping[str, Any]) -> dict[str, Any]:
    """What building after one changed monograph takes of a full build, each with what the real encoder adds."""
    passage = embedding["processor_ms_a_passage"] / 1000
    full = row["build_s"] + row["views"] * passage
    again = row["changed_s"] + row["views"] / row["monographs"] * passage
    return {
        "monographs": row["monographs"],
        "full_build_s": round(full),
        "one_changed_s": round(again, 1),
        "share": round(again / full, 4),
    }


def plot(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    times, sizes = figure.subplots(1, 2)
    monographs = [row["monographs"] for row in rows]
    for column, label in _GROWING.items():
        axes = sizes if column.endswith("_mb") else times
        scale = 1000 if column.endswith("_ms") else 1
        axes.loglog(monographs, [row[column] / scale or math.nan for row in rows], "o-", label=label)
    for axes, start in ((times, 0.01), (sizes, 1.0)):
        linear = [start * n / monographs[0] for n in monographs]
        axes.loglog(monographs, linear, color="grey", linestyle=":", label="linear")
        axes.set(xlabel="monographs")
        axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
        axes.grid(alpha=0.3)
    times.set(ylabel="seconds of processor time", title="time, without embedding")
    sizes.set(ylabel="megabytes", title="disk and memory")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
