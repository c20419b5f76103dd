"""Commands for accounts, the audit log, the state's backup, and what was not found."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from retrieval.files import write_atomically
from staff.accounts import Accounts, Role
from staff.audit import Head
from staff.commands.context import COMMAND_LINE, Add, Context, complain, new_password
from staff.errors import StaffError
from staff.releases import release_anchors
from staff.table_files import FORMATS, table_bytes
from staff.unanswered import Unanswered
from staff.usage import RATES, Usage, usage_rows

__all__ = ["add_people"]


def add_people(add: Add) -> None:
    user = add("user add", _add, "add an account; the password is asked, or read from standard input")
    user.add_argument("name")
    user.add_argument("--role", type=Role, choices=list(Role), default=Role.REVIEWER)
    user.add_argument("--without_password", action="store_true", help="for single sign-on only")
    add("user disable", _disable, "end an account for good").add_argument("name")
    add("user password", _set_password, "set another password; ends sessions and lock").add_argument("name")
    add("user list", _list, "list the accounts")
    add("backup", _backup, "copy the state while it is in use").add_argument("file", type=Path)
    verify = add("audit verify", _verify, "find an edit, a deletion, a cut or a reordering")
    verify.add_argument("--head", help="a head that was noted elsewhere, as verify prints it")
    add("audit show", _show, "print the log as JSON, one record a line")
    missing = add("unanswered", _unanswered, "count what patients could not find")
    missing.add_argument("--days", type=int, default=30)
    missing.add_argument("--out", type=Path, help=f"the rates by week as a table: {', '.join(FORMATS)}")


def _add(arguments: argparse.Namespace, context: Context) -> None:
    accounts = Accounts(context.state())
    password = None if arguments.without_password else new_password()
    accounts.add(arguments.name, arguments.role, password, COMMAND_LINE)
    print(f"added {arguments.name}, {arguments.role}")


def _disable(arguments: argparse.Namespace, context: Context) -> None:
    Accounts(context.state()).disable(arguments.name, COMMAND_LINE)
    print(f"disabled {arguments.name}")


def _set_password(arguments: argparse.Namespace, context: Context) -> None:
    Accounts(context.state()).set_password(arguments.name, new_password(), COMMAND_LINE)
    print(f"set the password of {arguments.name}")


def _list(_: argparse.Namespace, context: Context) -> None:
    for account in Accounts(context.state()).listed():
        marks = [word for word, holds in (("disabled", account.disabled), ("locked", account.locked)) if holds]
        print(" ".join([account.name, account.role, *marks]))


def _backup(arguments: argparse.Namespace, context: Context) -> None:
    context.state().backup(arguments.file)
    print(f"wrote {arguments.file}")


def _verify(arguments: argparse.Namespace, context: Context) -> int:
    state = context.state()
    noted = [("the head given", Head.read(arguments.head))] if arguments.head else []
    try:
        head = state.verify_audit(*release_anchors(state.folder), *noted)
    except StaffError as error:
        complain(error)
        return 1
    print(f"sound: {head.n} records, head {head}")
    return 0


def _show(_: argparse.Namespace, context: Context) -> None:
    for record in context.state().audit_records():
        print(json.dumps({name: getattr(record, name) for name in record.__slots__}, ensure_ascii=False))


def _unanswered(arguments: argparse.Namespace, context: Context) -> None:
    unanswered = Unanswered(context.state())
    deleted = unanswered.delete_old()
    usage = Usage(context.state())
    for rates in usage.rates(arguments.days):
        shares = ", ".join(f"{name} {rates.counts[name]}" for name in RATES)
        print(f"{rates.document or 'none, or several'}: {rates.answers} answers, {shares}")
    for count in unanswered.counts(arguments.days):
        what = f"{count.document or 'none, or several'}, {count.signal}, {count.decision}, {count.topic or 'no topic'}"
        print(f"{count.count:6} {what} {' '.join(count.passages)}".rstrip())
    if arguments.out:
        rows = usage_rows(usage.weeks(-(-arguments.days // 7)))
        write_atomically(arguments.out, table_bytes(rows, arguments.out.suffix))
    if deleted:
        print(f"deleted {deleted} shared questions that were kept long enough")
