"""Command line of the assistant: ask, coverage, the triage's; and what it hands over to staff."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from functools import partial
from itertools import chain

from assistant.answer import Answer
from assistant.coverage import coverage, coverage_table
from assistant.start import start_assistant, triage_folder
from assistant.triage.classifier import open_classifier
from assistant.triage.examples import read_bank
from assistant.triage.report import Measured, bank_counted, measured, terms_table, triage_report
from assistant.triage.rules import read_rules
from assistant.triage.start import ordinary_questions, train_triage
from assistant.triage.texts import named_messages
from assistant.triage.thresholds import THRESHOLDS, read_thresholds, thresholds_json
from assistant.triage.tuning import choose_thresholds
from assistant.triage.validation import Validated, validate
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import read_corpus
from retrieval.decision import read_decision
from retrieval.encoder import load_encoder
from retrieval.errors import SettingsError, VerbatimError
from retrieval.files import write_atomically
from retrieval.progress import progress_bar
from settings import Settings, add_settings, read_settings

__all__ = ["main"]

_STAFF = ("release", "rollback", "status", "audit")
"""Commands of the staff bench, which stands above this package and is imported only when one of them is given."""
_WIDTH = 88


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 if nothing could be done; of the staff's commands what they return."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given and given[0] in _STAFF:
        from staff.__main__ import main as staff

        return staff(given, "python -m assistant")
    arguments = _parser().parse_args(given)
    _write_every_character()
    try:
        settings = read_settings(os.environ, arguments)
        arguments.run(arguments, settings)
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _write_every_character() -> None:
    """Into a pipe or a file UTF-8, whatever the environment says; on a terminal what it cannot show as its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    more = f"Of the staff bench, as python -m staff has them: {', '.join(_STAFF)} (docs/staff-guide.md)."
    parser = argparse.ArgumentParser(prog="python -m assistant", description="Ask the monographs.", epilog=more)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question as the chat does")
    ask.set_defaults(run=_ask)
    ask.add_argument("question")
    ask.add_argument(
        "--document", metavar="ID", help="the monograph that the question is about, where there are several"
    )
    shape = ask.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print the answer contract")
    shape.add_argument("--explain", action="store_true", help="print too why it was decided so; for staff")
    train = commands.add_parser("train-triage", help="train the triage anew from corpus/triage")
    train.set_defaults(run=_train)
    report = commands.add_parser("triage-report", help="cross-validate the triage, as tables in Markdown")
    report.set_defaults(run=_report)
    terms = commands.add_parser("triage-terms", help="count each term's false alarms on all ordinary messages")
    terms.set_defaults(run=_terms)
    tune = commands.add_parser("tune-triage", help="choose the triage's thresholds anew, and write them to the corpus")
    tune.set_defaults(run=_tune)
    for command in (report, terms, tune):
        command.add_argument(
            "--also",
            action="append",
            default=[],
            metavar="NAME=PATH",
            type=named_messages,
            help="messages to measure on, that are to raise nothing and are never learned from: a JSONL or TSV file "
            "with 'text', or a folder of such",
        )
    add_settings(ask, "locale", "store", "uri")
    for command in (ask, train, report, terms, tune):
        add_settings(command, "corpus", "index", "encoder", "threads")
    topics = commands.add_parser("coverage", help="list the topics that patients ask and the monographs do not answer")
    topics.set_defaults(run=_coverage)
    topics.add_argument("--json", action="store_true", help="print JSON")
    add_settings(topics, "corpus")
    return parser


def _ask(arguments: argparse.Namespace, settings: Settings) -> None:
    with progress_bar("Embedding") as progress:
        assistant = start_assistant(
            settings.corpus,
            settings.index,
            load_encoder(settings.encoder, settings.threads),
            partial(print, file=sys.stderr),
            progress,
            settings.locale,
            milvus=settings.milvus,
        )
    if arguments.document is not None and arguments.document not in assistant.corpus.documents:
        raise SettingsError(f"There is no monograph '{arguments.document}' (python -m retrieval list).")
    answer = assistant.ask(arguments.question, document=arguments.document)
    print(json.dumps(answer.as_json(), ensure_ascii=False, indent=1) if arguments.json else readable(answer))
    if arguments.explain:
        print("\n".join(["", "Why:", *(f"  {line}" for line in answer.evidence)]))


