"""Verbatim against the peers of benchmarks/peers: served and in process, with the same weights and monograph.

python -m benchmarks.performance.peers --out benchmarks/performance/results

Served: clients that ask again as soon as they have their answer, through Verbatim's API and through a Gradio chat over
LangChain + FAISS, with Gradio's own limit of one question at a time and with a limit as high as there are clients.
In process: from the start of a process to its first answer, with the index on disk; then warm, question by question.
All take turns, so a busy machine slows all, and each has one compute thread. Environments of peers are made once.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.peers.run import child_environment, find_peers, make_environment
from benchmarks.performance.in_process import in_process
from benchmarks.performance.load import ROOT
from benchmarks.performance.report import load_average, table, write_report
from benchmarks.performance.served import VERBATIM, serve
from retrieval.corpus import read_corpus
from retrieval.encoder import default_folder
from retrieval.questions import held_out

_PEERS = ROOT / "benchmarks" / "peers"
_MONOGRAPH = ROOT / "corpus" / "monographs" / "istiratumab.md"
_CHAT = "langchain_faiss"
_VERBATIM = """
import sys
from pathlib import Path
from assistant.start import start_assistant
from benchmarks.peers.worker import answer_lines
from retrieval.encoder import load_encoder
say = lambda line: print(line, file=sys.stderr)
assistant = start_assistant(Path("corpus"), Path(sys.argv[1]), load_encoder(), say)
answer_lines(assistant.ask, sys.stdin, sys.stdout)
"""
TO_REACH = {"throughput": 5.0, "p99_s": 1.5, "answer": 1.5, "start": 0.5, "resident": 0.7}
"""The throughput at least, all others at most."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.peers", description=__doc__)
    parser.add_argument("--peer", nargs="+", help="names of peers; all if none is given")
    parser.add_argument("--clients", type=int, default=64, help="how many ask at once")
    parser.add_argument("--rounds", type=int, default=2, help="questions of each client in a turn")
    parser.add_argument("--turns", type=int, default=3, help="turns of each server")
    parser.add_argument("--questions", type=int, default=100, help="questions in process")
    parser.add_argument("--starts", type=int, default=3, help="process starts of each system")
    parser.add_argument("--index", type=Path, default=ROOT / "build" / "index")
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "peers", help="folder of environments")
    parser.add_argument("--out", type=Path, help="folder for peers.json and peers.png")
    arguments = parser.parse_args()
    asked = [p.question for d in read_corpus(ROOT / "corpus").documents.values() for p in d.phrasings]
    known = find_peers(_PEERS)
    workers: dict[str, Sequence[str]] = {VERBATIM: (sys.executable, "-c", _VERBATIM, str(arguments.index.resolve()))}
    chats: dict[str, Sequence[str]] = {}
    for name in arguments.peer or known:
        python = make_environment(known[name], arguments.environments.resolve() / name)
        index = kept(name, python)
        workers[name] = worker(python, name, str(index))
        if name == _CHAT:
            chats = {
                "gradio, its default": (*chat(python), str(index), "0"),
                f"gradio, {arguments.clients} at a time": (*chat(python), str(index), str(arguments.clients)),
            }
    busy = load_average()
    served = serve(chats, arguments.index, asked, arguments.clients, arguments.rounds, arguments.turns)
    print(f"{table(served)}\n", flush=True)  # noqa: T201 - a command
    inside = in_process(workers, spread([q for q in asked if held_out(q)], arguments.questions), arguments.starts)
    rows = compared(served, inside)
    for part in (inside, rows):
        print(f"{table(part)}\n")  # noqa: T201
    if arguments.out:
        write_report(
            arguments.out, "peers", busy, clients=arguments.clients, served=served, in_process=inside, results=rows
        )
        plot(served, inside, arguments.out / "peers.png")


def worker(python: Path, name: str, *rest: str) -> tuple[str, ...]:
    # -P: the script's folder is not searched, so no file beside it can hide a package.
    return (str(python), "-P", str(_PEERS / "worker.py"), name, str(default_folder()), *rest)


def chat(python: Path) -> tuple[str, ...]:
    return (str(python), "-P", str(_PEERS / f"chat_{_CHAT}.py"), str(default_folder()))


def kept(name: str, python: Path) -> Path:
    """The peer's index of the monograph, in its environment; made if it is not there."""
    digest = hashlib.sha256(_MONOGRAPH.read_bytes()).hexdigest()[:16]
    folder = python.parents[1] / f"index-{digest}"
    if not folder.exists():
        making = worker(python, name, str(folder), str(_MONOGRAPH))
        subprocess.run(making, check=True, env=child_environment(os.environ), cwd=ROOT)  # noqa: S603
    return folder


def spread(questions: Sequence[str], count: int) -> list[str]:
    return list(questions[:: -(-len(questions) // count)])


def compared(served: Sequence[Mapping[str, Any]], inside: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Verbatim's figures over those of the best peer in each."""
    own, *others = inside
    rows = []
    if len(served) > 1:
        ours, *chats = served
        best = max(chats, key=lambda row: row["answers_per_s"])
        rows.append(ratio("answers a second, served", "answers_per_s", ours, best, best["through"], "throughput"))
        limit = f"at most {TO_REACH['p99_s']}"
        rows.append(ratio("p99 served, s (Verbatim's own)", "p99_s", ours, best, best["through"]) | {"to reach": limit})
        leanest = min(chats, key=lambda row: row["resident_mb"])
        rows.append(ratio("resident, served, MB", "resident_mb", ours, leanest, leanest["through"], "resident"))
    for what, column, key in (
        ("whole answer / a peer's retrieval, warm, p50 ms", "p50_ms", "answer"),
        ("process start to first answer, s", "start_s", "start"),
        ("resident after the questions, MB", "resident_mb", "resident"),
    ):
        best = min(others, key=lambda row: row[column])
        rows.append(ratio(what, column, own, best, best["system"], key))
    return rows


def ratio(
    what: str, column: str, ours: Mapping[str, Any], best: Mapping[str, Any], name: str, key: str = ""
) -> dict[str, Any]:
    bound = f"{'at least' if key == 'throughput' else 'at most'} {TO_REACH[key]}" if key else ""
    return {
        "what": what,
        "verbatim": ours[column],
        "best peer": best[column],
        "which": name,
        "ratio": round(ours[column] / best[column], 2),
        "to reach": bound,
    }


def plot(served: Sequence[Mapping[str, Any]], inside: Sequence[Mapping[str, Any]], path: Path) -> None:
    figure = Figure(figsize=(11, 6), layout="constrained")
    panels = (
        (served, "through", "answers_per_s", "answers a second, served"),
        (inside, "system", "p50_ms", "one warm answer, p50 ms"),
        (inside, "system", "start_s", "process start to first answer, s"),
        (inside, "system", "resident_mb", "resident, MB"),
    )
    for axes, (rows, name, column, title) in zip(figure.subplots(2, 2).flat, panels, strict=True):
        names, values = [row[name] for row in rows], [row[column] for row in rows]
        colours = ["tab:green" if system == VERBATIM else "tab:grey" for system in names]
        axes.bar_label(axes.barh(names, values, color=colours), padding=3)
        axes.invert_yaxis()
        axes.set_title(title, fontsize=10)
        axes.margins(x=0.2)
        axes.grid(alpha=0.3, axis="x")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
