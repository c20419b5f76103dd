"""Commands for suites: ask them, with an exit code for CI; tables in and out."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluation.catalogue import LINES
from evaluation.jsonl import write_objects
from evaluation.spans import read_source_lines
from retrieval.corpus import read_corpus
from retrieval.files import write_atomically
from retrieval.progress import progress_bar
from staff.commands.context import Add, Context, complain
from staff.drafts import started
from staff.errors import StaffError
from staff.report import difference_lines, result_lines
from staff.suite_compare import Effect, compare
from staff.suite_coverage import suite_coverage
from staff.suite_run import Result, figures, passage_words, run_suites
from staff.suite_tables import import_suite, results_rows, suite_rows, write_suite
from staff.suites import read_suite, read_suites
from staff.table_files import FORMATS, table_bytes

__all__ = ["add_suites"]


def add_suites(add: Add) -> None:
    suite = add("suite", _suite, "ask suites of questions; fails if one breaks that must not")
    suite.add_argument("files", nargs="*", type=Path, help="suites; default: all of corpus/suites")
    suite.add_argument("--against", metavar="RELEASE", help="a release, or 'live': newly failing questions fail")
    suite.add_argument("--out", type=Path, help=f"file of results: .jsonl or {', '.join(FORMATS)}")
    suite_in = add("suite-import", _import, "make a suite of a table")
    suite_in.add_argument("table", type=Path, help=f"a {', '.join(FORMATS)} file")
    suite_in.add_argument("out", type=Path, help="the suite to write, corpus/suites/NAME.jsonl")
    suite_out = add("suite-export", _export, "write a suite as a table")
    suite_out.add_argument("suite", type=Path)
    suite_out.add_argument("out", type=Path, help=f"a {', '.join(FORMATS)} file")


def _suite(arguments: argparse.Namespace, context: Context) -> int:
    suites = [read_suite(path) for path in arguments.files] or list(read_suites(context.corpus / "suites"))
    before = _before(arguments.against, context, {suite.name for suite in suites}) if arguments.against else None
    with progress_bar("Embedding") as progress:
        index, locale, medicine = context.index, context.locale, context.medicine
        assistant = started(context.corpus, index, context.encoder(), index, progress, complain, locale, medicine)
    with progress_bar("Asking") as progress:
        results = run_suites(suites, assistant, read_source_lines(LINES), progress)
    print("\n".join(result_lines(results, figures(results))))
    for one in suite_coverage(assistant.corpus, suites):
        print(f"{one.document}: {one.covered} of {one.passages} passages are expected by a question")
    failed = any(result.must_pass and not result.passed for result in results)
    if before is not None:
        differences = compare(before, results)
        print("\n".join(["", *difference_lines(differences)]))
        failed = any(d.change == Effect.NEWLY_FAILING for d in differences)
    if arguments.out:
        _write_results(arguments.out, results, passage_words(assistant.corpus))
    return int(failed)


def _before(against: str, context: Context, names: set[str]) -> list[Result]:
    """What a release showed for these suites."""
    releases = context.bench().releases
    release = releases.live() if against == "live" else releases.get(against)
    if release is None:
        raise StaffError("No release is live yet: there is nothing to compare with.")
    return [result for result in release.results if result.suite in names]


def _write_results(path: Path, results: Sequence[Result], words: Mapping[str, str]) -> None:
    if path.suffix == ".jsonl":
        write_objects(path, (result.as_json() for result in results))
    else:
        write_atomically(path, table_bytes(results_rows(results, words), path.suffix))


def _import(arguments: argparse.Namespace, context: Context) -> None:
    imported = import_suite(arguments.table, passage_words(read_corpus(context.corpus)))
    write_suite(arguments.out, imported.conversations)
    print("\n".join([*imported.remarks, f"{len(imported.conversations)} conversations in {arguments.out}"]))


def _export(arguments: argparse.Namespace, _: Context) -> None:
    rows = suite_rows(read_suite(arguments.suite).questions)
    write_atomically(arguments.out, table_bytes(rows, arguments.out.suffix))
    print(f"{len(rows) - 1} questions in {arguments.out}")
