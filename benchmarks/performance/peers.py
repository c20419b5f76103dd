"""Verbatim against the peers of benchmarks/peers: served and in process, with the same weights and monograph.

python -m benchmarks.performance.peers --out benchmarks/performance/results

Served: clients that ask again as soon as they have their answer, through Verbatim's API and through a Gradio chat over
LangChain + FAISS, with Gradio's own limit of one question at a time and with a limit as high as there are clients.
In process: from the start of a process to its first answer, with the index on disk; then warm, question by question.
All take turns, so a busy machine slows all, and each has one compute thread. Environments of peers are made once.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from matplotlib.figure import Figure

from benchmarks.peers.run import child_environment, find_peers, make_environment
from benchmarks.performance.load import ROOT, Ask, Outcome, ask_api, crowd, quantile, resident_megabytes, serving, table
from retrieval.corpus import read_corpus
from retrieval.encoder import default_folder
from retrieval.questions import held_out

_PEERS = ROOT / "benchmarks" / "peers"
_MONOGRAPH = ROOT / "corpus" / "monographs" / "istiratumab.md"
_CHAT = "langchain_faiss"
VERBATIM = "verbatim"
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

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A server that was asked: its outcomes turn by turn, the processor time of an answer, and its memory."""

    name: str
    turns: tuple[Outcome, ...]
    cpu_ms: float
    resident_mb: int

    def row(self) -> dict[str, Any]:
        """All turns as one."""
        seconds = tuple(second for turn in self.turns for second in turn.seconds)
        whole = Outcome(
            self.name, seconds, sum(turn.failed for turn in self.turns), sum(turn.lasted for turn in self.turns)
        )
        by_turn = [round(len(turn.seconds) / turn.lasted, 1) for turn in self.turns]
        return whole.row() | {
            "by_turn": " ".join(map(str, by_turn)),
            "server_cpu_ms": round(self.cpu_ms, 1),
            "resident_mb": self.resident_mb,
        }


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
    workers: dict[str, Command] = {VERBATIM: (sys.executable, "-c", _VERBATIM, str(arguments.index.resolve()))}
    chats: dict[str, Command] = {}
    for name in arguments.peer or known:
        python = make_environment(known[name], arguments.environments.resolve() / name)
        index = kept(name, python)
        workers[name] = worker(python, name, str(index))
        if name == _CHAT:
            chats = {
                "gradio, its default": (*chat(python), str(index), "0"),
                f"gradio, {arguments.clients} at a time": (*chat(python), str(index), str(arguments.clients)),
            }
    busy = round(os.getloadavg()[0], 1)
    served = serve(chats, arguments.index, asked, arguments.clients, arguments.rounds, arguments.turns)
    print(f"{table(served)}\n", flush=True)  # noqa: T201 - a command
    inside = in_process(workers, spread([q for q in asked if held_out(q)], arguments.questions), arguments.starts)
    rows = compared(served, inside)
    for part in (inside, rows):
        print(f"{table(part)}\n")  # noqa: T201
    if arguments.out:
        report = {
            "command": " ".join(["python -m benchmarks.performance.peers", *sys.argv[1:]]),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            "load_average_before_and_after": [busy, round(os.getloadavg()[0], 1)],
            "clients": arguments.clients,
            "served": served,
            "in_process": inside,
            "results": rows,
        }
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "peers.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
        plot(served, inside, arguments.out / "peers.png")


def worker(python: Path, name: str, *rest: str) -> Command:
    # -P: the script's folder is not searched, so no file beside it can hide a package.
    return (str(python), "-P", str(_PEERS / "worker.py"), name, str(default_folder()), *rest)


def chat(python: Path) -> Command:
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


def serve(
    chats: Mapping[str, Command], index: Path, questions: Sequence[str], clients: int, rounds: int, turns: int
) -> list[dict[str, Any]]:
    """Ask each server in turn; all are up all the time, and one is asked."""
    with ExitStack() as stack:
        servers: dict[str, tuple[str, int, Ask]] = {VERBATIM: (*stack.enter_context(serving(index)), ask_api)}
        servers |= {name: (*stack.enter_context(chatting(command)), ask_chat) for name, command in chats.items()}
        used = {name: processor_seconds(process) for name, (_, process, _) in servers.items()}
        outcomes: dict[str, list[Outcome]] = {name: [] for name in servers}
        for turn in range(turns):
            for name, (address, _, ask) in servers.items():
                found = asyncio.run(crowd(name, ask, address, questions, clients, rounds, seed=turn))
                outcomes[name].append(found)
        return [
            Served(
                name,
                tuple(outcomes[name]),
                1000 * (processor_seconds(process) - used[name]) / sum(len(found.seconds) for found in outcomes[name]),
                resident_megabytes(process),
            ).row()
            for name, (_, process, _) in servers.items()
        ]


async def ask_chat(client: httpx.AsyncClient, _: int, text: str) -> bool:
    """As Gradio's guide says: post the question, and read the stream that its event has."""
    posted = await client.post("/gradio_api/call/chat", json={"data": [text]})
    if posted.status_code != 200:
        return False
    async with client.stream("GET", f"/gradio_api/call/chat/{posted.json()['event_id']}") as stream:
        async for line in stream.aiter_lines():
            if line in ("event: complete", "event: error"):
                return line == "event: complete"
    return False


@contextmanager
def chatting(command: Command) -> Iterator[tuple[str, int]]:
    """A chat server. Gives its address and process id."""
    process = subprocess.Popen(  # noqa: S603 - a script of this project
        command,
        cwd=ROOT,
        env=child_environment(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        process.wait(60)


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used, as Linux tells it."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_process(commands: Mapping[str, Command], questions: Sequence[str], starts: int) -> list[dict[str, Any]]:
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
def running(command: Command) -> Iterator[subprocess.Popen[str]]:
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
