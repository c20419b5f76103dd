"""Systems that answer line by line in a process of their own: how they start, and how fast they answer then."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.peers.run import child_environment
from benchmarks.performance.load import ROOT, quantile

__all__ = ["in_process"]


def in_process(commands: Mapping[str, Sequence[str]], questions: Sequence[str], starts: int) -> list[dict[str, Any]]:
    """Start each system in turn, several times; then ask those of the last time, question by question in turn."""
    began: dict[str, list[float]] = {name: [] for name in commands}
    took: dict[str, list[float]] = {name: [] for name in commands}
    resident: dict[str, float] = {}
    first, *others = questions
    with ExitStack() as last:
        up = {}
        for turn in range(starts):
            for name, command in commands.items():
                with ExitStack() as stack:
                    begin = time.time()
                    process = (last if turn == starts - 1 else stack).enter_context(running(command))
                    began[name].append(said(process, first)["at"] - begin)
                    up[name] = process
        for question in others:
            for name, process in up.items():
                found = said(process, question)
                took[name].append(found["ms"])
                resident[name] = found["resident_mb"]
    return [
        {
            "system": name,
            "start_s": round(statistics.median(began[name]), 2),
            "p50_ms": round(statistics.median(took[name]), 2),
            "p95_ms": round(quantile(took[name], 0.95), 2),
            "resident_mb": round(resident[name]),
        }
        for name in commands
    ]


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    # Code compiled once is kept, as wherever a program is installed.
    environment = {**child_environment(os.environ), "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(  # noqa: S603 - this interpreter or a peer's
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.communicate(timeout=60)  # it ends with its input


def said(process: subprocess.Popen[str], question: str) -> dict[str, float]:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - asked for in `running`
    process.stdin.write(f"{' '.join(question.split())}\n")
    process.stdin.flush()
    found: dict[str, float] = json.loads(process.stdout.readline())
    return found
