"""Command line of retrieval: the library, the index and the search."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from retrieval.convert import SUFFIXES, Converted, Difference
from retrieval.corpus import Corpus, read_corpus
from retrieval.encoder import load_encoder
from retrieval.errors import CorpusError, VerbatimError
from retrieval.figures import MESSAGE
from retrieval.index import Index, build_index, load_index, open_index
from retrieval.library import add, add_folder, changes, compared, draft, listing, remove
from retrieval.progress import progress_bar
from retrieval.results import Hit, Readings, Results
from retrieval.retriever import Retriever
from settings import Settings, add_settings, read_settings

__all__ = ["main"]


_UNREVIEWED = "No second person has read it and no log has it: where staff release, propose it on their page instead."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns 0; 1 if something in the corpus was left out, a file of a folder failed, or a draft says other than its
    original; 2 if nothing could be done.
    """
    arguments = _parser().parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        if arguments.run in (_add, _compare):
            return int(arguments.run(arguments, settings))  # the first is added where there is no corpus yet
        corpus = read_corpus(settings.corpus, settings.index)
        for problem in corpus.problems:
            print(f"left out: {problem}", file=sys.stderr)
        arguments.run(arguments, settings, corpus)
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if corpus.problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m retrieval", description="Find passages in the corpus.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="embed every view and publish the index")
    build.set_defaults(run=_build)
    verify = commands.add_parser("verify", help="check the index against the corpus and its own hashes")
    verify.set_defaults(run=_verify)
    passages = commands.add_parser("passages", help="list the passages that can be shown, with their ids")
    passages.set_defaults(run=_passages)
    search = commands.add_parser("search", help="print the best passages for a question")
    search.add_argument("question")
    search.add_argument("-k", type=_positive, default=5, help="how many passages (default 5)")
    search.add_argument("--before", default="", help="the question before it in the conversation")
    search.add_argument("--explain", action="store_true", help="say of each passage why it was found")
    search.set_defaults(run=_search)
    added = commands.add_parser(
        "add", help="add a monograph, or make a draft of a DOCX, PDF or HTML file, or a folder of them"
    )
    added.add_argument("file", type=Path, help="the file, or a folder of files")
    added.add_argument("--replace", action="store_true", help="the file is a new version of a monograph that is there")
    added.add_argument("--unreviewed", action="store_true", help="add it past the staff bench that is set")
    added.set_defaults(run=_add)
    compare = commands.add_parser(
        "compare", help="read a draft and the file that it was made of again, and compare them"
    )
    compare.add_argument("original", type=Path)
    compare.add_argument("draft", type=Path, help="the Markdown that was made of it")
    compare.set_defaults(run=_compare)
    removed = commands.add_parser("remove", help="take a monograph and its questions out of the corpus")
    removed.add_argument("id")
    removed.set_defaults(run=_remove)
    listed = commands.add_parser("list", help="list the monographs")
    listed.set_defaults(run=_list)
    diff = commands.add_parser("diff", help="list the files of the corpus that the latest index was not made of")
    diff.set_defaults(run=_diff)
    for command in (added, compare, removed, listed, diff):
        add_settings(command, "corpus", "index")
    for command in (build, verify, passages, search):
        add_settings(command, "corpus", "index", "encoder", "store", "uri", "threads")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _add(arguments: argparse.Namespace, settings: Settings) -> int:
    if settings.staff and not arguments.unreviewed:
        raise CorpusError(
            arguments.file, 1,
            "the corpus has a staff bench, and this would go past it: no draft, no second person, no log.",
            "Use the tab 'New medicine' or `python -m staff propose medicine`; --unreviewed adds it all the same.",
        )  # fmt: skip
    if arguments.file.is_dir():
        return _add_folder(arguments, settings)
    if not arguments.file.is_file():
        raise CorpusError(arguments.file, 1, "there is no such file.", "Name a file that is there.")
    if arguments.file.suffix.lower() == ".md":
        print(f"added {add(settings.corpus, arguments.file, arguments.replace)}\n{_UNREVIEWED}")
        return 0
    path, converted = draft(arguments.file)
    print("\n".join([f"wrote {path}", *_draft_lines(converted)]))
    print("It is a draft: read it beside the original, complete its front matter, set its status, and add it.")
    return int(bool(converted.differences))


