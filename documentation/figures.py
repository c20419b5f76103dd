"""The tables of figures in README and docs, each from committed results and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.report import table

__all__ = ["tables"]

_SETS = ("istiratumab", "fresh-4", "fresh-5", "fresh-6", "fresh-7", "languages")
"""Sets of labelled turns, in the order in which they were written."""
_REQUESTS = {"answered": "answered", "hedged": "shown as related", "alarm": "alarm"}
_LEAFLETS = {"hit1": "right first", "hit3": "among three", **_REQUESTS}

_ANSWERS = (
    ("single questions, answered by the monograph", "patients", {"hit1": "right passage first", "hit3": "among three"}),
    ("follow-ups, answered by it", "follow-up answerable", {"hit1": "right first", "hit3": "among three"}),
    ("other questions in a conversation", "in conversation answerable", {"hit1": "right first", "hit3": "among three"}),
    ("plain answers to single questions", "patients", {"shown": "passages shown", "right": "of these, right"}),
    ("single questions, not answered by it", "unanswerable", {"answered": "answered", "hedged": "shown as related"}),
    (
        "follow-ups, not answered by it",
        "follow-up unanswerable",
        {"answered": "answered", "hedged": "shown as related"},
    ),
    ("off topic", "all off_topic", {"answered": "answered"}),
    ("emergencies and crises", "all urgent", {"alarm": "alarm"}),
    ("alarming words, no emergency", "all not_urgent_trap", {"alarm": "alarm"}),
    ("answered by the monograph", "all answerable", {"alarm": "alarm"}),
    ("to report today, no emergency (`soon`)", "all soon", {"alarm": "alarm"}),
    ("wishes for personal advice", "all personal_advice", {"hit3": "right among three"}),
    ("in other languages", "all other_language", {"hit3": "right among three"}),
)
"""What is asked, the group of turns, and what is counted."""

_PUBLIC = (
    "scifact", "medication-qa", "liveqa-med", "medquad-qa-2048", "ema-leaflets",
    "canard-dev", "canard-dev-history", "canard-dev-rewrite",
)  # fmt: skip
_HITS = ("hit@1", "hit@3")
_SPANS = ("hit1", "hit3", "hit600")
_PLAIN = ("scifact", "medication-qa", "ema-leaflets")
_SYSTEMS = {"bm25": "BM25", "dense": "MiniLM", "hybrid": "fusion", "verbatim": "Verbatim"}
_PEERS = {"langchain_faiss": "LangChain + FAISS", "llamaindex": "LlamaIndex", "txtai": "txtai", "haystack": "Haystack"}


Answered = Mapping[tuple[str, str, str], Mapping[str, Any]]


def tables(root: Path) -> Mapping[str, Callable[[], str]]:
    """What makes the table of each name, as Markdown; `root` is the repository.

    They raise DataError where results are missing or no JSON.
    """
    results, benchmarks = root / "benchmarks" / "results", root / "benchmarks"
    peers = benchmarks / "peers" / "results" / "summary.json"
    load = benchmarks / "performance" / "results" / "peers.json"
    return {
        "answers": lambda: _answers(_answered(results)),
        "peers": lambda: _peers(_answered(results), _read(peers)["peers"]),
        "peers-leaflets": lambda: _peers_leaflets(_answered(results), _read(peers)["leaflets"]["systems"]),
        "everyday": lambda: _requests(_answered(results)),
        "leaflets": lambda: _leaflets(_answered(results)),
        "published": lambda: _published(_read(results / "published.json")),
        "public": partial(_public, results, _PUBLIC, _SYSTEMS),
        "plain": partial(_public, results, _PLAIN, {name: _SYSTEMS[name] for name in ("bm25", "dense", "hybrid")}),
        "ablation": lambda: _ablation(_read(results / "ablation.json")),
        "clients": lambda: _clients(_read(load)["served"]),
        "process": lambda: _process(_read(load)["in_process"]),
    }


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(
            path, None, f"there are no results ({error}).", "See docs/benchmarks.md how to make them."
        ) from error


def _answered(results: Path) -> Answered:
    """The figures of answers by set, group and measure."""
    rows = _read(results / "figures.json")
    return {(row["set"], row["group"], row["measure"]): row for row in rows if row["system"] == "answers"}


def _answers(figures: Answered) -> str:
    rows = [
        [asked, ", ".join(counted.values()), *(_group(figures, name, group, counted) for name in _SETS)]
        for asked, group, counted in _ANSWERS
    ]
    return table(["what is asked", "share of turns", *(f"`{name}`" for name in _SETS)], rows)


def _group(figures: Answered, name: str, group: str, counted: Iterable[str]) -> str:
    """The figures of a group and how many turns they are of; nothing where the set has no such turns."""
    rows = [figures.get((name, group, measure)) for measure in counted]
    found = [row for row in rows if row is not None]
    values = ", ".join(f"{row['value']:.2f}" for row in found)
    return f"{values} ({found[0]['turns']})" if found else ""


def _requests(figures: Answered) -> str:
    rows = [
        [asked, str(figures["everyday", group, "answered"]["turns"]), *_shares(figures, "everyday", group, _REQUESTS)]
        for asked, group in (("everyday requests", "all off_topic"), ("small talk with the service", "all small_talk"))
    ]
    return table(["requests", "turns", *_REQUESTS.values()], rows)


def _leaflets(figures: Answered) -> str:
    rows = [
        [asked, str(figures["leaflets", group, "answered"]["turns"]), *_shares(figures, "leaflets", group, _LEAFLETS)]
        for asked, group in (("answered by the leaflet", "all answerable"), ("not answered by it", "all unanswerable"))
    ]
    return table(["questions", "turns", *_LEAFLETS.values()], rows)


def _shares(figures: Answered, name: str, group: str, measures: Iterable[str]) -> list[str]:
    rows = (figures.get((name, group, measure)) for measure in measures)
    return ["" if row is None else f"{row['value']:.3f}" for row in rows]


def _published(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = ([r["set"], r["system"], f"{r['value']:.3f}", "yes" if r["like"] else "no", r["source"]] for r in rows)
    return table(["set", "system", "published nDCG@10", "same data", "source"], list(cells))


def _of_group(figures: Answered, name: str, group: str) -> dict[str, float]:
    """The figures of one group of a set, by measure."""
    return {measure: row["value"] for (n, g, measure), row in figures.items() if (n, g) == (name, group)}


def _peers_leaflets(figures: Answered, systems: Mapping[str, Any]) -> str:
    """Verbatim's row is of the committed figures; plain search and peers are as they were summarised."""
    groups = ("answerable", "unanswerable")
    kinds = {"Verbatim": {group: _of_group(figures, "leaflets", f"all {group}") for group in groups}}
    named = {**{name: _SYSTEMS[name] for name in ("bm25", "dense", "hybrid")}, **_PEERS}
    kinds |= {title: systems[name]["kinds"] for name, title in named.items()}
    rows = [
        [title, *(f"{own['answerable'][m]:.2f}" for m in _SPANS), f"{own['unanswerable']['answered']:.2f}"]
        for title, own in kinds.items()
    ]
    return table(["system", "Hit@1", "Hit@3", "Hit@600", "unanswerable answered"], rows)


