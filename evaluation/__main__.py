"""Command line of evaluation: measuring answers and runs, comparing them, every published figure; suites by staff."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evaluation.asked import SETS
from evaluation.catalogue import LINES, SYSTEMS
from evaluation.commands import answering, evaluating, finding
from evaluation.commands.product import CACHE, RESULTS, ROOT, Product, complain
from evaluation.reproduce import PUBLIC
from retrieval.errors import VerbatimError
from settings import add_settings, read_settings

__all__ = ["main"]

_STAFF = ("suite", "suite-import", "suite-export")
"""Commands of the staff bench, which stands above this package and is imported only when one of them is given."""
_MEASURES = ("nDCG@10", "RR@10", "R@10", "AP@10")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0; 1 if labelled turns have no answer or a suite fails; 2 if nothing could be done."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given and given[0] in _STAFF:
        from staff.__main__ import main as staff

        return staff(given, "python -m evaluation")
    arguments = _parser().parse_args(given)
    try:
        settings = read_settings(os.environ, arguments)
        product = Product(settings.corpus, settings.index, settings.encoder, settings.threads)
        return int(arguments.run(arguments, product))
    except VerbatimError as error:
        complain(error)
        return 2
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        complain(f"{error.filename}: {error.strerror}. Check its name, and that you may use it.")
        return 2
    except OSError as error:  # a disk that fills up or goes away in the midst of it
        complain(
            f"{error.filename or 'a file'}: {error.strerror or error}. What was done so far is kept; run it again."
        )
        return 2


def _parser() -> argparse.ArgumentParser:
    more = f"Of the staff bench, as python -m staff has them: {', '.join(_STAFF)} (docs/staff-guide.md)."
    parser = argparse.ArgumentParser(
        prog="python -m evaluation", description="Measure Verbatim and others.", epilog=more
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace, Product], int], text: str, *names: str) -> Any:
        added = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        added.set_defaults(run=run)
        if names:
            add_settings(added, *names)
        return added

    product = ("corpus", "index", "encoder", "threads")
    answers = command(
        "answers", answering.answers, "answer every turn of every conversation as the chat does", *product
    )
    answers.add_argument("--conversations", type=Path, help="default: those of the data set")
    _add_set(answers)
    answers.add_argument(
        "--system", metavar="SYSTEM", help=f"a system that searches, in place of the product: {SYSTEMS}"
    )
    answers.add_argument("--out", type=Path, required=True, help="file of answers to write, one line a turn")

    score = command("score", answering.score, "measure a file of answers against labelled conversations")
    score.add_argument("--labels", type=Path, help="default: those of the data set")
    _add_set(score)
    score.add_argument("--answers", type=Path, required=True, help="file in the answer contract, of any system")
    score.add_argument("--by-text", action="store_true", help="pass over offsets, as the reference scorer does")
    score.add_argument("--json", action="store_true", help="print the figures as JSON, without intervals")
    score.add_argument("--out", type=Path, help="folder for a summary and the turns, for compare and failures")

    run = command("run", finding.run, "search a data set with one or more systems and measure what they find", *product)
    run.add_argument(
        "--dataset", required=True, help="a BEIR folder, istiratumab, leaflets, everyday, irds:ID, or trec with files"
    )
    run.add_argument("--data", type=Path, help="folder of leaflets or of everyday requests")
    run.add_argument("--limit", type=_positive, help="how many of the everyday requests, drawn the same each time")
    run.add_argument("--system", required=True, nargs="+", metavar="SYSTEM", help=SYSTEMS)
    run.add_argument("--measures", nargs="+", default=list(_MEASURES), help=f"default: {' '.join(_MEASURES)}")
    run.add_argument("--out", type=Path, required=True, help="folder of the run; of all runs and their comparison")
    run.add_argument("--split", help="which qrels of a BEIR folder (default test), which everyday requests (all)")
    run.add_argument("--documents", type=Path, help="file in place of corpus.jsonl")
    run.add_argument("--queries", type=Path, help="file in place of queries.jsonl; TREC topics too")
    run.add_argument("--qrels", type=Path, help="file in place of the folder's qrels; TREC qrels too")
    run.add_argument("--depth", type=_positive, default=100, help="documents kept for each query (default 100)")
    run.add_argument("--cache", type=Path, default=CACHE, help="folder of embeddings")
    run.add_argument("--judged-only", action="store_true", help="leave unjudged documents out (condensed lists)")

    calibrate = command(
        "calibrate", answering.calibrate, "measure whether the probabilities of answers are what they say"
    )
    calibrate.add_argument("--labels", type=Path, help="default: those of the data set")
    _add_set(calibrate)
    calibrate.add_argument("--answers", type=Path, required=True, help="file of answers that have a probability")
    calibrate.add_argument("--costs", nargs="+", default=[], metavar="FAULT=COST", help="missed=100 wrong=10 refused=1")
    calibrate.add_argument("--out", type=Path, required=True, help="folder for the figures and plots")

    text = "test the differences between runs or scored answers, or tell what changed between two files of answers"
    compared = command("compare", answering.compare, text)
    compared.add_argument(
        "folders", type=Path, nargs="+", help="folders that run or score wrote, or two files of answers"
    )
    compared.add_argument("--labels", type=Path, help="of two files of answers; default: those of the data set")
    _add_set(compared)
    compared.add_argument("--out", type=Path, required=True, help="folder for the tables and plots")

    failures = command(
        "failures", finding.failures, "show the worst queries of a run: what was expected, what came, why"
    )
    failures.add_argument("folder", type=Path, help="folder that run or score wrote")
    failures.add_argument("--measure", help="default: the run's first; 'right' for scored answers")
    failures.add_argument("--worst", type=_positive, default=20, help="how many queries (default 20)")
    failures.add_argument("--out", type=Path, help="file to write, HTML if it ends in .html; default: print Markdown")

    reproduce = command("reproduce", finding.reproduce, "make the published figures of public sets anew", *product)
    reproduce.add_argument("--data", type=Path, help="folder of public data sets")
    names = [experiment.name for experiment in PUBLIC]
    reproduce.add_argument("--only", nargs="+", default=[], choices=names, metavar="NAME", help=", ".join(names))
    reproduce.add_argument("--out", type=Path, default=RESULTS, help="folder of committed results")
    reproduce.add_argument("--cache", type=Path, default=CACHE, help="folder of embeddings")
    reproduce.add_argument("--runs", type=Path, default=ROOT / "runs" / "reproduce", help="folder of the runs")

    evaluate = command(
        "evaluate", evaluating.evaluate, "run every built-in set and compare with what is committed", *product
    )
    evaluate.add_argument("--everyday", type=Path, help="folder of everyday requests by intent")
    evaluate.add_argument("--split", help="which split of the everyday requests (default: all)")
    evaluate.add_argument("--leaflets", type=Path, help="folder of labelled leaflets")
    evaluate.add_argument(
        "--out", type=Path, default=ROOT / "runs" / "evaluate", help="folder for the page and figures"
    )
    evaluate.add_argument("--committed", type=Path, default=RESULTS, help="folder of committed results")
    evaluate.add_argument("--commit", action="store_true", help="put these figures and answers there")
    evaluate.add_argument("--cache", type=Path, default=CACHE, help="folder of embeddings")

    decisions = command("decisions", finding.decisions, "draw how well it knows when not to answer", *product)
    decisions.add_argument("--out", type=Path, default=RESULTS, help="folder for the plots and the figures")

    ablation = command("ablation", finding.ablation, "measure what each step of the ranking buys", *product)
    ablation.add_argument("--out", type=Path, default=RESULTS, help="folder for ablation.json")

    for layout, text in (("beir", "in the BEIR layout"), ("datasets", "as a local folder of datasets, with a card")):
        export = command(f"export-{layout}", finding.export, f"write a labelled set {text}", "corpus")
        export.set_defaults(layout=layout)
        export.add_argument("--data", type=Path, help="folder of labelled leaflets, in place of the built-in set")
        export.add_argument("--out", type=Path, required=True, help="folder to write")

    lines = command("lines", finding.lines, "find the lines of a plain text in the monograph that was made of it")
    lines.add_argument("--text", type=Path, required=True, help="the plain text whose line numbers labels use")
    lines.add_argument("--monograph", type=Path, required=True, help="monograph file (corpus/monographs/*.md)")
    lines.add_argument("--out", type=Path, default=LINES, help="file to write")
    return parser


def _add_set(parser: argparse.ArgumentParser) -> None:
    """Which conversations: one of the sets, and where what it needs is."""
    parser.add_argument("--dataset", choices=SETS, help=f"{', '.join(SETS)}; default: the first")
    parser.add_argument("--data", type=Path, help="folder of everyday requests by intent, or of labelled leaflets")
    parser.add_argument("--split", help="which split of the everyday requests (default: all)")
    parser.add_argument("--limit", type=_positive, help="how many of the everyday requests, drawn the same each time")
    parser.add_argument("--lines", type=Path, default=LINES, help="where the labelled lines stand in the document")
    folder = "folder of ID.md for labels that name another document; may be given again"
    parser.add_argument("--texts", type=Path, action="append", default=[], metavar="FOLDER", help=folder)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


if __name__ == "__main__":
    sys.exit(main())
