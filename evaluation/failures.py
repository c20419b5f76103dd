"""The worst queries of a run to read: what was expected, what came, and why."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.results import Results

__all__ = ["failures_html", "failures_markdown", "worst"]

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def worst(results: Results, measure: str, count: int) -> list[Mapping[str, Any]]:
    """The `count` queries with the lowest values, those whose best expected document is furthest first.

    Queries with the full value 1 are no failures.
    """
    failed = [row for row in results.rows.values() if row["measures"].get(measure, 1) < 1]
    return sorted(failed, key=lambda row: (row["measures"][measure], -_best_rank(row), row["query"]))[:count]


def failures_markdown(results: Results, measure: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """As Markdown; all text from data is escaped."""
    parts = [f"# Worst {len(rows)} of {len(results.rows)} queries: {_md(results.name)} on {_md(results.dataset)}\n"]
    for row in rows:
        parts.append(f"## {_md(row['query'])} · {measure} {row['measures'][measure]:.3f}\n\n> {_md(row['text'])}\n")
        parts += [
            f"**{title}**\n\n" + "\n".join(f"- {_md(line)}" for line in lines) + "\n" for title, lines in _told(row)
        ]
    return "\n".join(parts)


def failures_html(results: Results, measure: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """As one HTML page without scripts; all text from data is escaped."""
    title = html.escape(f"Worst {len(rows)} of {len(results.rows)} queries: {results.name} on {results.dataset}")
    style = "body{max-width:60em;margin:2em auto;padding:0 1em;font:1em/1.5 sans-serif}"
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>',
        f"<style>{style}</style><h1>{title}</h1>",
    ]
    for row in rows:
        parts.append(f"<h2>{html.escape(row['query'])} · {html.escape(measure)} {row['measures'][measure]:.3f}</h2>")
        parts.append(f"<blockquote>{html.escape(row['text'])}</blockquote>")
        for name, lines in _told(row):
            items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
            parts.append(f"<h3>{name}</h3><ul>{items}</ul>")
    return "\n".join(parts) + "\n</html>\n"


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What is told of a query, as titles with lines."""
    if row.get("before"):
        yield "Asked before it", [row["before"]]
    if row.get("decision"):
        yield "Decision", [f"{row['decision']} (labelled {row['kind']})"]
    expected = [f"{_place(e)}{e['id']}: {e['text']}" for e in row["expected"]]
    yield "Expected", expected or ["nothing: no text answers it"]
    found = [_line(at, f) for at, f in enumerate(row["found"], 1)]
    yield "Came", found or ["nothing"]


def _place(expected: Mapping[str, Any]) -> str:
    if "rank" not in expected:
        return ""
    return f"(place {expected['rank']}) " if expected["rank"] else "(not found) "


def _line(at: int, found: Mapping[str, Any]) -> str:
    score = "" if found["score"] is None else f" · score {found['score']:.3f}"
    why = f" · {found['why']}" if found["why"] else ""
    return f"{at}. {found['document']}{score}{why}: {found['text']}"


def _best_rank(row: Mapping[str, Any]) -> float:
    return min((e.get("rank") or float("inf") for e in row["expected"]), default=0)


def _md(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