def _coverage(arguments: argparse.Namespace, settings: Settings) -> None:
    topics = coverage(read_corpus(settings.corpus))
    rows = [topic.as_json() for topic in topics]
    print(json.dumps(rows, ensure_ascii=False, indent=1) if arguments.json else coverage_table(topics))


def _train(_: argparse.Namespace, settings: Settings) -> None:
    ordinary, encoder = (
        ordinary_questions(read_corpus(settings.corpus)),
        load_encoder(settings.encoder, settings.threads),
    )
    with progress_bar("Embedding") as progress:
        train_triage(settings.corpus / "triage", triage_folder(settings.index), ordinary, encoder, progress)
    print(f"trained {triage_folder(settings.index)}")


def _report(arguments: argparse.Namespace, settings: Settings) -> None:
    validated, others = _validated(arguments, settings)
    print(triage_report(validated, read_thresholds(settings.corpus / "triage"), others))


def _terms(arguments: argparse.Namespace, settings: Settings) -> None:
    folder = settings.corpus / "triage"
    bank, rules = read_bank(folder, ordinary_questions(read_corpus(settings.corpus))), read_rules(folder)
    others = ((text, rules.find(text), None) for _, texts in arguments.also for text in texts)
    print(terms_table(chain(bank_counted(bank, map(rules.find, bank.texts)), others)))


def _tune(arguments: argparse.Namespace, settings: Settings) -> None:
    validated, others = _validated(arguments, settings)
    thresholds = choose_thresholds(validated, load_encoder(settings.encoder, settings.threads).fingerprint)
    path = settings.corpus / "triage" / THRESHOLDS
    write_atomically(path, thresholds_json(thresholds).encode())
    print(f"wrote {path}: {thresholds_json(thresholds)}\n{triage_report(validated, thresholds, others)}")


def _validated(arguments: argparse.Namespace, settings: Settings) -> tuple[Validated, list[Measured]]:
    folder = settings.corpus / "triage"
    bank, rules = read_bank(folder, ordinary_questions(read_corpus(settings.corpus))), read_rules(folder)
    encoder, classifier = load_encoder(settings.encoder, settings.threads), open_classifier(settings.threads)
    others, medical = dict(arguments.also), read_decision().medical
    with progress_bar("Embedding") as progress:
        validated = validate(rules, bank, CachedEncoder(encoder, settings.index), classifier, progress)
        # What is only measured on is kept nowhere.
        return validated, measured(validated, rules, encoder, classifier, others, medical, progress)


def readable(answer: Answer) -> str:
    """An answer for the terminal."""
    parts = [_wrapped(notice.text) for notice in answer.notices]
    for citation in answer.citations:
        quote = citation.quote
        head = (
            f"{citation.passage.section}  [{quote.monograph.id} {quote.monograph.version}, {quote.start}–{quote.end}]"
        )
        above = [_wrapped(c.quote.text, "  ") for c in citation.context[1:]]
        parts.append("\n".join([head, *above, _wrapped(quote.text, "  │ ")]))
    if answer.choices:
        names = (f"  {choice.monograph.title}  (--document {choice.monograph.id})" for choice in answer.choices)
        parts.append("\n".join(["Choose one:", *names]))
    if answer.see_also:
        parts.append("\n".join(["See also:", *(f"  {section.name}" for section in answer.see_also)]))
    parts.extend(_wrapped(text) for text in dict.fromkeys(disclaimer.text for disclaimer in answer.disclaimers))
    return "\n\n".join([f"({answer.decision})", *parts])


def _wrapped(text: str, prefix: str = "") -> str:
    lines = (textwrap.wrap(line, _WIDTH - len(prefix)) or [""] for line in text.split("\n"))
    return "\n".join(prefix + line for wrapped in lines for line in wrapped)


if __name__ == "__main__":
    sys.exit(main())
