"""Commands for changes: list, try, approve, reject; and what a new version of a monograph would touch."""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.instructions import read_instructions
from retrieval.cached_encoder import CachedEncoder
from retrieval.convert import SUFFIXES, convert
from retrieval.corpus import read_corpus
from retrieval.files import write_atomically
from retrieval.progress import progress_bar
from staff.accounts import Accounts
from staff.answerable import decided, decisions
from staff.bench import asked_by
from staff.changes import Changes, Status
from staff.commands.context import Add, Context, add_decider, decider
from staff.errors import StaffError
from staff.gap_decisions import Deed
from staff.report import change_lines, difference_lines, gap_lines, update_lines
from staff.suites import read_suites
from staff.updates import update_of

__all__ = ["add_changes"]


def add_changes(add: Add) -> None:
    add("changes", _changes, "list the changes that wait")
    add("try", _try, "try a pending change in a draft").add_argument("number", type=int)
    decided = (add("approve", _approve, "approve a change"), add("reject", _reject, "reject a change"))
    for command in decided:
        command.add_argument("number", type=int)
        add_decider(command)
    decided[0].add_argument("--reason", default="", help="why it is right, if numbers differ from the original")
    decided[1].add_argument("--reason", required=True, help="why, for its author")
    gaps = add("gaps", _gaps, "list the known gaps that a pending version's text may answer, and what is decided")
    gaps.add_argument("number", type=int)
    deciding = add("decide", _decide, "decide on known gaps that a pending version's text may answer")
    deciding.add_argument("number", type=int)
    deciding.add_argument("deed", choices=[deed.value.replace(" ", "-") for deed in Deed])
    deciding.add_argument("--topic", help="all that are listed with this topic")
    deciding.add_argument("--question", help="this one")
    deciding.add_argument("--to", default="", help="the new passage to attach to; default: the nearest")
    add_decider(deciding)
    update = add("update", _update, "show what a new version of a monograph would touch")
    update.add_argument("document")
    update.add_argument("file", type=Path, help=f"the new text: {', '.join(SUFFIXES)}")
    converted = add("convert", _convert, "turn a document into Markdown, to be checked beside it")
    converted.add_argument("file", type=Path)
    converted.add_argument("out", type=Path)


def _changes(_: argparse.Namespace, context: Context) -> None:
    for change in Changes(context.state()).listed(Status.PENDING, Status.APPROVED):
        print("\n".join(change_lines(change)))


def _try(arguments: argparse.Namespace, context: Context) -> int:
    bench = context.bench()
    with progress_bar("Trying") as progress:
        trial, differences = bench.trials.run(arguments.number, progress)
    print("\n".join([f"{trial.questions} questions asked", *difference_lines(differences)]))
    return int(bool(trial.newly_failing))


def _approve(arguments: argparse.Namespace, context: Context) -> None:
    state = context.state()
    changes = Changes(state, "change" in context.two_people)
    changes.approve(decider(arguments, Accounts(state)), arguments.number, arguments.reason)
    changes.write_approved(context.corpus)
    print(f"change {arguments.number} is written to {context.corpus}")


def _gaps(arguments: argparse.Namespace, context: Context) -> int:
    bench = context.bench()
    change, found = asked_by(bench, arguments.number)
    done = decisions(change.content)
    print("\n".join([f"{len(found)} questions that are marked as not covered", *gap_lines(found, done)]))
    return int(any(one.key not in done for one in found))


def _decide(arguments: argparse.Namespace, context: Context) -> None:
    bench = context.bench()
    change, found = asked_by(bench, arguments.number)
    chosen = [one for one in found if one.gap.topic == arguments.topic or one.gap.question == arguments.question]
    if not chosen:
        raise StaffError("No question that the new text may answer has that topic or those words (gaps N lists them).")
    content = decided(change.content, chosen, Deed(arguments.deed.replace("-", " ")), arguments.to)
    bench.changes.amend(decider(arguments, bench.accounts), change.id, content, read_corpus(context.corpus))
    print(f"{len(chosen)} decided: {arguments.deed}. Try change {change.id} again.")


def _reject(arguments: argparse.Namespace, context: Context) -> None:
    state = context.state()
    Changes(state).reject(decider(arguments, Accounts(state)), arguments.number, arguments.reason)
    print(f"change {arguments.number} is rejected")


def _update(arguments: argparse.Namespace, context: Context) -> None:
    corpus = read_corpus(context.corpus)
    text = convert(arguments.file.name, _bytes(arguments.file)).markdown
    instructions = read_instructions(context.corpus / "instructions", corpus.passages)
    suites = read_suites(context.corpus / "suites")
    encoder = CachedEncoder(context.encoder(), context.index)
    print("\n".join(update_lines(update_of(corpus, arguments.document, text, encoder, suites, instructions))))


def _convert(arguments: argparse.Namespace, _: Context) -> int:
    converted = convert(arguments.file.name, _bytes(arguments.file))
    write_atomically(arguments.out, converted.markdown.encode())
    differences = [f"DIFFERS  {difference}" for difference in converted.differences]
    print("\n".join([f"wrote {arguments.out}: read it beside {arguments.file}", *converted.remarks, *differences]))
    return int(bool(differences))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StaffError(f"{path} cannot be read: {error.strerror}.") from error
