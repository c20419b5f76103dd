"""Committed results: a fresh run of the built-in data set gives the same figures.

Quality is exact on one machine; another processor's arithmetic may move a document past its neighbour
in one of 215 queries, hence the tolerance. Where retrieval changed on purpose: `make benchmarks`.
"""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from evaluation.builtin import BUILT_IN
from evaluation.catalogue import Files, Folders, open_dataset, open_system
from evaluation.report import run_markdown
from evaluation.reproduce import (
    EXPERIMENTS,
    FRESH,
    OWN,
    PUBLISHED,
    Experiment,
    published_markdown,
    write_committed,
    write_index,
)
from evaluation.run import Plan, run_system
from retrieval.cached_encoder import CachedEncoder
from retrieval.encoder import DEFAULT_ENCODER, Encoder, load_encoder
from retrieval.index import Index
from tests import command_line
from tests.conftest import CORPUS, ROOT

TOLERANCE = 1 / 215 + 0.0001
RESULTS = ROOT / "benchmarks" / "results"
TARGETS = {
    "scifact": (0.679, 0.645, 0.713),
    "medication-qa": (0.548, 0.675, 0.636),
    "ema-leaflets": (0.520, 0.706, 0.694),
}
"""nDCG@10 of BM25, MiniLM and their fusion, as first measured by other code."""


COMMITTED = {summary["name"]: summary for summary in json.loads((RESULTS / f"{BUILT_IN}.json").read_bytes())}


@pytest.mark.parametrize("name", COMMITTED)
def test_a_fresh_run_equals_the_committed_one(name: str, index: Index, encoder: Encoder, tmp_path: Path) -> None:
    folders = Folders(CORPUS, index.folder.parent, tmp_path)
    kept = CachedEncoder(encoder, index.folder.parent)  # a system that embeds all phrasings need not do so again

    def load(name: str) -> Encoder:
        return kept if name == DEFAULT_ENCODER else load_encoder(name)

    assert name in OWN.systems
    system = open_system(name, folders, load)
    fresh = run_system(open_dataset(BUILT_IN, Files(), "test", folders), system, OWN.plan, tmp_path / "run")
    for measured, measure in COMMITTED[name]["measures"].items():
        assert fresh["measures"][measured]["mean"] == pytest.approx(measure["mean"], abs=TOLERANCE)


@pytest.mark.parametrize("name", TARGETS)
def test_the_committed_figures_are_the_known_ones(name: str) -> None:
    summaries = json.loads((RESULTS / f"{name}.json").read_bytes())
    means = {s["name"]: round(s["measures"]["nDCG@10"]["mean"], 3) for s in summaries}
    assert tuple(means[system] for system in ("bm25", "dense", "hybrid")) == TARGETS[name]


def test_the_page_of_results_is_made_of_the_committed_figures(tmp_path: Path) -> None:
    """One place for each figure: the page has no other than the JSON files beside it."""
    for path in RESULTS.glob("*.json"):
        shutil.copy(path, tmp_path)
    write_index(tmp_path)
    page = (tmp_path / "README.md").read_text("utf-8")
    assert page == (RESULTS / "README.md").read_text("utf-8")
    for experiment in EXPERIMENTS:
        summaries = json.loads((RESULTS / f"{experiment.name}.json").read_bytes())
        assert f"`{experiment.command([s['name'] for s in summaries])}`" in page
        assert run_markdown(summaries) in page
        if experiment is not OWN:
            assert published_markdown(json.loads((RESULTS / PUBLISHED).read_bytes()), experiment.name) in page
    for name in (BUILT_IN, *FRESH):
        assert f"### {name}\n" in page


def test_an_experiments_command() -> None:
    made = Experiment("n", "d", ("bm25",), "docs.jsonl", "q.jsonl", Plan(("RR(rel=2)@10",), 2000, True))
    assert made.command() == (
        "python -m evaluation run --dataset DATA/d --system bm25 --documents DATA/d/docs.jsonl "
        "--queries DATA/d/q.jsonl --measures 'RR(rel=2)@10' --depth 2000 --judged-only --out runs/n"
    )
    assert made.command(["bm25", "dense"]) == made.command().replace("bm25", "bm25 dense")
    assert made.place(None) is None


def test_results_not_made_anew_stay_in_the_table(tmp_path: Path) -> None:
    summary = json.loads((RESULTS / f"{BUILT_IN}.json").read_bytes())[0]
    write_committed(tmp_path, "scifact", [summary])
    write_index(tmp_path)
    text = (tmp_path / "README.md").read_text("utf-8")
    assert text.count("## ") == 1
    assert run_markdown([summary]) in text


def test_the_command_of_public_sets_makes_no_other_figures(beir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_committed(out, BUILT_IN, list(COMMITTED.values()))
    shutil.copytree(beir, tmp_path / "data" / "scifact")
    flags: list[str | Path] = [
        "--data",
        tmp_path / "data",
        "--out",
        out,
        "--cache",
        tmp_path / "cache",
        "--runs",
        tmp_path / "runs",
    ]
    done = evaluation("reproduce", *flags)
    assert done.returncode == 0, done.stderr
    assert f"left out: medication-qa is not in {tmp_path / 'data'}.\n" in done.stderr
    assert {path.name for path in out.iterdir()} == {"README.md", f"{BUILT_IN}.json", "scifact.json"}
    page = (out / "README.md").read_text("utf-8")
    assert "scifact: 5 documents, 4 queries" in page
    assert run_markdown(list(COMMITTED.values())) in page
    (tmp_path / "data" / "scifact").rename(tmp_path / "data" / "other")
    none = evaluation("reproduce", *flags)
    assert none.returncode == 2
    assert "data: none of the public sets is in this folder. They are: scifact, " in none.stderr
    without = evaluation("reproduce", "--out", out)
    assert (without.returncode, without.stderr.splitlines()[-1]) == (
        2, "--data: there is no folder of public data. Give --data FOLDER; the built-in sets are run by `evaluate`.",
    )  # fmt: skip


evaluation = partial(command_line.run, "evaluation")