def _add_folder(arguments: argparse.Namespace, settings: Settings) -> int:
    with progress_bar("Adding", "file") as progress:
        taken = add_folder(settings.corpus, arguments.file, arguments.replace, progress)
    if not taken:
        raise CorpusError(arguments.file, 1, "the folder has no file that can be added.", f"Use {', '.join(SUFFIXES)}.")
    differ = 0
    for each in taken:
        if each.target and each.converted is None:
            print(f"added {each.target}")
        elif each.target and each.converted:
            differ += bool(each.converted.differences)
            print("\n".join([f"wrote {each.target}", *_draft_lines(each.converted)]))
    failed = [each for each in taken if each.failed]
    for each in failed:
        print(f"failed: {each.file}: {each.failed}", file=sys.stderr)
    drafts = sum(each.converted is not None for each in taken)
    added = len(taken) - drafts - len(failed)
    if added:
        print(_UNREVIEWED)
    print(f"{len(taken)} files: {added} added, {drafts} drafts ({differ} not as the original), {len(failed)} failed")
    return int(bool(failed or differ))


def _draft_lines(converted: Converted) -> list[str]:
    """What to look at in a draft, then what it says otherwise than its original."""
    return [*(f"  {remark}" for remark in converted.remarks), *_difference_lines(converted.differences)]


def _difference_lines(differences: Sequence[Difference]) -> list[str]:
    return [f"  DIFFERS  {difference}" for difference in differences]


def _compare(arguments: argparse.Namespace, _: Settings) -> int:
    differences = compared(arguments.original, arguments.draft)
    print("\n".join(_difference_lines(differences)) or "the draft says what the original says")
    return int(bool(differences))


def _remove(arguments: argparse.Namespace, settings: Settings, corpus: Corpus) -> None:
    print(f"moved to {remove(settings.corpus, corpus, arguments.id)}")


def _list(_: argparse.Namespace, __: Settings, corpus: Corpus) -> None:
    print("\n".join(listing(corpus)))


def _diff(_: argparse.Namespace, settings: Settings, corpus: Corpus) -> None:
    lines = list(changes(corpus, settings.index))
    print("\n".join(lines) if lines else "no file was changed since the latest index")


def _build(_: argparse.Namespace, settings: Settings, corpus: Corpus) -> None:
    encoder = load_encoder(settings.encoder, settings.threads)
    with progress_bar("Embedding") as progress:
        index = build_index(settings.index, corpus, encoder, progress, settings.milvus)
    print(f"built {index.folder}")
    _print_manifest(index)


def _verify(_: argparse.Namespace, settings: Settings, corpus: Corpus) -> None:
    index = load_index(settings.index, corpus, load_encoder(settings.encoder, settings.threads), settings.milvus)
    print(f"sound {index.folder}")
    _print_manifest(index)


def _passages(_: argparse.Namespace, __: Settings, corpus: Corpus) -> None:
    for document in corpus.documents.values():
        for passage in document.passages.showable():
            print(f"{passage.id}\n    {passage.section} · {passage.kind} · {passage.start}–{passage.end}")
            print(f"    {_one_line(passage.text)}")


def _search(arguments: argparse.Namespace, settings: Settings, corpus: Corpus) -> None:
    encoder = load_encoder(settings.encoder, settings.threads)
    with progress_bar("Embedding") as progress:
        index = open_index(settings.index, corpus, encoder, progress, partial(print, file=sys.stderr), settings.milvus)
    retriever = Retriever(corpus, index, encoder)
    readings = retriever.readings(arguments.question, arguments.before)
    results = retriever.find(readings, arguments.k)
    if arguments.explain:
        print("\n".join([*_readings_lines(readings, results), ""]))
    for place, hit in enumerate(results.hits, 1):
        passage = hit.passage
        print(f"{place}. {hit.score:.3f}  {passage.section}  [{passage.document} {passage.start}–{passage.end}]")
        print(f"   {passage.text}\n")
        if arguments.explain:
            print("\n".join([*_evidence_lines(hit), ""]))


def _readings_lines(readings: Readings, results: Results) -> list[str]:
    """What was searched for, and what speaks for answering."""
    figures = dict(zip(MESSAGE, results.message.tolist(), strict=False))
    context = "yes" if results.in_context else "no"
    return [
        *(f"read as: “{text}”" for text in readings.texts),
        *(f"mended: “{repair.written}” as “{repair.meant}”" for repair in readings.repairs),
        ", ".join(f"{name} {value:.3f}" for name, value in figures.items()),
        f"context changed the first passage: {context}",
    ]


def _evidence_lines(hit: Hit) -> list[str]:
    """The parts of a score and the views that matched best."""
    evidence = hit.evidence
    phrasing = "none attached" if evidence.phrasing is None else f"{evidence.phrasing:.3f}"
    return [
        f"   phrasings {phrasing}; text {evidence.text:.3f}; lexical {evidence.lexical:.2f}",
        *(f"   {score:.3f}  {view.kind}  “{_one_line(view.text)}”" for view, score in evidence.views),
    ]


def _print_manifest(index: Index) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in index.manifest["counts"].items())
    print(f"  {counts}; encoder {index.manifest['encoder']['name']}; ")
    print(f"  {index.decision.point}")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:100]


if __name__ == "__main__":
    sys.exit(main())
