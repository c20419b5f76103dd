"""The tables of the staff's state, as numbered migrations. A migration that was published never changes."""

from __future__ import annotations

__all__ = ["MIGRATIONS"]

_ACCOUNTS = (
    """CREATE TABLE accounts (
        name TEXT PRIMARY KEY,
        role TEXT NOT NULL CHECK (role IN ('reviewer', 'approver')),
        password TEXT NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        locked_until INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    """CREATE TABLE sessions (
        token_sha256 TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES accounts (name),
        opened INTEGER NOT NULL,
        used INTEGER NOT NULL
    ) STRICT""",
)

_AUDIT = (
    """CREATE TABLE audit (
        n INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT""",
    # Against mistakes in code. Against people with the file there is the chain of hashes.
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)

_CHANGES = (
    """CREATE TABLE changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        content TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        author TEXT NOT NULL REFERENCES accounts (name),
        reason TEXT NOT NULL,
        proposed INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'written', 'rejected', 'withdrawn')),
        decided_by TEXT REFERENCES accounts (name),
        decided INTEGER,
        trial TEXT
    ) STRICT""",
)

_RELEASES = (
    """CREATE TABLE switches (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        release TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        by TEXT NOT NULL REFERENCES accounts (name),
        at INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('release', 'rollback'))
    ) STRICT""",
)

_UNANSWERED = (
    """CREATE TABLE unanswered_counts (
        day TEXT NOT NULL,
        signal TEXT NOT NULL CHECK (signal IN ('not answered', 'thumbs down')),
        decision TEXT NOT NULL,
        topic TEXT NOT NULL,
        passages TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (day, signal, decision, topic, passages)
    ) STRICT""",
    """CREATE TABLE shared_questions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        day TEXT NOT NULL,
        signal TEXT NOT NULL,
        decision TEXT NOT NULL,
        topic TEXT NOT NULL,
        passages TEXT NOT NULL,
        masked TEXT NOT NULL
    ) STRICT""",
)

_ONBOARDING = (
    """CREATE TABLE onboarding (
        document TEXT NOT NULL,
        intent TEXT NOT NULL,
        asks TEXT NOT NULL,
        version TEXT NOT NULL,
        passages TEXT NOT NULL,
        reviewer TEXT NOT NULL REFERENCES accounts (name),
        at INTEGER NOT NULL,
        PRIMARY KEY (document, intent)
    ) STRICT""",
)

_USAGE = (
    """CREATE TABLE answer_counts (
        day TEXT NOT NULL,
        document TEXT NOT NULL,
        decision TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (day, document, decision)
    ) STRICT""",
    # What was not found says of which medicine; a key cannot be changed, so the table is made anew.
    """CREATE TABLE unanswered_by_document (
        day TEXT NOT NULL,
        signal TEXT NOT NULL CHECK (signal IN ('not answered', 'thumbs down')),
        decision TEXT NOT NULL,
        topic TEXT NOT NULL,
        passages TEXT NOT NULL,
        document TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (day, signal, decision, topic, passages, document)
    ) STRICT""",
    """INSERT INTO unanswered_by_document
        SELECT day, signal, decision, topic, passages, substr(passages, 1, max(instr(passages, ':') - 1, 0)), count
        FROM unanswered_counts""",
    "DROP TABLE unanswered_counts",
    """CREATE TABLE rejected_wordings (
        passage TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        by TEXT NOT NULL REFERENCES accounts (name),
        at INTEGER NOT NULL,
        PRIMARY KEY (passage, sha256)
    ) STRICT""",
    "ALTER TABLE unanswered_by_document RENAME TO unanswered_counts",
)

_KEYS = (
    """CREATE TABLE api_keys (
        name TEXT PRIMARY KEY,
        document TEXT NOT NULL,
        sha256 TEXT NOT NULL UNIQUE,
        at INTEGER NOT NULL
    ) STRICT""",
)

MIGRATIONS = (_ACCOUNTS, _AUDIT, _CHANGES, _RELEASES, _UNANSWERED, _ONBOARDING, _USAGE, _KEYS)
"""Statements by number from 1; `PRAGMA user_version` says how many a file has had."""
