"""The default encoder and what stands on it, against sentence-transformers with the same weights, in one run.

python -m benchmarks.performance.encoder --out benchmarks/performance/results

Both take turns, on one compute thread each, so a busy machine slows both. `ratio` is Verbatim's figure over the other.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.performance.load import ROOT, quantile
from benchmarks.performance.report import load_average, table, write_report
from retrieval.adapter import ADAPTER
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, read_corpus
from retrieval.encoder import SentenceTransformerEncoder, default_folder, load_encoder
from retrieval.index import open_index
from retrieval.questions import held_out
from retrieval.retriever import Retriever
from retrieval.views import corpus_views

_BATCHES = (8, 16, 32, 64, 128)
_ROUNDS = 3

_SAID = 'print(time.time(), [l for l in open("/proc/self/status") if l.startswith("VmRSS")][0].split()[1], flush=True)'
_BARE = f"""
import time
from sentence_transformers import SentenceTransformer
import torch
torch.set_num_threads(1)
SentenceTransformer({{folder!r}}, device="cpu", local_files_only=True).encode(["how long will the drip take"])
{_SAID}
"""
_RETRIEVAL = f"""
import time
from pathlib import Path
from retrieval.corpus import read_corpus
from retrieval.encoder import load_encoder
from retrieval.index import load_index
from retrieval.retriever import Retriever
corpus, encoder = read_corpus(Path("corpus")), load_encoder()
Retriever(corpus, load_index(Path({{index!r}}), corpus, encoder), encoder).search("how long will the drip take", 3)
{_SAID}
"""
_ASSISTANT = f"""
import time
from pathlib import Path
from assistant.start import start_assistant
from retrieval.encoder import load_encoder
start_assistant(Path("corpus"), Path({{index!r}}), load_encoder(), print).ask("how long will the drip take")
{_SAID}
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.encoder", description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--texts", type=int, default=1024, help="passages to embed")
    parser.add_argument("--index", type=Path, default=ROOT / "build" / "index")
    parser.add_argument("--out", type=Path, help="folder for encoder.json")
    arguments = parser.parse_args()
    corpus, busy = read_corpus(ROOT / "corpus"), load_average()
    bare, encoder = SentenceTransformerEncoder(default_folder(), "bare", ADAPTER), load_encoder()
    texts = list(dict.fromkeys(view.text for view in corpus_views(corpus)))
    texts = texts[:: -(-len(texts) // arguments.texts)]
    rows = [
        *warm(corpus, bare, arguments.index, arguments.questions),
        build(texts, lambda folder: CachedEncoder(encoder, folder).encode(texts), bare),
        *starts(arguments.index),
    ]
    print(table(rows))  # noqa: T201 - a command
    if arguments.out:
        write_report(arguments.out, "encoder", busy, results=rows)


def row(what: str, ours: float, bare: float, digits: int = 1) -> dict[str, float | int | str]:
    shown = {"verbatim": round(ours, digits), "sentence-transformers": round(bare, digits)}
    return {"what": what, **shown, "ratio": round(ours / bare, 2)}


def warm(corpus: Corpus, bare: Any, folder: Path, count: int) -> list[dict[str, float | int | str]]:
    """Encode, search and rank, one question at a time, against the bare call that encodes it."""
    encoder = load_encoder()
    retriever = Retriever(corpus, open_index(folder, corpus, encoder), encoder)
    asked = [p.question for d in corpus.documents.values() for p in d.phrasings if held_out(p.question)]
    asked = asked[:: -(-len(asked) // count)]

    def call(question: str) -> object:
        return bare._model.encode([question], normalize_embeddings=True, show_progress_bar=False)

    ways: tuple[Callable[[str], object], ...] = (lambda q: retriever.search(q, 3), lambda q: encoder.encode([q]), call)
    for way in ways * 3:
        way(asked[0])
    took: list[list[float]] = [[] for _ in ways]
    for question in asked:
        for way, times in zip(ways, took, strict=True):
            times.append(1000 * seconds(partial(way, question)))
    whole, encoding, bare_times = took
    return [
        row("retrieval of a warm question, p50 ms", statistics.median(whole), statistics.median(bare_times)),
        row("retrieval of a warm question, p95 ms", quantile(whole, 0.95), quantile(bare_times, 0.95)),
        row("encoding alone, p50 ms", statistics.median(encoding), statistics.median(bare_times)),
    ]


def build(texts: Sequence[str], ours: Callable[[Path], object], bare: Any) -> dict[str, float | int | str]:
    """Passages a second that `ours` builds into an empty folder, against the bare encoder at its best batch size.

    The best of rounds, in turns.
    """
    own, others = [], []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            own.append(seconds(partial(ours, Path(folder))))
        for size in _BATCHES:
            call = partial(
                bare._model.encode, texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False
            )
            others.append(seconds(call))
    return row("build, passages a second", len(texts) / min(own), len(texts) / min(others), 0)


def starts(index: Path) -> list[dict[str, float | int | str]]:
    """From the start of a process to its first answer, and its memory then; the median of rounds."""
    codes = [_RETRIEVAL.format(index=str(index)), _ASSISTANT.format(index=str(index))]
    codes.append(_BARE.format(folder=str(default_folder())))
    found = [[started(code) for code in codes] for _ in range(_ROUNDS)]
    (retrieval, rss), (assistant, rss_assistant), (bare, rss_bare) = (
        tuple(statistics.median(values) for values in zip(*rounds, strict=True))
        for rounds in zip(*found, strict=True)
    )  # fmt: skip
    return [
        row("start to first passage / to first vector, s", retrieval, bare),
        row("start to first answer / to first vector, s", assistant, bare),
        row("resident, retrieval / bare encoder, MB", rss, rss_bare, 0),
        row("resident, assistant / bare encoder, MB", rss_assistant, rss_bare, 0),
    ]


def started(code: str) -> tuple[float, float]:
    """Seconds until a process says that it is done, and its resident megabytes."""
    began = time.time()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    at, kilobytes = done.stdout.split()[-2:]
    return float(at) - began, int(kilobytes) / 1024


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
