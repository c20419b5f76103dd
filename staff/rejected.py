"""Suggested wordings that staff have rejected for a passage: they are not offered for it again.

Only hashes are kept: a wording may come from a patient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from staff.accounts import Account
from staff.state import State
from staff.wordings import Wording

__all__ = ["Rejected"]


class Rejected:
    """What was rejected, in a state. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, account: Account, passage: str, questions: Iterable[str]) -> int:
        """Returns how many."""
        hashes = {_sha256(question) for question in questions}
        with self._state.writing() as transaction:
            for digest in sorted(hashes):
                transaction.execute(
                    "INSERT OR IGNORE INTO rejected_wordings VALUES (?, ?, ?, ?)",
                    passage, digest, account.name, transaction.now,
                )  # fmt: skip
            if hashes:
                transaction.audit(account.name, "wordings rejected", passage, count=len(hashes))
        return len(hashes)

    def without(self, passage: str, wordings: Iterable[Wording]) -> tuple[Wording, ...]:
        """The wordings that were not rejected for this passage."""
        rows = self._state.query("SELECT sha256 FROM rejected_wordings WHERE passage = ?", passage)
        known = {digest for (digest,) in rows}
        return tuple(w for w in wordings if not known or _sha256(w.text) not in known)


def _sha256(question: str) -> str:
    return hashlib.sha256(" ".join(question.casefold().split()).encode(errors="surrogatepass")).hexdigest()
