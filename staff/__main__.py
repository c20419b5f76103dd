"""Command line of the staff bench: accounts, audit, suites, changes, releases, monographs, what was not found."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from assistant.instructions import read_instructions
from evaluation.catalogue import LINES
from evaluation.jsonl import write_objects
from evaluation.spans import read_source_lines
from retrieval.convert import SUFFIXES, convert
from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder, load_encoder
from retrieval.errors import SettingsError, VerbatimError
from retrieval.files import write_atomically
from retrieval.progress import progress_bar
from settings import Settings, add_settings, read_settings, variable
from staff.accounts import Account, Accounts, Role
from staff.audit import Head
from staff.bench import Bench, open_bench
from staff.changes import Changes, Status
from staff.drafts import corpus_sha256, started
from staff.errors import StaffError
from staff.releases import release_anchors
from staff.report import change_lines, difference_lines, result_lines, update_lines
from staff.state import State, open_state
from staff.suite_compare import Change as Effect
from staff.suite_compare import compare
from staff.suite_run import Result, figures, run_suites
from staff.suite_tables import FORMATS, import_suite, results_rows, suite_rows, table_bytes, write_suite
from staff.suites import read_suite, read_suites
from staff.unanswered import Unanswered
from staff.updates import update_of

__all__ = ["main"]

_COMMAND_LINE = "command line"
_STATE = "staff"
_say = partial(print, file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0; 1 if something asked for does not hold; 2 if nothing could be done."""
    arguments = _parser().parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        return int(arguments.run(arguments, settings) or 0)
    except VerbatimError as error:
        _say(error)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m staff", description="Work on the answers before patients see them."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(within: Any, name: str, run: Callable[..., int | None], text: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = within.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(run=run)
        meaning = f"folder of the staff's state ({variable(_STATE)}; none: the bench is off)"
        added.add_argument(f"--{_STATE}", help=meaning)
        add_settings(added, "corpus", "index", "encoder", "threads")
        return added

    def group(name: str, text: str) -> Any:
        return commands.add_parser(name, help=text).add_subparsers(required=True, metavar="COMMAND")

    user = group("user", "the accounts of staff")
    add = command(user, "add", _user_add, "add an account; the password is asked, or read from standard input")
    add.add_argument("name")
    add.add_argument("--role", type=Role, choices=list(Role), default=Role.REVIEWER)
    command(user, "disable", _user_disable, "end an account for good").add_argument("name")
    command(user, "password", _user_password, "set another password; ends sessions and lock").add_argument("name")
    command(user, "list", _user_list, "list the accounts")

    command(commands, "backup", _backup, "copy the state while it is in use").add_argument("file", type=Path)
    log = group("audit", "the log of all that staff did")
    verify = command(log, "verify", _audit_verify, "find an edit, a deletion, a cut or a reordering")
    verify.add_argument("--head", help="a head that was noted elsewhere, as verify prints it")
    command(log, "show", _audit_show, "print the log as JSON, one record a line")

    suite = command(commands, "suite", _suite, "ask suites of questions; fails if one breaks that must not")
    suite.add_argument("files", nargs="*", type=Path, help="suites; default: all of corpus/suites")
    suite.add_argument("--against", metavar="RELEASE", help="a release, or 'live': newly failing questions fail")
    suite.add_argument("--out", type=Path, help=f"file of results: .jsonl or {', '.join(FORMATS)}")
    suite_in = command(commands, "suite-import", _suite_import, "make a suite of a table")
    suite_in.add_argument("table", type=Path, help=f"a {', '.join(FORMATS)} file")
    suite_in.add_argument("out", type=Path, help="the suite to write, corpus/suites/NAME.jsonl")
    suite_out = command(commands, "suite-export", _suite_export, "write a suite as a table")
    suite_out.add_argument("suite", type=Path)
    suite_out.add_argument("out", type=Path, help=f"a {', '.join(FORMATS)} file")

    command(commands, "changes", _changes, "list the changes that wait")
    command(commands, "try", _try, "try a pending change in a draft").add_argument("number", type=int)
    for decided in (command(commands, "approve", _approve, "approve a change"),
                    command(commands, "reject", _reject, "reject a change")):  # fmt: skip
        decided.add_argument("number", type=int)
        _as(decided)
    update = command(commands, "update", _update, "show what a new version of a monograph would touch")
    update.add_argument("document")
    update.add_argument("file", type=Path, help=f"the new text: {', '.join(SUFFIXES)}")
    converted = command(commands, "convert", _convert, "turn a document into Markdown, to be checked beside it")
    converted.add_argument("file", type=Path)
    converted.add_argument("out", type=Path)

    release = command(commands, "release", _release, "measure the corpus, check the gates, sign and go live")
    release.add_argument("--dry-run", action="store_true", help="only measure and check")
    _as(release)
    rollback = command(commands, "rollback", _rollback, "make an earlier release live again")
    rollback.add_argument("release")
    _as(rollback)
    command(commands, "status", _status, "say what is live, and what waits")
    missing = command(commands, "unanswered", _unanswered, "count what patients could not find")
    missing.add_argument("--days", type=int, default=30)
    return parser


