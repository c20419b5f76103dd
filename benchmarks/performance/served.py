"""Servers that are asked by many clients at once, in turns: Verbatim's API and a Gradio chat."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.peers.run import child_environment
from benchmarks.performance.load import ROOT, Ask, Outcome, ask_api, crowd, resident_megabytes, serving

__all__ = ["VERBATIM", "Served", "ask_chat", "serve"]

VERBATIM = "verbatim"


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


def serve(
    chats: Mapping[str, Sequence[str]], index: Path, questions: Sequence[str], clients: int, rounds: int, turns: int
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
def chatting(command: Sequence[str]) -> Iterator[tuple[str, int]]:
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
