"""A change as the diff that it will be in the corpus files."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

from staff.changes import Change
from staff.kind_files import edited_files

__all__ = ["change_diff"]


def change_diff(change: Change, corpus: Path) -> str:
    """Unified, with one line of context; empty once the change is written. Raises StaffError if it cannot be made."""
    parts: list[str] = []
    for path, text in edited_files(change.kind, change.content, corpus).items():
        file = corpus / path
        before = file.read_bytes().decode() if file.is_file() else ""
        old, new = (t.splitlines(keepends=True) for t in (before, text))
        parts += unified_diff(old, new, f"a/{path}", f"b/{path}", n=1)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in parts)