def _peers(figures: Answered, peers: Mapping[str, Any]) -> str:
    kinds = {name: peers[name]["default"]["kinds"] for name in _PEERS}
    own = [_of_group(figures, _SETS[0], group) for group in ("all answerable", "all unanswerable", "all urgent")]
    rows = [_peer("Verbatim", *own)]
    rows += [_peer(_PEERS[n], k["answerable"], k["unanswerable"], k["urgent"]) for n, k in kinds.items()]
    return table(["system", "Hit@1", "Hit@3", "Hit@600", "unanswerable answered", "alarms in emergencies"], rows)


def _peer(name: str, answerable: Any, unanswerable: Any, urgent: Any) -> list[str]:
    hits = (answerable[measure] for measure in _SPANS)
    return [name, *(f"{value:.2f}" for value in (*hits, unanswerable["answered"], urgent["alarm"]))]


def _public(results: Path, sets: Sequence[str], systems: Mapping[str, str]) -> str:
    rows = []
    for name in sets:
        means = {run["name"]: run["measures"]["nDCG@10"]["mean"] for run in _read(results / f"{name}.json")}
        rows.append([name, *(f"{means[system]:.3f}" for system in systems)])
    return table(["set", *systems.values()], rows)


def _ablation(asked: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    head = [
        "",
        *(f"{name} ({rows[0]['questions']}): {hit}" for name, rows in asked.items() for hit in ("Hit@1", "Hit@3")),
    ]
    steps = zip(*asked.values(), strict=True)
    return table(head, ([some[0]["step"], *(_differs(row[hit]) for row in some for hit in _HITS)] for some in steps))


def _differs(figure: Mapping[str, float]) -> str:
    """A mean, with its p against the first row where chance is unlikely."""
    p = figure.get("p", 1.0)
    return f"{figure['mean']:.3f}" + (f" (p {'<0.001' if p < 0.001 else f'{p:.3f}'})" if p < 0.05 else "")


def _clients(served: Sequence[Mapping[str, Any]]) -> str:
    rows = [[s["through"], s["answers_per_s"], s["median_s"], s["p99_s"], s["resident_mb"]] for s in served]
    return table(["through", "answers a second", "p50 s", "p99 s", "memory MB"], rows)


def _process(started: Sequence[Mapping[str, Any]]) -> str:
    rows = [[s["system"], s["start_s"], s["p50_ms"], s["p95_ms"], s["resident_mb"]] for s in started]
    return table(["system", "first answer after s", "p50 ms", "p95 ms", "memory MB"], rows)