def _as(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="name", required=True, metavar="NAME", help="who decides; the password is asked")


def _folder(arguments: argparse.Namespace) -> Path:
    folder = arguments.staff or os.environ.get(variable(_STATE))
    if not folder:
        raise SettingsError(f"The staff bench is off. Set --{_STATE} or {variable(_STATE)} to a folder for its state.")
    return Path(folder)


def _state(arguments: argparse.Namespace) -> State:
    return open_state(_folder(arguments))


def _encoder(settings: Settings) -> Encoder:
    return load_encoder(settings.encoder, settings.threads)


def _bench(arguments: argparse.Namespace, settings: Settings) -> Bench:
    return open_bench(_folder(arguments), settings.corpus, _encoder(settings), index=settings.index)


def _password(question: str) -> str:
    """Never from the arguments, which every user of the machine can read."""
    if sys.stdin.isatty():
        return getpass.getpass(question)
    return sys.stdin.readline().rstrip("\n")


def _new_password() -> str:
    password = _password("New password: ")
    if sys.stdin.isatty() and getpass.getpass("The same again: ") != password:
        raise StaffError("The two are not the same.")
    return password


def _decider(arguments: argparse.Namespace, accounts: Accounts) -> Account:
    return accounts.authenticate(arguments.name, _password(f"Password of {arguments.name}: "))


def _user_add(arguments: argparse.Namespace, _: Settings) -> None:
    Accounts(_state(arguments)).add(arguments.name, arguments.role, _new_password(), _COMMAND_LINE)
    print(f"added {arguments.name}, {arguments.role}")


def _user_disable(arguments: argparse.Namespace, _: Settings) -> None:
    Accounts(_state(arguments)).disable(arguments.name, _COMMAND_LINE)
    print(f"disabled {arguments.name}")


def _user_password(arguments: argparse.Namespace, _: Settings) -> None:
    Accounts(_state(arguments)).set_password(arguments.name, _new_password(), _COMMAND_LINE)
    print(f"set the password of {arguments.name}")


def _user_list(arguments: argparse.Namespace, _: Settings) -> None:
    for account in Accounts(_state(arguments)).listed():
        marks = [word for word, holds in (("disabled", account.disabled), ("locked", account.locked)) if holds]
        print(" ".join([account.name, account.role, *marks]))


def _backup(arguments: argparse.Namespace, _: Settings) -> None:
    _state(arguments).backup(arguments.file)
    print(f"wrote {arguments.file}")


def _audit_verify(arguments: argparse.Namespace, _: Settings) -> int:
    state = _state(arguments)
    noted = [("the head given", Head.read(arguments.head))] if arguments.head else []
    try:
        head = state.verify_audit(*release_anchors(state.folder), *noted)
    except StaffError as error:
        _say(error)
        return 1
    print(f"sound: {head.n} records, head {head}")
    return 0


def _audit_show(arguments: argparse.Namespace, _: Settings) -> None:
    for record in _state(arguments).audit_records():
        print(json.dumps({name: getattr(record, name) for name in record.__slots__}, ensure_ascii=False))


def _suite(arguments: argparse.Namespace, settings: Settings) -> int:
    suites = [read_suite(path) for path in arguments.files] or list(read_suites(settings.corpus / "suites"))
    before = None
    if arguments.against:
        releases = _bench(arguments, settings).releases
        release = releases.live() if arguments.against == "live" else releases.get(arguments.against)
        if release is None:
            raise StaffError("No release is live yet: there is nothing to compare with.")
        names = {suite.name for suite in suites}
        before = [result for result in release.results if result.suite in names]
    with progress_bar("Embedding") as progress:
        assistant = started(settings.corpus, settings.index, _encoder(settings), progress, _say)
    with progress_bar("Asking") as progress:
        results = run_suites(suites, assistant, read_source_lines(LINES), progress)
    print("\n".join(result_lines(results, figures(results))))
    failed = any(result.must_pass and not result.passed for result in results)
    if before is not None:
        differences = compare(before, results)
        print("\n".join(["", *difference_lines(differences)]))
        failed = any(d.change == Effect.NEWLY_FAILING for d in differences)
    if arguments.out:
        _write_results(arguments.out, results)
    return int(failed)


