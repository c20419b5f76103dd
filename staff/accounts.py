"""Who may use the staff bench: accounts with roles, sign-in with a lockout, sessions that expire."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from staff.errors import RefusedError, SignInError, StaffError
from staff.state import State, Transaction

__all__ = ["IDLE_SECONDS", "LOCKED_SECONDS", "LONGEST_SECONDS", "TRIES", "Account", "Accounts", "Listed", "Role"]

TRIES = 5
"""Failed tries after which an account is locked."""
LOCKED_SECONDS = 15 * 60
IDLE_SECONDS = 15 * 60
"""A session ends when it was not used for so long …"""
LONGEST_SECONDS = 10 * 3600
"""… and after so long in any case."""

_USE_NOTED_EVERY = 30
"""Seconds: a page asks many times a second, and each note is a write to the disk."""
_SHORTEST = 12
_LONGEST = 200
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}", re.ASCII)
_TOKEN_BYTES = 32
_SIGNED_ON = "single sign-on "
"""Begins what stands for a token's hash where there is no token: the hash of no cookie begins so."""
_REFUSAL = "The name or the password is not right, or the account is locked for a while."


class Role(StrEnum):
    """A reviewer looks, runs and proposes; an approver also approves and releases."""

    REVIEWER = "reviewer"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who has signed in."""

    name: str
    role: Role

    def must_approve(self) -> None:
        """Raises RefusedError for a reviewer."""
        if self.role != Role.APPROVER:
            raise RefusedError(f"'{self.name}' is a reviewer: this needs an approver.")


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as an administrator sees it."""

    name: str
    role: Role
    disabled: bool
    locked: bool


