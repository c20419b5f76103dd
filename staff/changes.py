"""Changes: proposed with a reason, tried, approved by a second person, then written to the corpus.

pending ──approve──> approved ──write──> written
   ├────reject─────> rejected
   └────withdraw───> withdrawn

A change that is approved is on the disk of the state before anybody is told so. Writing it to the corpus comes
after; a kill between the two, or between two files, is made good by `write_approved` at the next start.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from retrieval.corpus import Corpus
from retrieval.files import write_atomically
from staff.accounts import Account
from staff.change_kinds import KEYS, OPTIONAL, Content, Kind, unexplained
from staff.errors import RefusedError, StaffError
from staff.kind_checks import check
from staff.kind_files import edited_files
from staff.state import State, Transaction

__all__ = ["Change", "Changes", "Status"]

_ALL = (
    "SELECT id, kind, content, sha256, author, reason, proposed, status, decided_by, decided, trial"
    " FROM changes ORDER BY id"
)


class Status(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    WRITTEN = "written"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `trial` is what the last trial in a draft found (trials.Trial.as_json), None before one."""

    id: int
    kind: Kind
    content: Content
    sha256: str
    author: str
    reason: str
    proposed: int
    status: Status
    decided_by: str | None
    decided: int | None
    trial: Mapping[str, Any] | None


class Changes:
    """The changes of a state."""

    def __init__(self, state: State, two_people: bool = True) -> None:
        """`two_people`: nobody approves their own change."""
        self._state, self._two_people = state, two_people

    def propose(self, author: Account, kind: Kind, content: Content, reason: str, corpus: Corpus) -> Change:
        """Keep a change as pending. Raises StaffError if it has no reason or cannot be made in the corpus."""
        if not reason.strip():
            raise StaffError("Say why: the second person reads it.")
        text, digest = _written(kind, content, corpus)
        with self._state.writing() as transaction:
            if transaction.execute(
                "SELECT 1 FROM changes WHERE sha256 = ? AND status IN ('pending', 'approved')", digest
            ).fetchone():
                raise StaffError("The same change is pending already.")
            cursor = transaction.execute(
                "INSERT INTO changes (kind, content, sha256, author, reason, proposed, status)"
                " VALUES (?, ?, ?, ?, ?, ?, 'pending')",
                kind, text, digest, author.name, reason.strip(), transaction.now,
            )  # fmt: skip
            number = int(cursor.lastrowid or 0)
            _note(transaction, author.name, "change proposed", number, kind, digest)
        return self.get(number)

    def amend(self, author: Account, number: int, content: Content, corpus: Corpus) -> Change:
        """Give a pending change of one's own another content; it is to be tried again.

        Raises RefusedError for anybody but the author, StaffError if it is not pending or cannot be made.
        """
        kind = self.get(number).kind
        text, digest = _written(kind, content, corpus)
        with self._state.writing() as transaction:
            _, before, by, _ = _pending(transaction, number)
            if by != author.name:
                raise RefusedError(f"Change {number} is of '{by}', who decides what is in it.")
            transaction.execute(
                "UPDATE changes SET content = ?, sha256 = ?, trial = NULL WHERE id = ?", text, digest, number
            )
            _note(transaction, author.name, "change amended", number, kind, digest, before=before)
        return self.get(number)

    def get(self, number: int) -> Change:
        """Raises StaffError for a number that is none."""
        change = next((change for change in self.listed() if change.id == number), None)
        if change is None:
            raise StaffError(f"There is no change {number}.")
        return change

    def listed(self, *statuses: Status) -> tuple[Change, ...]:
        """The changes with one of these statuses, or all of them, oldest first."""
        changes = map(_change, self._state.query(_ALL))
        return tuple(change for change in changes if not statuses or change.status in statuses)

    def keep_trial(self, number: int, trial: Mapping[str, Any]) -> None:
        """Keep what a trial of a pending change found."""
        with self._state.writing() as transaction:
            transaction.execute(
                "UPDATE changes SET trial = ? WHERE id = ? AND status = 'pending'",
                json.dumps(trial, ensure_ascii=False), number,
            )  # fmt: skip

    def approve(self, approver: Account, number: int, reason: str = "") -> None:
        """Approve a change, for a reason if its numbers are not those of its original: it then stands in the log.

        Raises RefusedError for a reviewer and for the author; StaffError if it was not tried or not pending, or
        lacks that reason.
        """
        approver.must_approve()
        content = self.get(number).content
        differences, because = unexplained(content), reason.strip()
        with self._state.writing() as transaction:
            kind, digest, author, trial = _pending(transaction, number)
            if self._two_people and author == approver.name:
                raise RefusedError(f"'{author}' proposed change {number}: a second person must approve it.")
            if trial is None:
                raise StaffError(f"Change {number} was not tried in a draft yet.")
            if undecided := json.loads(trial).get("undecided", ()):
                raise StaffError(
                    f"The new text of change {number} may answer {len(undecided)} questions that are marked as not"
                    f" covered, such as “{undecided[0]}”. '{author}' decides on each: take away, keep or attach."
                )
            if differences and not because:
                raise StaffError(
                    f"Change {number} differs from '{content['original']['name']}' in {len(differences)} numbers"
                    f" or cells ({differences[0]}). Mend the text, or give the reason why that is right."
                )
            _decide(transaction, number, Status.APPROVED, approver.name)
            told = {"differences": len(differences), "reason": because} if differences else {}
            _note(transaction, approver.name, "change approved", number, kind, digest, **told)

    def reject(self, approver: Account, number: int, reason: str) -> None:
        """Raises RefusedError for a reviewer, StaffError if the change is not pending or nothing says why."""
        approver.must_approve()
        if not reason.strip():
            raise StaffError("Say why it is rejected: its author reads it in the log.")
        with self._state.writing() as transaction:
            kind, digest, *_ = _pending(transaction, number)
            _decide(transaction, number, Status.REJECTED, approver.name)
            _note(transaction, approver.name, "change rejected", number, kind, digest, reason=reason.strip())

    def withdraw(self, author: Account, number: int) -> None:
        """Raises RefusedError for anybody but the author, StaffError if the change is not pending."""
        with self._state.writing() as transaction:
            kind, digest, by, _ = _pending(transaction, number)
            if by != author.name:
                raise RefusedError(f"Change {number} is of '{by}'.")
            _decide(transaction, number, Status.WITHDRAWN, author.name)
            _note(transaction, author.name, "change withdrawn", number, kind, digest)

    def write_approved(self, corpus: Path) -> tuple[int, ...]:
        """Write every approved change to the corpus, in the order of approval. Returns their numbers.

        To be called at start and after each approval. The state is locked meanwhile, so that two processes
        do not write the same file.
        """
        written = []
        with self._state.writing() as transaction:
            changes = map(_change, transaction.execute(_ALL).fetchall())
            approved = [change for change in changes if change.status == Status.APPROVED]
            for change in sorted(approved, key=lambda c: (c.decided or 0, c.id)):
                files = edited_files(change.kind, change.content, corpus)
                for path, text in files.items():
                    write_atomically(corpus / path, text.encode())
                transaction.execute("UPDATE changes SET status = 'written' WHERE id = ?", change.id)
                hashes = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}
                transaction.audit(str(change.decided_by), "change written", f"change {change.id}", files=hashes)
                written.append(change.id)
        return tuple(written)


