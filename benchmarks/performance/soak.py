"""Does a server process grow? Questions of every kind at a bounded rate, while its memory is watched (Linux).

python -m benchmarks.performance.soak --minutes 3 --out benchmarks/performance/results

The slope is of the process's own memory (RssAnon: pages of mapped files, such as the words' vectors, come and go) over
questions answered, in MB for 1,000, after a warm-up, with a 95% interval by a bootstrap of blocks of residuals:
neighbours in time are alike. Conversations are kept for an hour by design, so the number held is counted too: `--fresh`
is the part of questions that begin a new one.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import numpy as np
from matplotlib.figure import Figure
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.performance.load import ROOT, ask_page, headers, serving
from benchmarks.performance.report import load_average, table, write_report
from benchmarks.performance.slope import interval, slope
from retrieval.corpus import read_corpus

PATIENTS = 20
"""As many at once at most, each with an address, a conversation of the API and a session of the page."""

ODD = (
    "",
    "?!",
    "🤒🤒",
    "\u202ehow long\x00 is the drip\u202c",
    "<img src=x onerror=alert(1)> is it safe",
    "¿Cuánto tiempo dura la infusión?",
    "ما هي الآثار الجانبية",
    "输液需要多长时间",
    "my throat is swelling up and I can't breathe",
    "I want to kill myself",
    "hello",
    "why " * 450,
    "x" * 5000,
    "word " * 5000,
)
FOLLOW_UPS = ("how long does it last", "what can i put on it", "tell me more", "is that common", "and at night?")


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at one moment."""

    seconds: float
    answered: int
    own_mb: float
    resident_mb: float
    files: int
    threads: int
    conversations: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is asked next: through which way, as which patient, as the first of a new conversation or not."""

    page: bool
    patient: int
    text: str
    first: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0, help="how long, the warm-up included")
    parser.add_argument("--warm", type=float, default=1.0, help="minutes of warm-up that do not count")
    parser.add_argument("--rate", type=float, default=10.0, help="questions a second, at most")
    parser.add_argument("--fresh", type=float, default=0.2, help="part of the questions that begin a conversation")
    parser.add_argument("--index", type=Path, default=ROOT / "build" / "index")
    parser.add_argument("--out", type=Path, help="folder for soak.json and soak.png")
    arguments = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as free:
        metrics = f"127.0.0.1:{free.getsockname()[1]}"
    busy = load_average()
    with serving(arguments.index, "--metrics", metrics) as (address, process):
        soak = Soak(address, f"http://{metrics}/metrics", process, messages(arguments.fresh))
        asyncio.run(soak.run(60 * arguments.minutes, arguments.rate))
    counted = [sample for sample in soak.samples if sample.seconds >= 60 * arguments.warm]
    row = figures(counted)
    print(table([row]))  # noqa: T201 - a command
    if arguments.out:
        write_report(
            arguments.out,
            "soak",
            busy,
            results=row,
            statuses=dict(sorted(soak.statuses.items())),
            samples=[asdict(sample) for sample in soak.samples[::10]],
        )
        plot(soak.samples, counted[0].answered, row, arguments.out / "soak.png")


def messages(fresh: float) -> Iterator[Message]:
    """Questions without an end, the same each time: known ones, gaps, odd ones, follow-ups, some to start over."""
    choose, corpus = random.Random(0), read_corpus(ROOT / "corpus")  # noqa: S311 - the same each time
    known = [p.question for document in corpus.documents.values() for p in document.phrasings]
    gaps = [gap.question for gap in corpus.gaps]
    while True:
        (kind,) = choose.choices((known, gaps, ODD, FOLLOW_UPS), (6, 2, 1, 3))
        first = choose.random() < fresh
        yield Message(choose.random() < 0.5, choose.randrange(PATIENTS), choose.choice(kind), first)


class Soak:
    """One server process, asked and watched."""

    def __init__(self, address: str, metrics: str, process: int, messages: Iterator[Message]) -> None:
        self._address, self._metrics, self._process, self._messages = address, metrics, process, messages
        self._conversations: dict[int, str] = {}
        self._sessions: Counter[int] = Counter()
        self._answered = 0
        self.samples: list[Sample] = []
        self.statuses: Counter[str] = Counter()

    async def run(self, seconds: float, rate: float) -> None:
        """Ask for so many seconds, at most `rate` a second and one of a patient at a time, and sample each second."""
        limits = httpx.Limits(max_connections=2 * PATIENTS, max_keepalive_connections=0)
        turns = [asyncio.Lock() for _ in range(PATIENTS)]
        room = asyncio.Semaphore(PATIENTS)
        began = time.perf_counter()
        async with httpx.AsyncClient(base_url=self._address, timeout=120, limits=limits) as client:

            async def one(message: Message) -> None:
                async with turns[message.patient]:
                    await self._ask(client, message)
                room.release()

            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(began))
                while time.perf_counter() - began < seconds:
                    await room.acquire()
                    group.create_task(one(next(self._messages)))
                    await asyncio.sleep(1 / rate)
                for _ in range(PATIENTS):
                    await room.acquire()
                watching.cancel()

    async def _ask(self, client: httpx.AsyncClient, message: Message) -> None:
        patient = message.patient
        if message.page:
            self._sessions[patient] += message.first
            session = f"soak-{patient}-{self._sessions[patient]}"
            status = "page" if await ask_page(client, patient, message.text, session) else "page failed"
        else:
            known = None if message.first else self._conversations.get(patient)
            body = {"text": message.text, "conversation": known}
            response = await client.post("/api/ask", json=body, headers=headers(patient))
            self._conversations[patient] = response.json().get("conversation", "")
            status = f"api {response.status_code}"
        self.statuses[status] += 1
        self._answered += 1

    async def _watch(self, began: float) -> None:
        async with httpx.AsyncClient(timeout=120) as client:
            while True:
                text = (await client.get(self._metrics)).text
                self.samples.append(sampled(self._process, time.perf_counter() - began, self._answered, text))
                await asyncio.sleep(1)


def sampled(process: int, seconds: float, answered: int, metrics: str) -> Sample:
    folder = Path(f"/proc/{process}")
    lines = (folder / "status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    families = text_string_to_metric_families(metrics)
    held = {sample.name: sample.value for family in families for sample in family.samples}
    own, resident = (round(int(status[name].split()[0]) / 1024, 2) for name in ("RssAnon", "VmRSS"))
    return Sample(
        round(seconds, 2),
        answered,
        own,
        resident,
        len(list((folder / "fd").iterdir())),
        int(status["Threads"]),
        int(held["verbatim_conversations"]),
    )


def figures(samples: Sequence[Sample]) -> dict[str, float | int | str]:
    """What the samples after the warm-up show."""
    thousands = np.array([sample.answered / 1000 for sample in samples])
    own = np.array([sample.own_mb for sample in samples])
    low, high = interval(thousands, own)
    first, last = samples[0], samples[-1]
    return {
        "questions": last.answered - first.answered,
        "mb_per_1000": round(slope(thousands, own), 3),
        "low_95": round(low, 3),
        "high_95": round(high, 3),
        "own_mb": f"{first.own_mb:.0f} to {last.own_mb:.0f}",
        "resident_mb": f"{first.resident_mb:.0f} to {last.resident_mb:.0f}",
        "conversations": f"{first.conversations} to {last.conversations}",
        "files": f"{min(s.files for s in samples)} to {max(s.files for s in samples)}",
        "threads": f"{min(s.threads for s in samples)} to {max(s.threads for s in samples)}",
    }


def plot(samples: Sequence[Sample], warm: int, row: dict[str, float | int | str], path: Path) -> None:
    """Memory and conversations held, by questions answered."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    answered = [sample.answered for sample in samples]
    axes.plot(answered, [sample.resident_mb for sample in samples], color="tab:blue", label="resident")
    axes.plot(answered, [sample.own_mb for sample in samples], color="tab:green", label="its own")
    axes.axvline(warm, color="grey", linestyle=":", label="end of the warm-up")
    title = f"{row['mb_per_1000']} MB for 1,000 questions ({row['low_95']} to {row['high_95']})"
    axes.set(xlabel="questions answered", ylabel="memory, MB", title=title)
    held = axes.twinx()
    held.plot(answered, [sample.conversations for sample in samples], color="tab:orange", label="conversations held")
    held.set(ylabel="conversations held")
    held.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