def _write_results(path: Path, results: Sequence[Result]) -> None:
    if path.suffix == ".jsonl":
        write_objects(path, (result.as_json() for result in results))
    else:
        write_atomically(path, table_bytes(results_rows(results), path.suffix))


def _suite_import(arguments: argparse.Namespace, _: Settings) -> None:
    conversations = import_suite(arguments.table)
    write_suite(arguments.out, conversations)
    print(f"{len(conversations)} conversations in {arguments.out}")


def _suite_export(arguments: argparse.Namespace, _: Settings) -> None:
    rows = suite_rows(read_suite(arguments.suite).questions)
    write_atomically(arguments.out, table_bytes(rows, arguments.out.suffix))
    print(f"{len(rows) - 1} questions in {arguments.out}")


def _changes(arguments: argparse.Namespace, _: Settings) -> None:
    for change in Changes(_state(arguments)).listed(Status.PENDING, Status.APPROVED):
        print("\n".join(change_lines(change)))


def _try(arguments: argparse.Namespace, settings: Settings) -> int:
    bench = _bench(arguments, settings)
    with progress_bar("Trying") as progress:
        trial, differences = bench.trials.run(arguments.number, progress)
    print("\n".join([f"{trial.questions} questions asked", *difference_lines(differences)]))
    return int(bool(trial.newly_failing))


def _approve(arguments: argparse.Namespace, settings: Settings) -> None:
    state = _state(arguments)
    changes = Changes(state)
    changes.approve(_decider(arguments, Accounts(state)), arguments.number)
    changes.write_approved(settings.corpus)
    print(f"change {arguments.number} is written to {settings.corpus}")


def _reject(arguments: argparse.Namespace, _: Settings) -> None:
    state = _state(arguments)
    Changes(state).reject(_decider(arguments, Accounts(state)), arguments.number)
    print(f"change {arguments.number} is rejected")


def _update(arguments: argparse.Namespace, settings: Settings) -> None:
    corpus = read_corpus(settings.corpus)
    if (document := corpus.documents.get(arguments.document)) is None:
        raise StaffError(f"There is no monograph '{arguments.document}'. There are: {', '.join(corpus.documents)}.")
    text = convert(arguments.file.name, _bytes(arguments.file)).markdown
    instructions = read_instructions(settings.corpus / "instructions", corpus.passages)
    suites = read_suites(settings.corpus / "suites")
    print("\n".join(update_lines(update_of(document, text, _encoder(settings), suites, instructions))))


def _convert(arguments: argparse.Namespace, _: Settings) -> None:
    converted = convert(arguments.file.name, _bytes(arguments.file))
    write_atomically(arguments.out, converted.markdown.encode())
    print("\n".join([f"wrote {arguments.out}: read it beside {arguments.file}", *converted.remarks]))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StaffError(f"{path} cannot be read: {error.strerror}.") from error


def _release(arguments: argparse.Namespace, settings: Settings) -> int:
    bench = _bench(arguments, settings)
    by = _decider(arguments, bench.accounts)
    with progress_bar("Measuring") as progress:
        candidate = bench.releases.prepare(by, progress)
    for gate in candidate.gates:
        print(f"{'passed' if gate.passed else 'FAILED'}  {gate.name}: {gate.detail}")
    if arguments.dry_run or candidate.failing:
        return int(bool(candidate.failing))
    print(f"live: {bench.releases.publish(candidate, by).id}")
    return 0


def _rollback(arguments: argparse.Namespace, settings: Settings) -> None:
    bench = _bench(arguments, settings)
    print(f"live: {bench.releases.rollback(arguments.release, _decider(arguments, bench.accounts)).id}")


def _status(arguments: argparse.Namespace, settings: Settings) -> None:
    bench = _bench(arguments, settings)
    live = bench.releases.live()
    print(f"live: {live.id if live else 'no release yet; the corpus folder is served'}")
    for name in bench.releases.listed():
        manifest = bench.releases.get(name).manifest
        print(f"  {name}  signed by {manifest['signed_by']}, prepared {manifest['prepared']}")
    print(f"pending changes: {len(bench.changes.listed(Status.PENDING))}")
    same = live is not None and live.manifest["corpus_sha256"] == corpus_sha256(settings.corpus)
    print(f"the corpus folder is {'what is live' if same else 'not what is live'}")


def _unanswered(arguments: argparse.Namespace, _: Settings) -> None:
    unanswered = Unanswered(_state(arguments))
    deleted = unanswered.delete_old()
    for count in unanswered.counts(arguments.days):
        passages = " ".join(count.passages)
        print(f"{count.count:6} {count.signal}, {count.decision}, {count.topic or 'no topic'} {passages}".rstrip())
    if deleted:
        print(f"deleted {deleted} shared questions that were kept long enough")


if __name__ == "__main__":
    sys.exit(main())
