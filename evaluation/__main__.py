"""Command line of evaluation: measuring answers and runs, comparing them, every published figure; suites by staff."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.start import start_assistant
from assistant.triage.start import ordinary_questions
from evaluation.ablation import Bench, ablate, ablation_markdown, figures, held_out_questions, turns
from evaluation.answers import answer_all, read_answers, without_offsets
from evaluation.beir import write_beir
from evaluation.builtin import BUILT_IN, query_records
from evaluation.catalogue import CONVERSATIONS, LINES, SYSTEMS, Files, Folders, open_dataset
from evaluation.conversations import read_labels, read_questions
from evaluation.failures import failures_html, failures_markdown, worst
from evaluation.jsonl import write_objects
from evaluation.measures import check_measures
from evaluation.preflight import writable_file, writable_folder
from evaluation.report import run_markdown, score_markdown, write_score
from evaluation.reproduce import EXPERIMENTS, write_committed, write_index
from evaluation.results import read_results
from evaluation.run import Plan
from evaluation.scoring import Score, score_answers
from evaluation.side_by_side import run_systems, system_folder, write_comparison
from evaluation.spans import map_lines, read_source_lines
from retrieval.corpus import read_corpus
from retrieval.encoder import DEFAULT_ENCODER, PLAIN_ENCODER, Encoder, load_encoder
from retrieval.errors import VerbatimError
from retrieval.index import open_index
from retrieval.monograph import read_monograph
from retrieval.remembered import RememberingEncoder
from settings import Settings, add_settings, read_settings

__all__ = ["main"]

_STAFF = ("suite", "suite-import", "suite-export")
"""Commands of the staff bench, which stands above this package and is imported only when one of them is given."""
_ROOT = Path(__file__).resolve().parent.parent
_CACHE = _ROOT / "build" / "cache"
_RESULTS = _ROOT / "benchmarks" / "results"
_MEASURES = ("nDCG@10", "RR@10", "R@10", "AP@10")
_say = partial(print, file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0; 1 if labelled turns have no answer or a suite fails; 2 if nothing could be done."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given and given[0] in _STAFF:
        from staff.__main__ import main as staff

        return staff(given, "python -m evaluation")
    arguments = _parser().parse_args(given)
    try:
        settings = read_settings(os.environ, arguments)
        return int(arguments.run(arguments, settings))
    except VerbatimError as error:
        _say(error)
        return 2
    except OSError as error:  # a disk that fills up or goes away in the midst of it
        _say(f"{error.filename or 'a file'}: {error.strerror or error}. What was done so far is kept; run it again.")
        return 2


def _parser() -> argparse.ArgumentParser:
    more = f"Of the staff bench, as python -m staff has them: {', '.join(_STAFF)} (docs/staff-guide.md)."
    parser = argparse.ArgumentParser(
        prog="python -m evaluation", description="Measure Verbatim and others.", epilog=more
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace, Settings], int], text: str, *names: str) -> Any:
        added = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        added.set_defaults(run=run)
        if names:
            add_settings(added, *names)
        return added

    product = ("corpus", "index", "encoder", "threads")
    answers = command("answers", _answers, "answer every turn of every conversation as the chat does", *product)
    answers.add_argument("--conversations", type=Path, default=CONVERSATIONS, help="default: the built-in ones")
    answers.add_argument("--out", type=Path, required=True, help="file of answers to write, one line a turn")

    score = command("score", _score, "measure a file of answers against labelled conversations")
    score.add_argument("--labels", type=Path, default=CONVERSATIONS, help="default: the built-in conversations")
    score.add_argument("--answers", type=Path, required=True, help="file in the answer contract, of any system")
    score.add_argument("--lines", type=Path, default=LINES, help="where the labelled lines stand in the document")
    score.add_argument("--by-text", action="store_true", help="pass over offsets, as the reference scorer does")
    score.add_argument("--json", action="store_true", help="print the figures as JSON, without intervals")
    score.add_argument("--out", type=Path, help="folder for a summary and the turns, for compare and failures")

    run = command("run", _run, "search a data set with one or more systems and measure what they find", *product)
    run.add_argument(
        "--dataset", required=True, help="a BEIR folder, istiratumab, irds:ID, or trec with the files below"
    )
    run.add_argument("--system", required=True, nargs="+", metavar="SYSTEM", help=SYSTEMS)
    run.add_argument("--measures", nargs="+", default=list(_MEASURES), help=f"default: {' '.join(_MEASURES)}")
    run.add_argument("--out", type=Path, required=True, help="folder of the run; of all runs and their comparison")
    run.add_argument("--split", default="test", help="which qrels of a BEIR folder (default test)")
    run.add_argument("--documents", type=Path, help="file in place of corpus.jsonl")
    run.add_argument("--queries", type=Path, help="file in place of queries.jsonl; TREC topics too")
    run.add_argument("--qrels", type=Path, help="file in place of the folder's qrels; TREC qrels too")
    run.add_argument("--depth", type=_positive, default=100, help="documents kept for each query (default 100)")
    run.add_argument("--cache", type=Path, default=_CACHE, help="folder of embeddings")
    run.add_argument("--judged-only", action="store_true", help="leave unjudged documents out (condensed lists)")

    compared = command("compare", _compare, "test the differences between runs, or between scored answers")
    compared.add_argument("folders", type=Path, nargs="+", help="two or more folders that run or score wrote")
    compared.add_argument("--out", type=Path, required=True, help="folder for the tables and plots")

    failures = command("failures", _failures, "show the worst queries of a run: what was expected, what came, why")
    failures.add_argument("folder", type=Path, help="folder that run or score wrote")
    failures.add_argument("--measure", help="default: the run's first; 'right' for scored answers")
    failures.add_argument("--worst", type=_positive, default=20, help="how many queries (default 20)")
    failures.add_argument("--out", type=Path, help="file to write, HTML if it ends in .html; default: print Markdown")

    reproduce = command("reproduce", _reproduce, "make every published figure of retrieval anew", *product)
    reproduce.add_argument("--data", type=Path, help="folder of public data sets; without it only the built-in one")
    reproduce.add_argument("--out", type=Path, default=_RESULTS, help="folder of committed results")
    reproduce.add_argument("--cache", type=Path, default=_CACHE, help="folder of embeddings")
    reproduce.add_argument("--runs", type=Path, default=_ROOT / "runs" / "reproduce", help="folder of the runs")

    decisions = command("decisions", _decisions, "draw how well it knows when not to answer", *product)
    decisions.add_argument("--out", type=Path, default=_RESULTS, help="folder for the plots and the figures")

    ablation = command("ablation", _ablation, "measure what each step of the ranking buys", *product)
    ablation.add_argument("--out", type=Path, default=_RESULTS, help="folder for ablation.json")

    export = command("export-beir", _export, "write the labelled conversations in the BEIR layout", "corpus")
    export.add_argument("--out", type=Path, required=True, help="folder to write")

    lines = command("lines", _lines, "find the lines of a plain text in the monograph that was made of it")
    lines.add_argument("--text", type=Path, required=True, help="the plain text whose line numbers labels use")
    lines.add_argument("--monograph", type=Path, required=True, help="monograph file (corpus/monographs/*.md)")
    lines.add_argument("--out", type=Path, default=LINES, help="file to write")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _decisions(arguments: argparse.Namespace, settings: Settings) -> int:
    from evaluation.decisions import alarm_curve, margin_curve, write_decisions  # matplotlib takes a second

    writable_folder(arguments.out)
    corpus, encoder = read_corpus(settings.corpus), load_encoder(settings.encoder, settings.threads)
    index = open_index(settings.index, corpus, encoder, report=_say)
    remembering = RememberingEncoder(encoder, settings.index)
    margins = margin_curve(index)
    learned, gate = alarm_curve(settings.corpus / "triage", ordinary_questions(corpus), remembering)
    answered, let_through = margins.at([index.calibration.answer_margin, index.calibration.abstain_margin])
    for name, known, gap in zip(("answered", "shown at all"), answered, let_through, strict=True):
        print(f"{name}: {known:.3f} of questions that are answered, {gap:.3f} of those that are not")
    recall, false = gate.at([1.0])
    print(f"alarms: {recall[0]:.3f} of emergencies and crises, {false[0]:.4f} of all other messages")
    for path in write_decisions(arguments.out, margins, index.calibration, learned, gate):
        print(f"wrote {path}")
    return 0


def _ablation(arguments: argparse.Namespace, settings: Settings) -> int:
    corpus = read_corpus(settings.corpus)
    writable_folder(arguments.out)

    def bench(name: str) -> Bench:
        encoder = load_encoder(name, settings.threads)
        index = open_index(settings.index, corpus, encoder, report=_say)
        return Bench(corpus, index, RememberingEncoder(encoder, settings.index))

    shipped, plain = bench(settings.encoder), bench(PLAIN_ENCODER)
    dataset = open_dataset(BUILT_IN, Files(), "test", _folders(settings))
    sets = {"labelled turns": turns(dataset), "held-out phrasings": held_out_questions(shipped.index)}
    rows = {name: figures(ablate(shipped, plain, asked)) for name, asked in sets.items()}
    for name, asked in sets.items():
        print(f"{name}, {len(asked)}\n\n{ablation_markdown(rows[name])}")
    (arguments.out / "ablation.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return 0


def _answers(arguments: argparse.Namespace, settings: Settings) -> int:
    count = _write_answers(arguments.conversations, writable_file(arguments.out), settings)
    print(f"{count} answers in {arguments.out}")
    return 0


def _write_answers(path: Path, out: Path, settings: Settings) -> int:
    conversations = read_questions(path)
    assistant = start_assistant(settings.corpus, settings.index, load_encoder(settings.encoder, settings.threads), _say)
    turns = sum(len(c.texts) for c in conversations)
    records = tqdm(answer_all(assistant, conversations), total=turns, desc="Answering", unit="turn", file=sys.stderr)
    return write_objects(out, records)


def _score(arguments: argparse.Namespace, _: Settings) -> int:
    if arguments.out:
        writable_folder(arguments.out)
    score = _read_score(arguments.labels, arguments.answers, arguments.lines, arguments.by_text)
    if arguments.out:
        write_score(arguments.out, score, arguments.labels, arguments.answers)
    print(json.dumps(score.as_json(), indent=1) if arguments.json else score_markdown(score))
    return 1 if score.missing else 0


def _read_score(labels: Path, answers: Path, lines: Path, by_text: bool = False) -> Score:
    shown = read_answers(answers)
    shown = without_offsets(shown) if by_text else shown
    return score_answers(read_labels(labels), shown, read_source_lines(lines), labels, answers)


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    check_measures(arguments.measures)
    writable_folder(arguments.out)
    folders = _folders(settings, arguments.cache)
    files = Files(arguments.documents, arguments.queries, arguments.qrels)
    dataset = open_dataset(arguments.dataset, files, arguments.split, folders)
    plan = Plan(tuple(arguments.measures), arguments.depth, arguments.judged_only, settings.threads)
    print(run_markdown(run_systems(dataset, arguments.system, plan, arguments.out, folders, _loader(settings))))
    if len(arguments.system) > 1:
        print(write_comparison([system_folder(arguments.out, spec) for spec in arguments.system], arguments.out))
    return 0


def _folders(settings: Settings, cache: Path = _CACHE) -> Folders:
    return Folders(settings.corpus, settings.index, cache)


def _loader(settings: Settings) -> Callable[[str], Encoder]:
    """Each encoder once; the default is the one of the settings."""
    return cache(lambda name: load_encoder(settings.encoder if name == DEFAULT_ENCODER else name, settings.threads))


def _compare(arguments: argparse.Namespace, _: Settings) -> int:
    print(write_comparison(arguments.folders, arguments.out))
    return 0


def _failures(arguments: argparse.Namespace, _: Settings) -> int:
    results = read_results(arguments.folder)
    measure = results.known(arguments.measure or results.risk_measure, arguments.folder)
    rows = worst(results, measure, arguments.worst)
    if arguments.out is None:
        print(failures_markdown(results, measure, rows))
        return 0
    write = failures_html if arguments.out.suffix == ".html" else failures_markdown
    writable_file(arguments.out).write_text(write(results, measure, rows), "utf-8")
    print(f"{len(rows)} queries in {arguments.out}")
    return 0


def _reproduce(arguments: argparse.Namespace, settings: Settings) -> int:
    folders, load = _folders(settings, arguments.cache), _loader(settings)
    answers = writable_file(arguments.runs / "answers.jsonl")
    writable_folder(arguments.out)
    _write_answers(CONVERSATIONS, answers, settings)
    score = _read_score(CONVERSATIONS, answers, LINES)
    (arguments.out / "answers.json").write_text(json.dumps(score.as_json(), indent=1) + "\n", "utf-8")
    for experiment in EXPERIMENTS:
        place = experiment.place(arguments.data)
        if place is None:
            _say(f"left out: {experiment.name} is not in the folder of public data.")
            continue
        dataset = open_dataset(place, experiment.files(place), "test", folders)
        runs = arguments.runs / experiment.name
        summaries = run_systems(dataset, experiment.systems, experiment.plan, runs, folders, load)
        write_committed(arguments.out, experiment.name, summaries)
        print(run_markdown(summaries))
    write_index(arguments.out, EXPERIMENTS, score_markdown(score))
    return 0


def _export(arguments: argparse.Namespace, settings: Settings) -> int:
    writable_folder(arguments.out)
    dataset = open_dataset(BUILT_IN, Files(), "test", _folders(settings))
    write_beir(arguments.out, dataset.documents.values(), query_records(read_labels(CONVERSATIONS)), dataset.qrels)
    print(f"{len(dataset.documents)} documents, {len(dataset.queries)} judged queries in {arguments.out}")
    return 0


def _lines(arguments: argparse.Namespace, _: Settings) -> int:
    monograph = read_monograph(arguments.monograph)
    mapped = map_lines(arguments.text, monograph.id, monograph.source)
    records = [
        {"document": m.document, "line": m.number, "start": m.start, "end": m.end, "text": m.text} for m in mapped
    ]
    print(f"{write_objects(arguments.out, records)} lines in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
