"""Propose a change on the command line: any kind by its keys, or the lines of a table as one change."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from retrieval.corpus import read_corpus
from retrieval.progress import progress_bar
from staff.accounts import Accounts
from staff.change_kinds import KEYS, LISTS, OPTIONAL, Content, Kind
from staff.changes import Changes
from staff.commands.context import Add, Context, add_decider, complain, decider
from staff.errors import StaffError
from staff.many import as_content, read_lines, taken
from staff.report import change_lines, difference_lines
from staff.table_files import FORMATS

__all__ = ["add_propose"]


def add_propose(add: Add) -> None:
    propose = add("propose", _propose, "propose a change, or the lines of a table as one")
    propose.add_argument("what", help=f"a kind ({', '.join(Kind)}), or a {', '.join(FORMATS)} file of many lines")
    propose.add_argument(
        "values", nargs="*", metavar="KEY=VALUE", help="what the kind has; a list with commas; @FILE for a file's text"
    )
    propose.add_argument("--reason", required=True, help="why, for the second person")
    propose.add_argument("--dry-run", action="store_true", help="only say what would be proposed")
    propose.add_argument("--skip", action="store_true", help="leave out the lines of a table that cannot be taken")
    propose.add_argument("--try", dest="trial", action="store_true", help="try it at once")
    add_decider(propose)


def _propose(arguments: argparse.Namespace, context: Context) -> int:
    corpus = read_corpus(context.corpus)
    kind, content = _content(arguments, context)
    if arguments.dry_run:
        return 0
    state = context.state()
    change = Changes(state).propose(decider(arguments, Accounts(state)), kind, content, arguments.reason, corpus)
    print("\n".join(change_lines(change)))
    if not arguments.trial:
        return 0
    with progress_bar("Trying") as progress:
        trial, differences = context.bench().trials.run(change.id, progress)
    print("\n".join([f"{trial.questions} questions asked", *difference_lines(differences)]))
    return int(bool(trial.newly_failing))


def _content(arguments: argparse.Namespace, context: Context) -> tuple[Kind, Content]:
    """The kind and what it says. Raises StaffError if that is no kind and no table, or a line cannot be taken."""
    if Path(arguments.what).suffix.lower() in FORMATS:
        return Kind.MANY, _lines(arguments, context)
    try:
        kind = Kind(arguments.what)
    except ValueError:
        raise StaffError(f"'{arguments.what}' is neither a table nor one of the kinds {', '.join(Kind)}.") from None
    if kind not in KEYS:
        raise StaffError(f"'{kind}' can no longer be proposed.")
    values: dict[str, Any] = {}
    for given in arguments.values:
        key, equals, value = given.partition("=")
        if not equals or key not in (*KEYS[kind], *OPTIONAL.get(kind, ())):
            raise StaffError(f"'{given}' is no KEY=VALUE of '{kind}', which has {', '.join(KEYS[kind])}.")
        text = _text(Path(value[1:])) if value.startswith("@") else value
        values[key] = [part.strip() for part in text.split(",") if part.strip()] if key in LISTS else text
    return kind, values


def _lines(arguments: argparse.Namespace, context: Context) -> dict[str, Any]:
    found = read_lines(Path(arguments.what), read_corpus(context.corpus))
    bad = [line for line in found.lines if line.problem]
    for line in found.lines:
        place = f"{line.place}  {line.topic}".strip()
        print(f"{line.what:8}  {place}  {line.question}{f'  ({line.remark})' if line.remark else ''}")
    for line in bad:
        complain(f"NOT TAKEN  {line.remark}: {line.question}: {line.problem}")
    complain("\n".join([*found.remarks, f"{len(found.lines) - len(bad)} lines can be taken, {len(bad)} cannot"]))
    if bad and not arguments.skip:
        raise StaffError("Mend those lines, or leave them out with --skip.")
    return as_content(taken(found.lines))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise StaffError(f"{path} cannot be read as UTF-8 text ({error}).") from error
