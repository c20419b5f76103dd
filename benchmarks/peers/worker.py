"""A system that answers one question after another in a process of its own, so that several can take turns.

    python -P benchmarks/peers/worker.py NAME MODEL FOLDER MONOGRAPH    index the monograph and keep the index
    python -P benchmarks/peers/worker.py NAME MODEL FOLDER              load that index and answer standard input

Each line of standard input is a question. For each, a line of JSON goes out: the milliseconds that the answer took,
the time when it was there, and the resident megabytes then.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

from benchmarks.peers.peer_io import SHOWN, read_monograph

__all__ = ["answer_lines", "resident"]


def answer_lines(ask: Callable[[str], object], questions: Iterable[str], out: TextIO) -> None:
    """Answer each line, and say what it took."""
    for question in questions:
        began = time.perf_counter()
        ask(question.rstrip("\n"))
        took = 1000 * (time.perf_counter() - began)
        out.write(json.dumps({"ms": took, "at": time.time(), "resident_mb": resident()}) + "\n")
        out.flush()


def resident() -> float:
    """Resident megabytes of this process, as Linux tells them."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def main() -> None:
    name, model, folder, *monograph = sys.argv[1:]
    peer: Any = importlib.import_module(f"benchmarks.peers.peer_{name}")
    if monograph:
        peer.keep(model, [read_monograph(Path(monograph[0]))], folder)
        return
    search = peer.reopen(model, folder)
    answer_lines(lambda question: search(question, SHOWN), sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
