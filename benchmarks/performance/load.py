"""Many patients at once: how long the page and the API take, by a server process of its own.

python -m benchmarks.performance.load --patients 50 --rounds 6 --out benchmarks/performance/results

Each patient has an address and a conversation, and asks again as soon as the answer is there (`--think` 0, the
hardest case) or after a random wait of `--think` seconds on average. It is bounded: patients x rounds questions.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from matplotlib.figure import Figure

from benchmarks.performance.report import load_average, table, write_report
from retrieval.corpus import read_corpus

ROOT = Path(__file__).resolve().parents[2]

Ask = Callable[[httpx.AsyncClient, int, str], Awaitable[bool]]
"""Ask as a patient. Gives whether it was answered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All questions of one way: seconds of each that was answered, how many were not, and seconds in all."""

    way: str
    seconds: tuple[float, ...]
    failed: int
    lasted: float

    def row(self) -> dict[str, float | int | str]:
        return {
            "through": self.way,
            "answered": len(self.seconds),
            "failed": self.failed,
            "median_s": round(statistics.median(self.seconds), 3),
            "p95_s": round(quantile(self.seconds, 0.95), 3),
            "p99_s": round(quantile(self.seconds, 0.99), 3),
            "slowest_s": round(max(self.seconds), 3),
            "answers_per_s": round(len(self.seconds) / self.lasted, 1),
        }


def quantile(values: Sequence[float], part: float) -> float:
    """The value that `part` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.load", description=__doc__)
    parser.add_argument("--patients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6, help="questions of each patient")
    parser.add_argument("--think", type=float, default=0.0, help="seconds between answer and question, on average")
    parser.add_argument("--index", type=Path, default=ROOT / "build" / "index")
    parser.add_argument("--out", type=Path, help="folder for load.json and load.png")
    arguments = parser.parse_args()
    questions = [p.question for d in read_corpus(ROOT / "corpus").documents.values() for p in d.phrasings]
    busy = load_average()
    with serving(arguments.index) as (address, process):
        found = [
            asyncio.run(crowd(way, ask, address, questions, arguments.patients, arguments.rounds, arguments.think))
            for way, ask in ASKING.items()
        ]
        memory = resident_megabytes(process)
    print(table([outcome.row() for outcome in found]))  # noqa: T201 - a command
    if arguments.out:
        results = [outcome.row() for outcome in found]
        write_report(
            arguments.out, "load", busy, patients=arguments.patients, think_s=arguments.think,
            resident_megabytes=memory, results=results,
        )  # fmt: skip
        plot(found, arguments.patients, arguments.out / "load.png")


async def crowd(
    way: str,
    ask: Ask,
    address: str,
    questions: Sequence[str],
    patients: int,
    rounds: int,
    think: float = 0.0,
    seed: int = 0,
) -> Outcome:
    """All patients at once, through one way. The same seed gives the same questions."""
    choose = random.Random(seed)  # noqa: S311
    plans = [[choose.choice(questions) for _ in range(rounds)] for _ in range(patients)]
    waits = [[choose.expovariate(1 / think) if think else 0.0 for _ in range(rounds)] for _ in range(patients)]
    # Servers close a connection that has been idle for five seconds: the client lets go of it before.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        await ask(client, 0, questions[0])  # the first question of a process pays for what is loaded late
        seconds: list[float] = []

        async def patient(number: int) -> None:
            for text, wait in zip(plans[number], waits[number], strict=True):
                await asyncio.sleep(wait)
                began = time.perf_counter()
                with suppress(httpx.TransportError):  # a question without an answer, and counted so
                    if await ask(client, number, text):
                        seconds.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(patient(number) for number in range(patients)))
        lasted = time.perf_counter() - began
    return Outcome(way, tuple(seconds), patients * rounds - len(seconds), lasted)


def headers(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"198.51.{number // 250}.{number % 250}"}


async def ask_api(client: httpx.AsyncClient, number: int, text: str) -> bool:
    response = await client.post("/api/ask", json={"text": text}, headers=headers(number))
    return response.status_code == 200


async def ask_page(client: httpx.AsyncClient, number: int, text: str, session: str = "") -> bool:
    """As the page does: send the question, and look until the answer stands there."""
    event: dict[str, Any] = {"data": [text, None], "fn_index": 0, "session_hash": session or f"load-{number}"}
    while True:
        reply = await client.post("/gradio_api/run/predict", json=event, headers=headers(number))
        if reply.status_code != 200:
            return False
        if 'class="pending"' not in reply.json()["data"][0]:
            return True
        event |= {"data": [None], "fn_index": 1}


ASKING: dict[str, Ask] = {"api": ask_api, "page": ask_page}


@contextmanager
def serving(index: Path, *more: str) -> Iterator[tuple[str, int]]:
    """`python app.py` on a free port, with `more` flags. Gives its address and process id."""
    flags = ["--port", "0", "--index", str(index), "--trusted_proxies", "127.0.0.1", "--questions", "100000", *more]
    process = subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "app.py", *flags], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        address = process.stdout.readline().removeprefix("Verbatim answers at ").strip()
        httpx.get(f"{address}readyz", timeout=120).raise_for_status()
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(60)


def resident_megabytes(pid: int) -> int:
    """Resident memory of a process, as `ps` tells it."""
    command = ["ps", "-o", "rss=", "-p", str(pid)]
    return int(subprocess.check_output(command, text=True)) // 1024  # noqa: S603 - a fixed command


def plot(found: Sequence[Outcome], patients: int, path: Path) -> None:
    """The part of answers that came within so many seconds."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for outcome in found:
        ordered = sorted(outcome.seconds)
        axes.step(ordered, [(n + 1) / len(ordered) for n in range(len(ordered))], where="post", label=outcome.way)
    axes.axvline(1.0, color="grey", linestyle=":")
    axes.set(xlabel="seconds to the whole answer", ylabel="part of the answers", title=f"{patients} patients at once")
    axes.set_xlim(left=0)
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
