"""What every command of the staff bench works with, and how it is told who decides."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from assistant.notices import DEFAULT_LOCALE
from retrieval.encoder import Encoder, load_encoder
from retrieval.errors import SettingsError
from staff.accounts import Account, Accounts
from staff.bench import TWO_PEOPLE, Bench, open_bench
from staff.errors import StaffError
from staff.state import State, open_state

__all__ = ["COMMAND_LINE", "Add", "Context", "Run", "add_decider", "complain", "decider", "new_password"]

COMMAND_LINE = "command line"
"""Who did it, in the log, where nobody has signed in."""


@dataclass(frozen=True, slots=True)
class Context:
    """The settings that commands need; `folder` holds the state of the staff, None where the bench is off."""

    folder: Path | None
    corpus: Path
    index: Path
    encoder_name: str = "default"
    locale: str = DEFAULT_LOCALE
    threads: int = 1
    medicine: str = ""
    two_people: tuple[str, ...] = TWO_PEOPLE

    def state(self) -> State:
        """Raises SettingsError if the bench is off, StaffError if the state cannot be used."""
        if self.folder is None:
            raise SettingsError("The staff bench is off. Set --staff or VERBATIM_STAFF to a folder for its state.")
        return open_state(self.folder)

    def encoder(self) -> Encoder:
        return load_encoder(self.encoder_name, self.threads)

    def bench(self) -> Bench:
        """Raises as `state` does."""
        folder = self.state().folder
        return open_bench(
            folder, self.corpus, self.encoder(), index=self.index, locale=self.locale, medicine=self.medicine,
            two_people=self.two_people,
        )  # fmt: skip


Run = Callable[[argparse.Namespace, Context], int | None]


class Add(Protocol):
    """Adds a command: its name (of a group, 'audit verify'), what runs it, and what it does in a line."""

    def __call__(self, name: str, run: Run, text: str) -> argparse.ArgumentParser: ...


def add_decider(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="name", required=True, metavar="NAME", help="who decides; the password is asked")


def decider(arguments: argparse.Namespace, accounts: Accounts) -> Account:
    """Raises SignInError if the password is not right."""
    return accounts.authenticate(arguments.name, _password(f"Password of {arguments.name}: "))


def new_password() -> str:
    """Asked twice at a terminal. Raises StaffError if the two are not the same."""
    password = _password("New password: ")
    if sys.stdin.isatty() and getpass.getpass("The same again: ") != password:
        raise StaffError("The two are not the same.")
    return password


def _password(question: str) -> str:
    """Never from the arguments, which every user of the machine can read."""
    if sys.stdin.isatty():
        return getpass.getpass(question)
    return sys.stdin.readline().rstrip("\n")


def complain(*words: Any) -> None:
    """To stderr."""
    print(*words, file=sys.stderr)
