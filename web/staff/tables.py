"""What the staff page shows, as escaped markup: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.answer import Answer
from staff.changes import Change
from staff.gates import Gate
from staff.releases import Release
from staff.suite_compare import Difference
from staff.suite_run import Figure, Result
from staff.unanswered import Cluster, Count
from web.layout import escaped

__all__ = [
    "answer_markup", "changes_markup", "clusters_markup", "counts_markup", "differences_markup", "figures_markup",
    "gates_markup", "releases_markup", "results_markup", "table",
]  # fmt: skip


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a caption and heads; one line where it would have no row."""
    body = "".join(f"<tr>{''.join(f'<td>{escaped(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return f"<p>{escaped(caption)}: none.</p>"
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in heads)
    return f"<table><caption>{escaped(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def answer_markup(title: str, answer: Answer) -> str:
    """A decision, what was shown, and why."""
    rows = [[c.passage.id, f"{c.score:.4f}", c.passage.section, c.quote.text] for c in answer.citations]
    notices = ", ".join(notice.name for notice in answer.notices) or "none"
    why = "".join(f"<li>{escaped(line)}</li>" for line in answer.evidence)
    return (
        f"<section><h3>{escaped(title)}: {escaped(answer.decision)}</h3><p>Notices: {escaped(notices)}</p>"
        f"{table('Passages', ['passage', 'score', 'section', 'text'], rows)}<ul>{why}</ul></section>"
    )


def results_markup(results: Iterable[Result]) -> str:
    rows = [
        [r.suite, r.key, r.text, r.kind, "must pass" if r.must_pass else "", r.problem or "pass", r.decision,
         " ".join(r.cited)]
        for r in results
    ]  # fmt: skip
    return table("Questions", ["suite", "id", "question", "kind", "", "result", "decision", "passages"], rows)


def figures_markup(figures: Iterable[Figure]) -> str:
    rows = []
    for figure in figures:
        low, high = figure.interval
        rows.append([figure.name, f"{figure.share:.3f}", f"{low:.2f}–{high:.2f}", f"{figure.hits} of {figure.trials}"])
    return table("Figures", ["figure", "share", "95% interval", "count"], rows)


def differences_markup(differences: Iterable[Difference]) -> str:
    rows = [
        [d.change, "/".join(d.result.name), d.result.text, "must pass" if d.result.must_pass else "",
         d.result.problem or d.result.decision]
        for d in differences
    ]  # fmt: skip
    return table("Differences", ["change", "id", "question", "", "now"], rows)


def changes_markup(changes: Iterable[Change]) -> str:
    rows = [[c.id, c.status, c.kind, _content(c.content), c.author, c.reason, _trial(c)] for c in changes]
    return table("Changes", ["number", "status", "kind", "what", "author", "reason", "trial"], rows)


def gates_markup(gates: Iterable[Gate]) -> str:
    return table(
        "Gates", ["gate", "", "found"], [[g.name, "passed" if g.passed else "FAILED", g.detail] for g in gates]
    )


def releases_markup(releases: Iterable[Release], live: str | None) -> str:
    rows = [
        [r.id, "live" if r.id == live else "", r.manifest["prepared"], r.manifest["signed_by"],
         " ".join(map(str, r.manifest["changes"])), len(r.manifest["citations_moved"])]
        for r in releases
    ]  # fmt: skip
    return table("Releases", ["release", "", "prepared", "signed by", "changes", "citations moved"], rows)


def counts_markup(counts: Iterable[Count]) -> str:
    rows = [[c.count, c.signal, c.decision, c.topic or "no topic", " ".join(c.passages)] for c in counts]
    return table("Not found", ["count", "signal", "decision", "topic", "passages shown"], rows)


def clusters_markup(clusters: Iterable[Cluster]) -> str:
    rows = [[c.size, c.questions[0].masked, " / ".join(q.masked for q in c.questions[1:4])] for c in clusters]
    return table("Shared questions", ["size", "question", "and"], rows)


def _content(content: Any) -> str:
    return "; ".join(f"{key}: {str(value)[:120]}" for key, value in content.items())


def _trial(change: Change) -> str:
    if change.trial is None:
        return "not tried"
    return f"mends {len(change.trial['newly_passing'])}, breaks {len(change.trial['newly_failing'])}"
