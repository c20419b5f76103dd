"""Commands about retrieval, and those that publish: run, failures, reproduce, decisions, ablation, exports, lines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from evaluation.ablation import Bench, ablate, ablation_markdown, figures, held_out_questions, turns
from evaluation.asked import LEAFLETS, read_asked
from evaluation.beir import BEIR_FILES, write_beir
from evaluation.builtin import BUILT_IN, query_records
from evaluation.card import CARD_FILES, write_datasets_folder
from evaluation.catalogue import CONVERSATIONS, Files, Folders, open_dataset
from evaluation.commands.answering import read_score, write_answers
from evaluation.commands.product import Product, complain, say
from evaluation.conversations import read_labels
from evaluation.datasets import Dataset
from evaluation.errors import DataError
from evaluation.everyday import EVERYDAY
from evaluation.failures import failures_html, failures_markdown, worst
from evaluation.jsonl import write_objects
from evaluation.leaflets import leaflet_dataset
from evaluation.measures import check_measures
from evaluation.preflight import writable_file, writable_files, writable_folder
from evaluation.report import COMPARISON_FILES, run_markdown, score_markdown, write_score
from evaluation.reproduce import PUBLIC, Experiment, write_committed, write_index
from evaluation.results import read_results
from evaluation.run import Plan
from evaluation.side_by_side import run_systems, system_folder, write_comparison
from evaluation.spans import map_lines
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import read_corpus
from retrieval.encoder import PLAIN_ENCODER, load_encoder
from retrieval.index import open_index
from retrieval.monograph import read_monograph
from retrieval.retriever import Retriever

__all__ = ["ablation", "decisions", "export", "failures", "lines", "reproduce", "run"]


def run(arguments: argparse.Namespace, product: Product) -> int:
    check_measures(arguments.measures)
    writable_folder(arguments.out)
    if arguments.dataset == EVERYDAY:
        return _everyday(arguments, product)
    folders = product.folders(arguments.cache)
    files = Files(arguments.documents, arguments.queries, arguments.qrels)
    if arguments.dataset == LEAFLETS:
        dataset = leaflet_dataset(read_asked(LEAFLETS, arguments.data, files.queries))
    else:
        dataset = open_dataset(arguments.dataset, files, arguments.split or "test", folders)
    if len(arguments.system) > 1:
        writable_files(arguments.out, *COMPARISON_FILES)
    plan = Plan(tuple(arguments.measures), arguments.depth, arguments.judged_only, product.threads)
    say(run_markdown(run_systems(dataset, arguments.system, plan, arguments.out, folders, product.loader)))
    if len(arguments.system) > 1:
        say(write_comparison([system_folder(arguments.out, spec) for spec in arguments.system], arguments.out))
    return 0


def _everyday(arguments: argparse.Namespace, product: Product) -> int:
    """No passage answers these: they are asked, and what is counted are answers and alarms."""
    if arguments.system != ["verbatim"]:
        remedy = "Run it with --system verbatim, or give score the answers of any system: --dataset everyday."
        raise DataError(Path("--system"), None, "everyday requests are answered, not searched for.", remedy)
    asked = read_asked(EVERYDAY, arguments.data, split=arguments.split, limit=arguments.limit)
    answers = arguments.out / "answers.jsonl"
    write_answers(asked, answers, product)
    score = read_score(asked, answers)
    write_score(arguments.out, score, asked.path, answers)
    say(score_markdown(score))
    return 0


def failures(arguments: argparse.Namespace, _: Product) -> int:
    results = read_results(arguments.folder)
    measure = results.known(arguments.measure or results.risk_measure, arguments.folder)
    rows = worst(results, measure, arguments.worst)
    if arguments.out is None:
        say(failures_markdown(results, measure, rows))
        return 0
    write = failures_html if arguments.out.suffix == ".html" else failures_markdown
    writable_file(arguments.out).write_text(write(results, measure, rows), "utf-8")
    say(f"{len(rows)} queries in {arguments.out}")
    return 0


def reproduce(arguments: argparse.Namespace, product: Product) -> int:
    if arguments.data is None or not arguments.data.is_dir():
        problem = "there is no folder of public data."
        remedy = "Give --data FOLDER; the built-in sets are run by `evaluate`."
        raise DataError(arguments.data or Path("--data"), None, problem, remedy)
    folders, load = product.folders(arguments.cache), product.loader
    writable_folder(arguments.out)
    # Each is read before anything is searched.
    opened = list(_opened(arguments.data, set(arguments.only), folders))
    if not opened:
        names = ", ".join(dict.fromkeys(experiment.dataset for experiment in PUBLIC))
        raise DataError(arguments.data, None, "none of the public sets is in this folder.", f"They are: {names}.")
    for experiment, dataset in opened:
        runs = arguments.runs / experiment.name
        summaries = run_systems(dataset, experiment.systems, experiment.plan, runs, folders, load)
        write_committed(arguments.out, experiment.name, summaries)
        say(run_markdown(summaries))
    write_index(arguments.out)
    return 0


def _opened(data: Path, only: set[str], folders: Folders) -> Iterator[tuple[Experiment, Dataset]]:
    """The experiments asked for, all if none is named, with their data; those without data are told."""
    for experiment in PUBLIC:
        place = experiment.place(data)
        if only and experiment.name not in only:
            continue
        if place is None:
            complain(f"left out: {experiment.name} is not in {data}.")
        else:
            yield experiment, open_dataset(place, experiment.files(place), "test", folders)


def decisions(arguments: argparse.Namespace, product: Product) -> int:
    from assistant.triage.start import ordinary_questions
    from evaluation.decisions import alarm_curve, answer_curve, write_decisions  # matplotlib takes a second

    writable_folder(arguments.out)
    corpus, encoder = read_corpus(product.corpus), product.load()
    index = open_index(product.index, corpus, encoder, report=complain)
    cached = CachedEncoder(encoder, product.index)
    answers, point = answer_curve(Retriever(corpus, index, encoder)), index.decision.point
    learned, gate = alarm_curve(product.corpus / "triage", ordinary_questions(corpus), cached)
    answered, let_through = answers.at([point.answer])
    say(f"answered: {answered[0]:.3f} of questions that are answered, {let_through[0]:.3f} of those that are not")
    recall, false = gate.at([1.0])
    say(f"alarms: {recall[0]:.3f} of emergencies and crises, {false[0]:.4f} of all other messages")
    for path in write_decisions(arguments.out, answers, point, learned, gate):
        say(f"wrote {path}")
    return 0


def ablation(arguments: argparse.Namespace, product: Product) -> int:
    corpus = read_corpus(product.corpus)
    writable_folder(arguments.out)

    def bench(name: str) -> Bench:
        encoder = load_encoder(name, product.threads)
        index = open_index(product.index, corpus, encoder, report=complain)
        return Bench(corpus, index, CachedEncoder(encoder, product.index))

    shipped, plain = bench(product.encoder), bench(PLAIN_ENCODER)
    dataset = open_dataset(BUILT_IN, Files(), "test", product.folders())
    sets = {"labelled turns": turns(dataset), "held-out phrasings": held_out_questions(shipped.index)}
    rows = {name: figures(ablate(shipped, plain, asked)) for name, asked in sets.items()}
    for name, asked in sets.items():
        say(f"{name}, {len(asked)}\n\n{ablation_markdown(rows[name])}")
    (arguments.out / "ablation.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return 0


def export(arguments: argparse.Namespace, product: Product) -> int:
    writable_files(arguments.out, *(CARD_FILES if arguments.layout == "datasets" else BEIR_FILES))
    if arguments.data:
        asked = read_asked(LEAFLETS, arguments.data)
        dataset, labels, about = leaflet_dataset(asked), asked.labels, arguments.data / "README.md"
    else:
        dataset, labels = open_dataset(BUILT_IN, Files(), "test", product.folders()), read_labels(CONVERSATIONS)
        about = CONVERSATIONS.with_name("README.md")
    if arguments.layout == "datasets":
        write_datasets_folder(arguments.out, dataset, labels, about, "other" if arguments.data else "apache-2.0")
    else:
        write_beir(arguments.out, dataset.documents.values(), query_records(labels), dataset.qrels)
    say(f"{len(dataset.documents)} documents, {len(dataset.queries)} judged queries in {arguments.out}")
    return 0


def lines(arguments: argparse.Namespace, _: Product) -> int:
    out: Path = writable_file(arguments.out)
    monograph = read_monograph(arguments.monograph)
    records = [
        {"document": m.document, "line": m.number, "start": m.start, "end": m.end, "text": m.text}
        for m in map_lines(arguments.text, monograph.id, monograph.source)
    ]
    say(f"{write_objects(out, records)} lines in {out}")
    return 0
