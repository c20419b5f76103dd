"""The summary of the peers as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.report import table

__all__ = ["summary_markdown"]

_TITLES = {"hit1": "Hit@1", "hit3": "Hit@3", "hit600": "Hit@600"}


def summary_markdown(summary: Mapping[str, Any]) -> str:
    """Every figure of a summary as tables, with nothing that is not in it."""
    parts = ["# Peers, measured\n"]
    if summary["conversations"]:
        systems = list(_systems(summary))
        parts += [_answerable(systems, summary["conversations"]["turns"]), _answered(systems)]
    if leaflets := summary.get("leaflets"):
        systems = list(leaflets["systems"].items())
        parts.append("# Labelled leaflets, each question asked of its own leaflet alone\n")
        parts += [_answerable(systems, leaflets["turns"]), _answered(systems)]
    if any("tuned" in peer for peer in summary["peers"].values()):
        parts += [_chosen(summary), _grid(summary)]
    if summary["public"]:
        parts.append(_public(summary["public"]))
    if summary["peers"]:
        parts.append(_versions(summary["peers"]))
    return "\n".join(parts)


def _systems(summary: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from summary["others"].items()
    for name, peer in summary["peers"].items():
        yield f"{name}, default", peer["default"]
        if "tuned" in peer:
            yield f"{name}, tuned", peer["tuned"]


def _answerable(systems: list[tuple[str, Mapping[str, Any]]], of: int) -> str:
    head = ["system", *_TITLES.values(), "characters shown"]
    rows = [
        [name, *(_with_interval(system, measure) for measure in _TITLES), system["characters"]]
        for name, system in systems
    ]
    turns = systems[0][1]["kinds"]["answerable"]["n"]
    text = f"## Answerable turns ({turns} of {of}), with 95% intervals\n\n"
    return text + table(head, rows)


def _with_interval(system: Mapping[str, Any], measure: str) -> str:
    low, high = system["intervals"][measure]
    return f"{system['kinds']['answerable'][measure]:.3f} ({low:.2f}–{high:.2f})"


def _answered(systems: list[tuple[str, Mapping[str, Any]]]) -> str:
    kinds = systems[0][1]["kinds"]
    head = ["system", *(f"{kind} ({row['n']})" for kind, row in kinds.items())]
    rows = [[name, *(f"{system['kinds'][kind]['answered']:.2f}" for kind in kinds)] for name, system in systems]
    return "## Share answered, by kind of turn\n\n" + table(head, rows)


def _chosen(summary: Mapping[str, Any]) -> str:
    tuned = {name: peer["tuned"] for name, peer in summary["peers"].items() if "tuned" in peer}
    rows = [[name, *(_chunking(c) for c in peer["chunkings"])] for name, peer in tuned.items()]
    return "## Chunking chosen for each fold\n\n" + table(["peer", *(f"fold {n}" for n in range(1, 6))], rows)


def _grid(summary: Mapping[str, Any]) -> str:
    rows = [
        [name, _chunking(row["chunking"]), *(f"{row[measure]:.3f}" for measure in _TITLES), row["characters"]]
        for name, peer in summary["peers"].items()
        for row in peer.get("grid", [])
    ]
    text = "## Every chunking tried, answerable turns\n\nNot cross-validated: read no best figure off this table.\n\n"
    return text + table(["peer", "chunking", *_TITLES.values(), "characters shown"], rows)


def _public(public: Mapping[str, Any]) -> str:
    rows = [
        [dataset, name, cut, *(f"{value:.4f}" for value in values.values())]
        for dataset, peers in public.items()
        for name, cuts in peers.items()
        for cut, values in cuts.items()
    ]
    return "## Public sets\n\n" + table(["set", "peer", "documents", "nDCG@10", "RR@10", "R@10"], rows)


def _versions(peers: Mapping[str, Any]) -> str:
    rows = [
        [name, peer["python"], ", ".join(f"{package} {version}" for package, version in peer["packages"].items())]
        for name, peer in peers.items()
    ]
    return "## Versions\n\n" + table(["peer", "Python", "packages"], rows)


def _chunking(chunking: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in chunking.items())
