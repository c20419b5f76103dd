"""What stands in a release: who, when, hashes, figures, and what is not as in the release before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from retrieval.corpus import read_corpus
from staff.bench import Bench
from staff.suite_run import Result, figures
from web.staff.tables import Markup, figures_plot, mark, table

__all__ = ["manifest_markup"]

_FATES = {"added": "good", "removed": "bad"}
_LISTS = (
    ("citations that moved", "citations_moved"),
    ("newly failing", "newly_failing"),
    ("showing less than they should, or more", "worse"),
    ("newly passing", "newly_passing"),
)


def manifest_markup(bench: Bench, manifest: Mapping[str, Any], results: Sequence[Result], corpus: Path) -> str:
    """Of a release, or of a candidate; `corpus` is its own copy. Raises StaffError if the one before is damaged."""
    before = bench.releases.get(manifest["before"]) if manifest["before"] else None
    words = {**(_words(before.corpus) if before else {}), **_words(corpus)}
    return (
        figures_plot(figures(results), figures(before.results) if before else (), was="the release before")
        + table("Who, when, and of what", ["", ""], _facts(manifest))
        + table("Changes", ["", "what", "why", "proposed by", "approved by"], _changes(bench, manifest["changes"]))
        + table("Passages against the release before", ["", "was", "is"], _passages(manifest["passages"], words))
    )


def _facts(manifest: Mapping[str, Any]) -> list[list[object]]:
    return [
        ["release before", manifest["before"] or "none"],
        ["measured by", f"{manifest['prepared_by']}, {manifest['prepared'].replace('T', ' ')[:16]} UTC"],
        ["signed by", manifest.get("signed_by", "nobody yet")],
        ["monographs", ", ".join(f"{name} {version}" for name, version in manifest["documents"].items())],
        ["corpus, SHA-256", _hash(manifest["corpus_sha256"])],
        ["manifest, SHA-256", _hash(manifest.get("sha256", "with the signature"))],
        *([name, ", ".join(manifest.get(key, ())) or "none"] for name, key in _LISTS),
    ]


def _changes(bench: Bench, numbers: Sequence[int]) -> list[list[object]]:
    changes = map(bench.changes.get, numbers)
    return [[c.id, c.kind, c.reason, c.author, c.decided_by or ""] for c in changes]


def _passages(passages: Any, words: Mapping[str, str]) -> list[list[object]]:
    """Of the first release all passages are new: it has a word in place of the list."""
    if isinstance(passages, str):
        return []
    marks = [Markup(mark(p["fate"], _FATES.get(p["fate"], ""))) for p in passages]
    return [
        [fate, *(words.get(p[side] or "", "") for side in ("before", "after"))]
        for fate, p in zip(marks, passages, strict=True)
    ]


def _words(corpus: Path) -> dict[str, str]:
    return {name: passage.text for name, passage in read_corpus(corpus).passages.items()}


def _hash(text: str) -> Markup:
    return Markup(f'<span class="id">{text}</span>')
