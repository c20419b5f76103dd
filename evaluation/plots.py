"""Plots of a comparison, as PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evaluation.calibration import Calibration
from evaluation.compare import Mean, risk_coverage
from evaluation.results import Results, shared_values

__all__ = ["write_calibration_plots", "write_plots"]

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


def write_calibration_plots(folder: Path, measured: Calibration) -> list[Path]:
    """Write reliability.png, risk_coverage.png and costs.png; returns them."""
    plots = {"reliability": _reliability, "risk_coverage": _risk, "costs": _costs}
    written = [folder / f"{name}.png" for name in plots]
    for path, plot in zip(written, plots.values(), strict=True):
        figure = Figure(figsize=(6, 4.5), layout="constrained")
        axes = figure.subplots()
        plot(axes, measured)
        axes.set_xlim(0, 1)
        axes.grid(alpha=0.3)
        axes.legend()
        figure.savefig(path, dpi=_DPI)
    return written


def _reliability(axes: Any, measured: Calibration) -> None:
    bins = measured.bins
    right = np.array([b.right for b in bins])
    error = np.maximum(0, [right - [b.right_low for b in bins], [b.right_high for b in bins] - right])
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.6, linestyle=":", label="as it says")
    axes.errorbar([b.probability for b in bins], right, yerr=error, fmt="o", capsize=3, label="share that is right")
    axes.set_ylim(0, 1)
    axes.set_xlabel(f"probability; expected calibration error {measured.expected_error:.3f}")
    axes.set_ylabel("share that is right, and 95% interval")


def _risk(axes: Any, measured: Calibration) -> None:
    axes.step(measured.coverage, measured.risk, where="pre", label=f"area {measured.area:.3f}")
    axes.set_ylim(0, 1)
    axes.set_xlabel("coverage: share of these answers, most probable first")
    axes.set_ylabel("risk: share of them that is wrong")


def _costs(axes: Any, measured: Calibration) -> None:
    costs = measured.costs
    axes.step(measured.thresholds[:-1], measured.cost[:-1], where="pre", label="answered from this probability on")
    axes.axhline(measured.cost_as_decided, color="C1", linewidth=0.8, label="as decided")
    axes.axhline(measured.cost[-1], color="grey", linewidth=0.8, linestyle=":", label="never answered")
    axes.set_xlabel("threshold on the probability")
    axes.set_ylabel(f"cost of a turn: missed {costs.missed:g}, wrong {costs.wrong:g}, refused {costs.refused:g}")
