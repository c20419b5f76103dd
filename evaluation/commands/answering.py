"""Commands about answers: ask, score, calibrate, compare."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from tqdm import tqdm

from evaluation.answers import answer_all, read_answers, without_offsets
from evaluation.asked import Asked, read_asked
from evaluation.builtin import BUILT_IN
from evaluation.calibration import Costs, calibrated, calibration_markdown
from evaluation.catalogue import open_system
from evaluation.changes import changes, changes_json, changes_markdown, figures
from evaluation.commands.product import Product, once, say
from evaluation.conversations import Questions
from evaluation.errors import DataError
from evaluation.found import answer_found, found_in
from evaluation.jsonl import write_objects
from evaluation.leaflets import read_document
from evaluation.preflight import writable_file, writable_files
from evaluation.report import CALIBRATION_FILES, SCORE_FILES, score_markdown, write_score
from evaluation.scoring import Score, score_answers
from evaluation.side_by_side import write_comparison
from evaluation.texts import find_text, library_with
from retrieval.corpus import Corpus, read_corpus

__all__ = ["answers", "calibrate", "compare", "need_served", "read_score", "score", "write_answers", "write_found"]


_MANY = 100
"""From so many turns on it pays to start an assistant for each core."""
_AT_ONCE = 4
"""Conversations that a process is given at once."""


def answers(arguments: argparse.Namespace, product: Product) -> int:
    writable_file(arguments.out)
    asked = _asked(arguments, arguments.conversations, labelled=False)
    write = partial(write_found, spec=arguments.system) if arguments.system else write_answers
    say(f"{write(asked, arguments.out, product)} answers in {arguments.out}")
    return 0


def write_answers(asked: Asked, out: Path, product: Product) -> int:
    """Ask every turn as the chat does; documents that the corpus lacks are added for the time. Returns how many.

    Many turns are asked in as many processes as there are cores, a conversation in one: the answers are the same.
    """
    turns = sum(len(c.texts) for c in asked.questions)
    with library_with(product.corpus, asked.texts, asked.documents) as corpus:
        if asked.documents:
            need_served(asked, read_corpus(corpus))
        if turns < _MANY:
            records = answer_all(product.assistant(corpus), asked.questions)
        else:
            asking = partial(_answered, product.alone(), corpus)
            records = chain.from_iterable(product.processes.map(asking, asked.questions, chunksize=_AT_ONCE))
        return write_objects(out, tqdm(records, total=turns, desc=out.stem, unit="turn", file=sys.stderr))


def _answered(product: Product, corpus: Path, questions: Questions) -> list[dict[str, Any]]:
    return list(answer_all(once(product).assistant(corpus), [questions]))


def need_served(asked: Asked, corpus: Corpus) -> None:
    """Raises DataError for a document that is asked of and is not served: the questions would be asked of others."""
    for document in asked.documents:
        if document not in corpus.documents:
            path = find_text(asked.texts, document)
            read_document(path)  # says what is wrong with it
            raise DataError(path, None, "this monograph is not served.", "See corpus/README.md, `status`.")


def write_found(asked: Asked, out: Path, product: Product, spec: str) -> int:
    """What a retrieval system finds for every turn, as answers. Returns how many."""
    folders = product.folders()
    system = open_system(spec, folders, product.loader)
    searchers = found_in(asked, read_corpus(folders.corpus), system)
    turns = sum(len(c.texts) for c in asked.questions)
    records = tqdm(answer_found(asked.questions, searchers), total=turns, desc=spec, unit="turn", file=sys.stderr)
    return write_objects(out, records)


def score(arguments: argparse.Namespace, _: Product) -> int:
    if arguments.out:
        writable_files(arguments.out, *SCORE_FILES)
    asked = _asked(arguments, arguments.labels)
    measured = read_score(asked, arguments.answers, arguments.by_text)
    if arguments.out:
        write_score(arguments.out, measured, asked.path, arguments.answers)
    say(json.dumps(measured.as_json(), indent=1) if arguments.json else score_markdown(measured))
    return 1 if measured.missing else 0


def read_score(asked: Asked, path: Path, by_text: bool = False) -> Score:
    """The answers of a file, measured; `by_text` passes over offsets.

    Raises DataError for a file of which no answer is to a labelled turn.
    """
    shown = read_answers(path)
    given = without_offsets(shown) if by_text else shown
    measured = score_answers(asked.labels, given, asked.lines, asked.path, path)
    if measured.unknown and not measured.turns:
        problem = f"none of its {len(shown)} answers is to a turn of {asked.path}."
        raise DataError(path, None, problem, "Give the labels of the conversations that were asked.")
    return measured


def calibrate(arguments: argparse.Namespace, _: Product) -> int:
    from evaluation.plots import write_calibration_plots  # matplotlib takes a second to import

    writable_files(arguments.out, *CALIBRATION_FILES)
    costs = _costs(arguments.costs)
    measured = calibrated(read_score(_asked(arguments, arguments.labels), arguments.answers), arguments.answers, costs)
    text = calibration_markdown(measured)
    images = [f"\n![{p.stem}]({p.name})\n" for p in write_calibration_plots(arguments.out, measured)]
    (arguments.out / "calibration.md").write_text(text + "".join(images), "utf-8")
    (arguments.out / "calibration.json").write_text(json.dumps(measured.as_json(), indent=1) + "\n", "utf-8")
    say(text)
    return 0


def compare(arguments: argparse.Namespace, _: Product) -> int:
    """Folders are compared by their figures, two files of answers turn by turn."""
    for path in arguments.folders:
        if not path.exists():
            raise DataError(path, None, "there is no such file or folder.", "Check its name.")
    files = [path for path in arguments.folders if path.is_file()]
    if not files:
        say(write_comparison(arguments.folders, arguments.out))
        return 0
    if len(files) != 2 or len(arguments.folders) != 2:
        remedy = "Give two files of answers, or two or more folders that run or score wrote."
        raise DataError(files[0], None, "files of answers are compared two by two.", remedy)
    writable_files(arguments.out, "changes.md", "changes.json")
    asked = _asked(arguments, arguments.labels)
    before, after = (read_score(asked, path) for path in files)
    paths = files[0], files[1]
    measured, changed = figures(before, after, paths), changes(before, after, paths)
    both = {(t.id, t.turn) for t, _, _ in before.turns} & {(t.id, t.turn) for t, _, _ in after.turns}
    text = changes_markdown(measured, changed, len(both))
    (arguments.out / "changes.md").write_text(text, "utf-8")
    record = json.dumps(changes_json(measured, changed), indent=1, ensure_ascii=False)
    (arguments.out / "changes.json").write_text(record + "\n", "utf-8")
    say(text)
    return 0


def _asked(arguments: argparse.Namespace, labels: Path | None, labelled: bool = True) -> Asked:
    return read_asked(
        arguments.dataset or BUILT_IN, arguments.data, labels, arguments.lines, arguments.texts, arguments.split,
        arguments.limit, labelled,
    )  # fmt: skip


def _costs(given: list[str]) -> Costs:
    """From `missed=100 wrong=10 refused=1`, those that are given."""
    values: dict[str, float] = {}
    for pair in given:
        name, _, number = pair.partition("=")
        try:
            values[name] = float(number)
            Costs(**{name: values[name]})
        except (ValueError, TypeError):
            remedy = "Write missed=NUMBER, wrong=NUMBER or refused=NUMBER."
            raise DataError(Path("--costs"), None, f"'{pair}' is no cost.", remedy) from None
        if not 0 <= values[name] < float("inf"):
            raise DataError(Path("--costs"), None, f"'{pair}' is no cost.", "Give a number from 0.")
    return Costs(**values)