class Accounts:
    """The accounts of a state. Passwords are kept as argon2id hashes, sessions as SHA-256 of their tokens."""

    def __init__(self, state: State, hasher: PasswordHasher | None = None) -> None:
        """`hasher` defaults to RFC 9106's parameters for little memory (64 MiB, three passes)."""
        self._state = state
        self._hasher = hasher or PasswordHasher()

    @cached_property
    def _nobodys_hash(self) -> str:
        """Checked for names that do not exist, so that they take as long as names that do."""
        return self._hasher.hash(secrets.token_urlsafe())

    def add(self, name: str, role: Role, password: str | None, by: str) -> None:
        """Without a password it can be used by single sign-on only.

        Raises StaffError for a name that is taken or none, or a password that is too short.
        """
        if not _NAME.fullmatch(name):
            raise StaffError(f"'{name}' cannot be a name. Use 2 to 40 small letters, digits, '.', '_' and '-'.")
        hashed = self._hashed(secrets.token_urlsafe(_TOKEN_BYTES) if password is None else password)
        with self._state.writing() as transaction:
            if transaction.execute("SELECT 1 FROM accounts WHERE name = ?", name).fetchone():
                raise StaffError(f"There is an account '{name}' already.")
            transaction.execute("INSERT INTO accounts (name, role, password) VALUES (?, ?, ?)", name, role, hashed)
            transaction.audit(by, "account added", name, role=role)

    def set_password(self, name: str, password: str, by: str) -> None:
        """Also ends the account's sessions and its lock. Raises StaffError as `add` does."""
        hashed = self._hashed(password)
        with self._state.writing() as transaction:
            self._must_exist(transaction, name)
            transaction.execute(
                "UPDATE accounts SET password = ?, failures = 0, locked_until = 0 WHERE name = ?", hashed, name
            )
            transaction.execute("DELETE FROM sessions WHERE account = ?", name)
            transaction.audit(by, "password set", name)

    def disable(self, name: str, by: str) -> None:
        """For good: what it did stays under its name. Ends its sessions."""
        with self._state.writing() as transaction:
            self._must_exist(transaction, name)
            transaction.execute("UPDATE accounts SET disabled = 1 WHERE name = ?", name)
            transaction.execute("DELETE FROM sessions WHERE account = ?", name)
            transaction.audit(by, "account disabled", name)

    def listed(self) -> tuple[Listed, ...]:
        rows = self._state.query("SELECT name, role, disabled, locked_until FROM accounts ORDER BY name")
        return tuple(Listed(n, Role(r), bool(d), until > self._state.now) for n, r, d, until in rows)

    def named(self, name: str) -> Account | None:
        """The account of a name that somebody else vouches for; None if there is none or it is disabled."""
        rows = self._state.query("SELECT role FROM accounts WHERE name = ? AND disabled = 0", name)
        return Account(name, Role(rows[0][0])) if rows else None

    def signed_on(self, name: str) -> Account | None:
        """As `named`, for each request of single sign-on: the first of a session is recorded as a sign-in."""
        account = self.named(name)
        if account and not self._in_session(key := _SIGNED_ON + name):
            with self._state.writing() as transaction:
                # The requests of a page come together: one of them opens it.
                if _open_session(transaction, key, name):
                    transaction.audit(name, "signed in", name, by="single sign-on")
        return account

    def authenticate(self, name: str, password: str) -> Account:
        """Check a password. Raises SignInError, which never says what was wrong."""
        # A try is counted before it is judged: many at once cannot slip past the lock.
        with self._state.writing() as transaction:
            row = transaction.execute(
                "SELECT role, password, failures, locked_until FROM accounts WHERE name = ? AND disabled = 0", name
            ).fetchone()
            role, hashed, failures, locked_until = row or ("", self._nobodys_hash, 0, 0)
            locked = locked_until > transaction.now
            if row and not locked:
                failures += 1
                until = transaction.now + LOCKED_SECONDS if failures >= TRIES else 0
                transaction.execute(
                    "UPDATE accounts SET failures = ?, locked_until = ? WHERE name = ?",
                    0 if until else failures, until, name,
                )  # fmt: skip
        right = self._matches(hashed, password) and row is not None and not locked
        with self._state.writing() as transaction:
            # Who types a password into the box for the name must not find it in the log.
            subject = name if row else "unknown"
            if not right:
                transaction.audit(subject, "sign-in refused", subject, locked=locked)
            else:
                transaction.execute("UPDATE accounts SET failures = 0, locked_until = 0 WHERE name = ?", name)
                transaction.audit(name, "signed in", name)
        if not right:
            raise SignInError(_REFUSAL)
        return Account(name, Role(role))

    def sign_in(self, name: str, password: str) -> str:
        """Check a password and open a session. Returns its token, which is kept nowhere."""
        account = self.authenticate(name, password)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._state.writing() as transaction:
            _open_session(transaction, _sha256(token), account.name)
        return token

    def account_of(self, token: str) -> Account | None:
        """Who a session belongs to; None if it is unknown, has expired or its account is disabled."""
        return self._in_session(_sha256(token))

    def _in_session(self, token_sha256: str) -> Account | None:
        now = self._state.now
        rows = self._state.query(
            "SELECT name, role, used FROM sessions JOIN accounts ON account = name"
            " WHERE token_sha256 = ? AND used > ? AND opened > ? AND disabled = 0",
            token_sha256, now - IDLE_SECONDS, now - LONGEST_SECONDS,
        )  # fmt: skip
        if not rows:
            return None
        name, role, used = rows[0]
        if now - used >= _USE_NOTED_EVERY:
            with self._state.writing() as transaction:
                transaction.execute("UPDATE sessions SET used = ? WHERE token_sha256 = ?", now, token_sha256)
        return Account(name, Role(role))

    def sign_out(self, token: str) -> None:
        with self._state.writing() as transaction:
            transaction.execute("DELETE FROM sessions WHERE token_sha256 = ?", _sha256(token))

    def _hashed(self, password: str) -> str:
        if not _SHORTEST <= len(password) <= _LONGEST:
            raise StaffError(f"The password must have {_SHORTEST} to {_LONGEST} characters.")
        return self._hasher.hash(password)

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            # Hashing a text of megabytes would let anybody keep the server busy.
            return len(password) <= _LONGEST and self._hasher.verify(hashed, password)
        except VerificationError:
            return False

    def _must_exist(self, transaction: Transaction, name: str) -> None:
        if not transaction.execute("SELECT 1 FROM accounts WHERE name = ?", name).fetchone():
            raise StaffError(f"There is no account '{name}'.")


def _open_session(transaction: Transaction, token_sha256: str, name: str) -> bool:
    """Open a session, and forget those that are over. False if it is open already."""
    now = transaction.now
    transaction.execute(
        "DELETE FROM sessions WHERE used <= ? OR opened <= ?", now - IDLE_SECONDS, now - LONGEST_SECONDS
    )
    opened = transaction.execute("INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?)", token_sha256, name, now, now)
    return opened.rowcount == 1


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
