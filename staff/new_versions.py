"""A new version of a monograph as a change: what it has to say, and the files that it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.passages import cut
from staff.corpus_edits import with_labels, with_lines, with_monograph, with_moved
from staff.errors import StaffError
from staff.gap_decisions import check_decisions, edit_gaps
from staff.onboarded import without_lost

__all__ = ["check_moves", "check_original", "edited_monograph"]


def edited_monograph(
    content: Mapping[str, Any], versions: tuple[str, date, date], corpus: Path, read: Callable[[str], str]
) -> dict[str, str]:
    """The files of a monograph with its new text, and of all that was attached to passages that are gone."""
    document = content["document"]
    path = next((p for p in sorted((corpus / "monographs").glob("*.md")) if _is(p, document)), None)
    if path is None:
        raise StaffError(f"There is no monograph '{document}'.")
    name = path.relative_to(corpus).as_posix()
    files = {name: with_monograph(read(name), content["text"], *versions)}
    questions, instructions = f"questions/{document}.jsonl", f"instructions/{document}.jsonl"
    for file, moves in ((questions, content["reattach"]), (instructions, content["instructions"])):
        if moves:
            pairs = [({k: v for k, v in move.items() if k != "to"}, move["to"]) for move in moves]
            files[file] = with_moved(read(file), [(old, {**old, "passage": to} if to else None) for old, to in pairs])

    def edited(path: str) -> str:
        return files[path] if path in files else read(path)

    files |= edit_gaps(document, content.get("gaps", ()), edited)
    if missing := content.get("not_covered"):
        gaps = f"not_covered/{document}.jsonl"
        files[gaps] = with_lines(edited(gaps), missing, ["topic"])
    onboarding = f"onboarding/{document}.jsonl"
    if decided := edited(onboarding):
        files[onboarding] = without_lost(decided, {p.id for p in cut(document, content["text"]).showable()})
    moved = {move["passage"]: move["to"] for move in content["suites"] if move["to"]}
    for suite in sorted((corpus / "suites").glob("*.jsonl")):
        before = suite.read_bytes().decode()
        if (after := with_labels(before, moved)) != before:
            files[suite.relative_to(corpus).as_posix()] = after
    return files


def _is(path: Path, document: str) -> bool:
    return any(line.strip() == f"id: {document}" for line in path.read_text("utf-8").split("\n---", 1)[0].split("\n"))


def check_moves(content: Mapping[str, Any]) -> None:
    """Raises StaffError for what goes to no passage of the new text, or is not written as it must be."""
    showable = {p.id for p in cut(content["document"], content["text"]).showable()}
    for key, keys in (
        ("reattach", {"passage", "q", "to"}),
        ("instructions", {"passage", "to"}),
        ("suites", {"passage", "to"}),
    ):
        for move in content[key]:
            if not isinstance(move, dict) or set(move) != keys:
                raise StaffError(f"Each of '{key}' has {', '.join(sorted(keys))}.")
            if move["to"] and move["to"] not in showable:
                raise StaffError(f"'{move['to']}' is no passage of the new text.")
    check_decisions(content.get("gaps", []), content["document"], frozenset(showable))


def check_original(original: Any) -> None:
    """Raises StaffError if it is not said rightly of which file a text was made."""
    if original is None:
        return
    known = isinstance(original, dict) and set(original) == {"name", "sha256", "differences"}
    texts = [original["name"], original["sha256"]] if known else []
    if not texts or not all(isinstance(text, str) for text in texts) or not isinstance(original["differences"], list):
        raise StaffError("'original' has name, sha256 and a list of differences.")
