"""A change as the diff that it will be in the corpus files."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from threading import Lock

from retrieval.corpus import Corpus
from staff.changes import Change
from staff.corpus_now import CorpusNow
from staff.kind_files import edited_files

__all__ = ["Diffs", "change_diff"]


def change_diff(change: Change, corpus: Path) -> str:
    """Unified, with one line of context; empty once the change is written. Raises StaffError if it cannot be made."""
    parts: list[str] = []
    for path, text in edited_files(change.kind, change.content, corpus).items():
        file = corpus / path
        before = file.read_bytes().decode() if file.is_file() else ""
        old, new = (t.splitlines(keepends=True) for t in (before, text))
        parts += unified_diff(old, new, f"a/{path}", f"b/{path}", n=1)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in parts)


class Diffs:
    """The diffs of changes against the corpus as it stands, each made once while that stays. Safe for threads."""

    def __init__(self, now: CorpusNow, folder: Path) -> None:
        """`now` reads `folder`."""
        self._now, self._folder, self._lock = now, folder, Lock()
        self._against: Corpus | None = None
        self._made: dict[str, str] = {}

    def of(self, change: Change) -> str:
        """As change_diff."""
        with self._lock:
            if (corpus := self._now.read()) is not self._against:
                self._against, self._made = corpus, {}
            if (diff := self._made.get(change.sha256)) is None:
                diff = self._made[change.sha256] = change_diff(change, self._folder)
            return diff
