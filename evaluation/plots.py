"""Plots of a comparison, as PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evaluation.compare import Mean, risk_coverage
from evaluation.results import Results, shared_values

__all__ = ["write_plots"]

_DPI = 120


def write_plots(folder: Path, results: Sequence[Results], averages: Sequence[Mean]) -> list[Path]:
    """Write measures.png, differences.png, risk_coverage.png and latency.png; returns those written.

    A plot that has nothing to show (no confidences, no latencies) is not written.
    """
    plots = {
        "measures": _measures(averages),
        "differences": _differences(results, results[0].risk_measure),
        "risk_coverage": _risk_coverage(results),
        "latency": _latency(results),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in plots.items():
        if figure is not None:
            written.append(folder / f"{name}.png")
            figure.savefig(written[-1], dpi=_DPI)
    return written


def _measures(averages: Sequence[Mean]) -> Figure:
    names = list(dict.fromkeys(m.measure for m in averages))
    systems = list(dict.fromkeys(m.system for m in averages))
    figure = Figure(figsize=(max(6, 1.4 * len(names) + 2), 4.5), layout="constrained")
    axes = figure.subplots()
    for place, system in enumerate(systems):
        own = [m for m in averages if m.system == system]
        x = np.arange(len(names)) + (place - (len(systems) - 1) / 2) * 0.8 / len(systems)
        mean = np.array([m.mean for m in own])
        # A bootstrap interval can end a rounding error on the wrong side of a mean of 0 or 1.
        error = np.maximum(0, [mean - [m.low for m in own], [m.high for m in own] - mean])
        axes.errorbar(x, mean, yerr=error, fmt="o", capsize=3, label=system)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(0, 1)
    axes.set_ylabel("mean and 95% interval")
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    return figure


def _differences(results: Sequence[Results], measure: str) -> Figure | None:
    """Each system against the first, query by query, from most lost to most won."""
    if len(results) < 2:
        return None
    _, columns = shared_values(results, measure)
    figure = Figure(figsize=(7, 2.4 * (len(results) - 1)), layout="constrained")
    panels = figure.subplots(len(results) - 1, 1, squeeze=False)[:, 0]
    for axes, other, column in zip(panels, results[1:], columns[1:], strict=True):
        difference = np.sort(column - columns[0])
        axes.bar(np.arange(len(difference)), difference, width=1, color=np.where(difference < 0, "C3", "C0"))
        wins, losses = (difference > 0).sum(), (difference < 0).sum()
        axes.set_title(f"{other.name} − {results[0].name}: {wins} won, {losses} lost of {len(difference)}", fontsize=10)
        axes.set_ylabel(measure)
        axes.axhline(0, color="black", linewidth=0.8)
    panels[-1].set_xlabel("queries, by difference")
    return figure


def _risk_coverage(results: Sequence[Results]) -> Figure | None:
    curves = [(r, *risk_coverage(r)) for r in results]
    if not any(len(coverage) for _, coverage, _ in curves):
        return None
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    for result, coverage, risk in curves:
        axes.plot(coverage, risk, marker="o" if len(coverage) == 1 else None, label=result.name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("coverage: share of queries answered, most confident first")
    axes.set_ylabel(f"risk: 1 − {results[0].risk_measure} of those answered")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _latency(results: Sequence[Results]) -> Figure | None:
    timed = [(r.name, np.sort(r.latencies())) for r in results if len(r.latencies())]
    if not timed:
        return None
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, ms in timed:
        axes.plot(ms, np.arange(1, len(ms) + 1) / len(ms), label=name)
    for share in (0.5, 0.95, 0.99):
        axes.axhline(share, color="grey", linewidth=0.6, linestyle=":")
    axes.set_xscale("log")
    axes.set_ylim(0, 1)
    axes.set_xlabel("milliseconds for one query (log scale)")
    axes.set_ylabel("share of queries answered by then")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
