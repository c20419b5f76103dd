"""Comparisons, plots and failures of runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from evaluation.compare import compare, comparison_markdown, means, risk_coverage
from evaluation.errors import DataError
from evaluation.failures import failures_html, failures_markdown, worst
from evaluation.plots import write_plots
from evaluation.results import Results, read_comparable, read_results
from evaluation.statistics import randomisation_test, t_test
from tests.evaluation.conftest import write_jsonl


def row(query: str, value: float, confidence: float | None = None, **more: Any) -> dict[str, Any]:
    given = {"query": query, "text": f"asks {query}", "before": "", "measures": {"RR": value}, "ms": 2.0}
    return {**given, "confidence": confidence, "expected": [], "found": [], **more}


def results(name: str, *rows: dict[str, Any]) -> Results:
    return Results(name, "made-up", "0", {r["query"]: r for r in rows}, "RR")


def values(name: str, *numbers: float) -> Results:
    return results(name, *(row(f"q{n}", number, number) for n, number in enumerate(numbers)))


def write(folder: Path, name: str, data: str, *rows: dict[str, Any]) -> Path:
    folder.mkdir()
    summary = {"name": name, "dataset": "d", "risk_measure": "RR", "fingerprint": {"data": {"sha256": data}}}
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    write_jsonl(folder / "per_query.jsonl", *rows)
    return folder


def test_every_pair_is_compared() -> None:
    a, b, c = values("a", 0.0, 0.5, 1.0, 0.2), values("b", 1.0, 0.5, 0.5, 0.4), values("c", 1.0, 1.0, 1.0, 1.0)
    first, second, third = compare([a, b, c])
    assert [(p.a, p.b) for p in (first, second, third)] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert (first.wins, first.losses, first.ties) == (2, 1, 1)
    assert first.difference == pytest.approx(0.175)
    assert first.low <= first.difference <= first.high
    column = {r.name: np.array([x["measures"]["RR"] for x in r.rows.values()]) for r in (a, b, c)}
    raw = sorted(randomisation_test(column[x], column[y]) for x, y in ("ab", "ac", "bc"))
    assert min(p.p_randomisation for p in (first, second, third)) == pytest.approx(min(1, 3 * raw[0]))
    raw = sorted(t_test(column[x], column[y]) for x, y in ("ab", "ac", "bc"))
    assert min(p.p_t for p in (first, second, third)) == pytest.approx(min(1, 3 * raw[0]))


def test_only_queries_and_measures_that_all_have_are_compared() -> None:
    a = results("a", row("q1", 1.0), row("q2", 0.0), row("q3", 0.0, measures={}))
    b = results("b", row("q1", 0.0), row("q3", 1.0), row("q4", 1.0), row("q2", 0.0, measures={"RR": 1.0, "P": 1.0}))
    assert [(m.system, m.measure, m.queries, m.mean) for m in means([a, b])] == [
        ("a", "RR", 2, 0.5),
        ("b", "RR", 2, 0.5),
    ]


def test_the_table_to_read() -> None:
    pair = [values("a", *[0.0] * 30), values("b", *[1.0] * 30)]
    text = comparison_markdown(means(pair), compare(pair))
    assert "| RR | a | 30 | 0.000 | 0.000–0.000 |" in text
    assert "| RR | b − a | +1.000 | +1.000 to +1.000 | 30/0/0 | <0.001 | <0.001 |" in text


def test_risk_and_coverage_by_hand() -> None:
    """Two are equally sure: they are answered together. The last is never answered."""
    made = results("a", row("q1", 1.0, 0.9), row("q2", 0.0, 0.5), row("q3", 0.5, 0.5), row("q4", 0.0, None))
    coverage, risk = risk_coverage(made)
    assert coverage.tolist() == [0.25, 0.75]
    assert risk.tolist() == pytest.approx([0.0, 0.5])
    assert risk_coverage(results("a", row("q1", 1.0)))[0].size == 0


def test_plots_are_images_that_show_something(tmp_path: Path) -> None:
    pair = [values("a", 0.1, 0.5, 0.9), values("b", 0.2, 0.4, 1.0)]
    written = write_plots(tmp_path, pair, means(pair))
    assert [path.name for path in written] == ["measures.png", "differences.png", "risk_coverage.png", "latency.png"]
    for path in written:
        pixels = imread(path)
        assert pixels.shape[0] > 200
        assert len(np.unique(pixels[:, :, :3].reshape(-1, 3), axis=0)) > 20


def test_plots_of_what_was_not_measured_are_left_out(tmp_path: Path) -> None:
    pair = [results(name, row("q1", 1.0, ms=None), row("q2", 0.0, ms=None)) for name in "ab"]
    assert [path.name for path in write_plots(tmp_path, pair, means(pair))] == ["measures.png", "differences.png"]


def test_results_are_read_back_and_told_apart(tmp_path: Path) -> None:
    one, two = (write(tmp_path / n, "same", "d", row("q1", 1.0)) for n in ("one", "two"))
    assert [r.name for r in read_comparable([one, two])] == [str(one), str(two)]
    assert read_results(one).rows["q1"]["measures"] == {"RR": 1.0}


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", "a", "d", row("q1", 1.0)), write(tmp_path / "two", "b", "e", row("q1", 1.0))
    with pytest.raises(DataError, match="two: 'b' ran on other data than 'a'"):
        read_comparable([one, other])
    with pytest.raises(DataError, match="one run cannot be compared"):
        read_comparable([one])
    with pytest.raises(DataError, match="a run is given twice"):
        read_comparable([one, one])
    with pytest.raises(DataError, match=r"none/summary\.json: no summary of a run"):
        read_comparable([one, tmp_path / "none"])
    with pytest.raises(DataError, match=r"'nDCG' was not measured\. Use one of: RR\."):
        read_results(one).known("nDCG", one)


def test_the_worst_come_first_and_full_marks_never() -> None:
    def expected(rank: int | None) -> dict[str, Any]:
        return {"expected": [{"id": "d", "rank": rank, "text": ""}]}

    made = results(
        "a",
        row("good", 1.0, **expected(1)),
        row("half", 0.5, **expected(2)),
        row("near", 0.0, **expected(11)),
        row("lost", 0.0, **expected(None)),
    )
    assert [r["query"] for r in worst(made, "RR", 9)] == ["lost", "near", "half"]
    assert [r["query"] for r in worst(made, "RR", 1)] == ["lost"]


def test_failures_show_what_was_expected_what_came_and_why() -> None:
    made = results(
        "a",
        row(
            "q1",
            0.0,
            text="<b>is it *safe*?</b>",
            before="hello",
            expected=[{"id": "d1", "rank": None, "text": "It is safe."}],
            found=[{"document": "d2", "score": 0.25, "why": "text 0.250", "text": "A & B"}],
        ),
    )
    markdown = failures_markdown(made, "RR", worst(made, "RR", 5))
    assert markdown == (
        "# Worst 1 of 1 queries: a on made-up\n\n## q1 · RR 0.000\n\n> \\<b\\>is it \\*safe\\*?\\</b\\>\n\n"
        "**Asked before it**\n\n- hello\n\n**Expected**\n\n- (not found) d1: It is safe.\n\n"
        "**Came**\n\n- 1. d2 · score 0.250 · text 0.250: A & B\n"
    )
    page = failures_html(made, "RR", worst(made, "RR", 5))
    assert "<blockquote>&lt;b&gt;is it *safe*?&lt;/b&gt;</blockquote>" in page
    assert "<li>1. d2 · score 0.250 · text 0.250: A &amp; B</li>" in page
    assert "<script" not in page
