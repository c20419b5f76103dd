"""Commands for API keys: each keeps a client to one medicine."""

from __future__ import annotations

import argparse

from retrieval.corpus import read_corpus
from staff.commands.context import COMMAND_LINE, Add, Context
from staff.keys import Keys

__all__ = ["add_keys"]


def add_keys(add: Add) -> None:
    adding = add("key add", _add, "make a key that keeps a client of the API to one medicine; it is shown once")
    adding.add_argument("name", help="of the client")
    adding.add_argument("document", help="id of the monograph")
    add("key remove", _remove, "refuse a client from now on").add_argument("name")
    add("key list", _list, "list the clients with a key, and what each keeps to")


def _add(arguments: argparse.Namespace, context: Context) -> None:
    known = read_corpus(context.corpus).documents
    print(Keys(context.state()).add(arguments.name, arguments.document, known, COMMAND_LINE))


def _remove(arguments: argparse.Namespace, context: Context) -> None:
    Keys(context.state()).remove(arguments.name, COMMAND_LINE)
    print(f"removed the key of {arguments.name}")


def _list(_: argparse.Namespace, context: Context) -> None:
    for key in Keys(context.state()).listed():
        print(f"{key.name} {key.document}")
