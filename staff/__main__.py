"""Command line of the staff bench: accounts, audit, suites, changes, releases, monographs, what was not found."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from retrieval.errors import VerbatimError
from settings import add_settings, read_settings
from staff.commands.changes import add_changes
from staff.commands.context import Context, Run, complain
from staff.commands.keys import add_keys
from staff.commands.onboard import add_onboarding
from staff.commands.people import add_people
from staff.commands.propose import add_propose
from staff.commands.releases import add_releases
from staff.commands.suites import add_suites

__all__ = ["main"]

_GROUPS = {"user": "the accounts of staff", "audit": "the log of all that staff did", "key": "keys of the API"}


def main(argv: Sequence[str] | None = None, program: str = "python -m staff") -> int:
    """Run one command. Returns 0; 1 if something asked for does not hold; 2 if nothing could be done.

    `program` is how it was called: `python -m assistant` and `python -m evaluation` hand some commands over to here.
    """
    arguments = _parser(program).parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        context = Context(
            settings.staff,
            settings.corpus,
            settings.index,
            settings.encoder,
            settings.locale,
            settings.threads,
            settings.medicine,
            settings.two_people,
        )
        return int(arguments.run(arguments, context) or 0)
    except VerbatimError as error:
        complain(error)
        return 2


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Work on the answers before patients see them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, Any] = {
        name: commands.add_parser(name, help=text).add_subparsers(required=True, metavar="COMMAND")
        for name, text in _GROUPS.items()
    }

    def add(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        group, _, rest = name.rpartition(" ")
        within = groups[group] if group else commands
        added: argparse.ArgumentParser = within.add_parser(rest, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(run=run)
        add_settings(added, "staff", "corpus", "index", "encoder", "locale", "threads", "medicine", "two_people")
        return added

    for add_commands in (add_people, add_keys, add_suites, add_changes, add_propose, add_onboarding, add_releases):
        add_commands(add)
    return parser


if __name__ == "__main__":
    sys.exit(main())
