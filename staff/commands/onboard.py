"""Onboarding on the command line: how far each monograph is, what is proposed, what is decided."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from retrieval.corpus import Corpus, read_corpus
from retrieval.intents import NOT_COVERED
from staff.accounts import Accounts
from staff.changes import Change
from staff.commands.context import Add, Context, decider
from staff.errors import StaffError
from staff.onboarding import Onboarding, Row, Standing, standings

__all__ = ["add_onboarding"]


def add_onboarding(add: Add) -> None:
    command = add("onboard", _onboard, "what a monograph answers of what patients ask about any medicine")
    command.add_argument("document", nargs="?", help="id of a monograph; without it: how far each one is")
    command.add_argument("--section", metavar="KIND", help="only intents of this kind of section")
    command.add_argument("--accept", type=float, metavar="P", help="mark what is open and as likely as P as proposed")
    command.add_argument("--not_covered", type=float, metavar="P", help="mark what is less likely than P 'not covered'")
    command.add_argument("--intent", metavar="ID", help="mark one intent, with --passage or as not covered")
    command.add_argument("--passage", action="append", default=[], metavar="ID", help="that answers it; may come twice")
    command.add_argument("--propose", metavar="REASON", help="propose all that is marked to a second person")
    command.add_argument("--suite", metavar="REASON", help="propose a suite of what is decided in the corpus")
    command.add_argument("--matrix", type=Path, metavar="FILE.csv", help="write every intent of every monograph")
    command.add_argument("--as", dest="name", metavar="NAME", help="who decides; the password is asked")


def _onboard(arguments: argparse.Namespace, context: Context) -> None:
    if arguments.matrix:
        _write_matrix(arguments.matrix, read_corpus(context.corpus))
        print(f"wrote {arguments.matrix}")
        return
    onboarding = context.bench().onboarding
    if arguments.document is None:
        print("\n".join(_report(onboarding)))
        return
    _decide(arguments, context, onboarding)
    print("\n".join(_lines(onboarding.rows(arguments.document), arguments.document, arguments.section)))


def _decide(arguments: argparse.Namespace, context: Context, onboarding: Onboarding) -> None:
    deciding = (arguments.accept, arguments.not_covered, arguments.intent, arguments.propose, arguments.suite)
    if not any(given is not None for given in deciding):
        return
    if not arguments.name:
        raise StaffError("Say who decides: --as NAME.")
    account = decider(arguments, Accounts(context.state()))
    marked = 0
    if arguments.accept is not None or arguments.not_covered is not None:
        marked += onboarding.accept(
            account, arguments.document, arguments.section, arguments.accept, arguments.not_covered
        )
    if arguments.intent is not None:
        marked += onboarding.mark(account, arguments.document, {arguments.intent: arguments.passage})
    print(f"{marked} marked")
    if arguments.propose is not None:
        _waits(onboarding.submit(account, arguments.document, arguments.propose))
    if arguments.suite is not None:
        _waits(onboarding.propose_suite(account, arguments.document, arguments.suite))


def _waits(change: Change) -> None:
    print(f"change {change.id} waits for a second person: python -m staff try {change.id}, then approve")


def _report(onboarding: Onboarding) -> Iterator[str]:
    heads = "".join(f"{standing:>14}" for standing in Standing)
    yield f"{'monograph':32}{heads}"
    for name, counts in onboarding.coverage().items():
        yield f"{name:32}" + "".join(f"{counts[standing]:14}" for standing in Standing)


def _lines(rows: tuple[Row, ...], document: str, section: str | None) -> Iterator[str]:
    counts = {standing: sum(row.standing == standing for row in rows) for standing in Standing}
    yield f"{document}: " + ", ".join(f"{count} {standing}" for standing, count in counts.items() if count)
    for row in rows:
        if section is not None and section not in row.intent.sections:
            continue
        decided = row.decided
        where = NOT_COVERED if decided == () else "; ".join(decided or [p for p, _ in row.proposal.passages[:1]])
        asks = f"{row.intent.id}: {row.intent.asks}"
        yield f"{row.standing:14}{row.proposal.likely:5.2f}  {asks:64}  {where}"


def _write_matrix(path: Path, corpus: Corpus) -> None:
    """One row an intent, one column a monograph. Raises StaffError if the file cannot be written."""
    found = {name: standings(document, corpus.intents) for name, document in corpus.documents.items()}
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["intent", "asks", *found])
            for intent in corpus.intents.values():
                writer.writerow([intent.id, intent.asks, *(standing[intent.id] for standing in found.values())])
    except OSError as error:
        raise StaffError(f"{path} cannot be written: {error.strerror}.") from error
