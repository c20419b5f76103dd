"""How long staff wait: a comparison, a trial, and the page while a large version is pending, beside a bare rebuild.

python -m benchmarks.performance.staff --out benchmarks/performance/results

All of it is done with the corpus that ships and its encoder. The bare rebuild is what a trial would cost without what
is kept: every text embedded, the triage trained, in an empty folder. The version that is compared has so many passages
reworded that at least `--moves` phrasings dangle; it is pending while the page is opened in a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from assistant.instructions import read_instructions
from assistant.start import start_assistant
from benchmarks.performance.load import ROOT, serving
from benchmarks.performance.report import load_average, table, write_report
from retrieval.batching import BatchingEncoder
from retrieval.corpus import Corpus, read_corpus
from retrieval.encoder import Encoder, load_encoder
from staff.accounts import Account, Role
from staff.bench import Bench, live_assistant, open_bench
from staff.change_kinds import Kind
from staff.suites import read_suites
from staff.updates import Update, update_of

_MEDICINE = "istiratumab"
_PASSWORD = "a bench of its own"  # noqa: S105 - of a state that is deleted
_REWORDED = "In most people: "
_TO_REACH = {"comparison": 5.0, "trial of a phrasing": 8.0, "trial of that version": 8.0, "page": 1.0}
_TIMES = 5
_AGAIN, _TRIES = 50, 400
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What took how long: seconds of the clock, and of this process's time on all processors, which a busy machine
    changes little."""

    what: str
    seconds: float
    processor: float | None = None

    def row(self, rebuild: Timed) -> dict[str, Any]:
        limit = next((limit for name, limit in _TO_REACH.items() if self.what.startswith(name)), None)
        return {
            "what": self.what,
            "seconds": round(self.seconds, 2),
            "of a bare rebuild": round(self.seconds / rebuild.seconds, 3),
            "processor seconds": "" if self.processor is None else round(self.processor, 2),
            "to reach, seconds": "" if limit is None else limit,
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.staff", description=__doc__)
    parser.add_argument("--moves", type=int, default=1_493, help="phrasings that dangle at least")
    parser.add_argument("--out", type=Path, help="folder for staff.json")
    arguments = parser.parse_args()
    busy = load_average()
    with tempfile.TemporaryDirectory() as folder:
        found, moves = measure(Path(folder), arguments.moves)
    rows = [timed.row(found[0]) for timed in found]
    print(f"{moves} phrasings dangle\n\n{table(rows)}")  # noqa: T201 - a command
    if arguments.out:
        write_report(arguments.out, "staff", busy, moves=moves, rows=rows)


def measure(home: Path, moves: int) -> tuple[list[Timed], int]:
    """The bare rebuild first. Returns how many phrasings dangled, too."""
    corpus = shutil.copytree(ROOT / "corpus", home / "corpus")
    encoder, index = BatchingEncoder(load_encoder()), home / "index"
    found: list[Timed] = []

    def timed(what: str, work: Callable[[], Any]) -> Any:
        began, used = time.perf_counter(), time.process_time()
        done = work()
        found.append(Timed(what, time.perf_counter() - began, time.process_time() - used))
        print(f"{what}: {found[-1].seconds:.1f} s", file=sys.stderr)  # noqa: T201 - a command
        return done

    timed("bare rebuild", lambda: start_assistant(corpus, index, encoder, _quiet))
    timed("rebuild with what is kept", lambda: start_assistant(corpus, home / "again", encoder, _quiet, vectors=index))
    bench = open_bench(home / "state", corpus, encoder, index=index)
    bench.accounts.add("rita", Role.REVIEWER, _PASSWORD, "benchmark")
    # As in the service, where patients are answered: its triage is taken by drafts.
    live_assistant(bench, lambda: start_assistant(corpus, index, encoder, _quiet))
    rita, now = Account("rita", Role.REVIEWER), read_corpus(corpus)
    passage = now.documents[_MEDICINE].passages.showable()[0].id
    for what in ("trial of a phrasing, the first since the start", "trial of a phrasing"):
        content = {"passage": passage, "q": f"a wording for the {what}"}
        change = bench.changes.propose(rita, Kind.PHRASING, content, "measured", now)
        timed(what, partial(bench.trials.run, change.id))
    version = timed("comparison", lambda: compared(now, corpus, reworded(now, moves), bench.drafts.cached))
    number = pending(bench, rita, now, version)
    timed("trial of that version", partial(bench.trials.run, number))
    with serving(index, "--corpus", str(corpus), "--staff", str(home / "state")) as (address, _):
        seconds = [opened(address, number) for _ in range(_TIMES + 1)][1:]
    found.append(Timed("page with that version pending, median", statistics.median(seconds)))
    return found, len(version.phrasings)


def reworded(corpus: Corpus, moves: int) -> str:
    """The monograph with its first passages worded otherwise, until so many phrasings dangle."""
    document = corpus.documents[_MEDICINE]
    text, dangling = document.monograph.source, 0
    blocks = [p for p in document.passages.showable() if any(q.passage == p.id for q in document.phrasings)]
    for block in sorted(blocks, key=lambda p: -p.start):
        if dangling >= moves:
            break
        words = block.text.removeprefix("- ")
        start = block.end - len(words)
        if text[start : block.end] == words:
            text = f"{text[:start]}{_REWORDED}{text[start:]}"
            dangling += sum(q.passage == block.id for q in document.phrasings)
    return text


def compared(corpus: Corpus, folder: Path, text: str, encoder: Encoder) -> Update:
    instructions = read_instructions(folder / "instructions", corpus.passages)
    return update_of(corpus, _MEDICINE, text, encoder, read_suites(folder / "suites"), instructions)


def pending(bench: Bench, rita: Account, corpus: Corpus, version: Update) -> int:
    content = version.as_content("9", date(2030, 1, 1), date(2031, 1, 1))
    return bench.changes.propose(rita, Kind.MONOGRAPH, content, "measured", corpus).id


def opened(address: str, change: int) -> float:
    """Seconds from going to the page until the change that waits stands there, for one who has signed in."""
    with _browsing() as page:
        page.goto(f"{address}staff")
        page.get_by_label("Name").fill("rita")
        page.get_by_label("Password").fill(_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.locator("#account").get_by_text("rita").wait_for()

        def waiting_change() -> None:
            change_stands = page.locator("#changes h3", has_text=f"Change {change}:")
            # A tab that is chosen before the page listens stays where it is: once more, as a person would.
            for _ in range(_TRIES):
                if change_stands.is_visible():
                    return
                page.get_by_role("tab", name="Fix", exact=True).click()
                page.wait_for_timeout(_AGAIN)
            raise SystemExit(f"{address}staff shows no change {change}.")

        waiting_change()  # what a browser keeps is there then
        began = time.perf_counter()
        page.goto(f"{address}staff")
        waiting_change()
        return time.perf_counter() - began


@contextmanager
def _browsing() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.browser import SWITCHES, find_chromium

    executable = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield browser.new_page()
        browser.close()


def _quiet(_: str) -> None:
    return


if __name__ == "__main__":
    main()