def _written(kind: Kind, content: Content, corpus: Corpus) -> tuple[str, str]:
    """A change's content as it is kept, and its hash. Raises StaffError if it cannot be made in the corpus."""
    check(kind, content, corpus)
    keys = [key for key in (*KEYS[kind], *OPTIONAL.get(kind, ())) if key in content]
    text = json.dumps({key: content[key] for key in keys}, ensure_ascii=False)
    return text, hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()


def _pending(transaction: Transaction, number: int) -> tuple[str, str, str, str | None]:
    """Kind, hash, author and trial."""
    row = transaction.execute(
        "SELECT kind, sha256, author, trial, status FROM changes WHERE id = ?", number
    ).fetchone()  # fmt: skip
    if row is None:
        raise StaffError(f"There is no change {number}.")
    if row[4] != Status.PENDING:
        raise StaffError(f"Change {number} is {row[4]}, no longer pending.")
    return row[0], row[1], row[2], row[3]


def _decide(transaction: Transaction, number: int, status: Status, by: str) -> None:
    transaction.execute(
        "UPDATE changes SET status = ?, decided_by = ?, decided = ? WHERE id = ?", status, by, transaction.now, number
    )


def _note(transaction: Transaction, who: str, action: str, number: int, kind: str, digest: str, **told: object) -> None:
    # The hash, not the words: a phrasing may come from a patient.
    transaction.audit(who, action, f"change {number}", kind=kind, sha256=digest, **told)


def _change(row: tuple[Any, ...]) -> Change:
    number, kind, content, digest, author, reason, proposed, status, decided_by, decided, trial = row
    return Change(
        number, Kind(kind), json.loads(content), digest, author, reason, proposed, Status(status), decided_by, decided,
        None if trial is None else json.loads(trial),
    )  # fmt: skip
