"""Command line of training: encoder, languages, leaflets, decision, alarms."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from assistant.triage import classifier
from assistant.triage.examples import read_bank
from assistant.triage.rules import read_rules
from assistant.triage.start import ordinary_questions
from retrieval.adapter import ADAPTER
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import read_corpus
from retrieval.decision import DECISION
from retrieval.encoder import load_encoder
from retrieval.errors import VerbatimError
from retrieval.multilingual import MAP, published
from retrieval.progress import progress_bar
from settings import add_settings, read_settings
from staff.proposals import MODEL as PROPOSALS
from training.ablation import ablation_table
from training.alarm_languages import FOLDER, read_told, told_table, train_alarm_languages
from training.alarms import train_alarms
from training.decision import alarm_vectors, train_decision
from training.encoder import train_encoder
from training.first_hour import first_hour, held_out_questions, questions_of
from training.judged import judgements
from training.languages import train_languages
from training.leaflets import read_leaflets, with_follow_ups
from training.measured import measured, measured_table
from training.onboarded import ONBOARDING
from training.proposals import train_proposals

__all__ = ["main"]

_WORK = Path("build/training")
_CURVES = Path("benchmarks/results/decision_curves.png")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 if nothing could be done."""
    arguments = _parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Train what the encoder adds.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    encoder = commands.add_parser("encoder", help="train the default encoder's adapter, in stages")
    encoder.add_argument("--out", type=Path, default=ADAPTER, help="file to write")
    encoder.set_defaults(run=_encoder)
    leaflets = commands.add_parser("leaflets", help="how an encoder finds answers in leaflets, without phrasings")
    leaflets.set_defaults(run=_leaflets)
    decision = commands.add_parser("decision", help="learn when to answer, from what the encoder never saw")
    decision.add_argument("--out", type=Path, default=DECISION, help="file to write")
    decision.add_argument("--curves", type=Path, default=_CURVES, help="picture to write: lost, and let through")
    decision.add_argument("--ablation", action="store_true", help="print what each kind of figure buys; write nothing")
    decision.set_defaults(run=_decision)
    proposals = commands.add_parser("proposals", help="learn which passages to propose when a monograph is new")
    proposals.add_argument("--out", type=Path, default=PROPOSALS, help="file to write")
    proposals.set_defaults(run=_proposals)
    hour = commands.add_parser("hour", help="what a new medicine gets before review and after its first hour")
    hour.add_argument("--set", type=Path, help="another folder of labelled leaflets than the project's own questions")
    hour.add_argument("--answers", type=Path, default=ONBOARDING, help="folder of what a reviewer accepted")
    hour.set_defaults(run=_hour)
    for command in (encoder, leaflets, decision, proposals, hour):
        command.add_argument("--data", type=Path, required=True, help="folder of data (training/README.md)")
    alarms = commands.add_parser(
        "alarms", help="tune the triage's own network on the labels of corpus/triage, in stages"
    )
    alarms.set_defaults(run=_alarms)
    languages = commands.add_parser("languages", help="learn the map that lets other languages be read")
    languages.add_argument("--out", type=Path, default=MAP, help="file to write")
    languages.set_defaults(run=_languages)
    alarm_languages = commands.add_parser(
        "alarm-languages", help="tune the triage's network for other languages on training/alarms, in stages"
    )
    alarm_languages.set_defaults(run=_alarm_languages)
    for command in (encoder, leaflets, decision, proposals, hour, alarms, languages, alarm_languages):
        add_settings(command, "corpus", "threads", "encoder")
        command.add_argument("--work", type=Path, default=_WORK, help="folder for what is done so far")
    return parser


def _encoder(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    torch.set_num_threads(settings.threads)
    digest = train_encoder(settings.corpus, arguments.data, arguments.work, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}")


def _leaflets(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    encoder = load_encoder(settings.encoder, settings.threads)
    leaflets = read_leaflets(arguments.data / "leaflets")
    asked = {name: with_follow_ups(leaflet) for name, leaflet in leaflets.items()}
    print(measured_table(measured(asked, encoder)))


def _decision(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    encoder = load_encoder(settings.encoder, settings.threads)
    with progress_bar("Asking") as progress:
        messages, order = judgements(settings.corpus, arguments.data, arguments.work, encoder, progress)
    alarms = alarm_vectors(settings.corpus, arguments.work, encoder)
    if arguments.ablation:
        print(ablation_table(messages, alarms))
        return
    digest, held = train_decision(messages, order, alarms, encoder.fingerprint, arguments.out, arguments.curves)
    print(f"{held}\n{arguments.out}: {arguments.out.stat().st_size / 1e3:.0f} kB, SHA-256 {digest}")


def _alarms(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    torch.set_num_threads(settings.threads)
    bank = read_bank(settings.corpus / "triage", ordinary_questions(read_corpus(settings.corpus)))
    encoder = CachedEncoder(load_encoder(settings.encoder, settings.threads), arguments.work)
    files = classifier.ADAPTER, classifier.PLANE
    for path, digest in zip(files, train_alarms(bank, encoder, arguments.work, *files), strict=True):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}")


def _alarm_languages(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    torch.set_num_threads(settings.threads)
    bank = read_bank(settings.corpus / "triage", ordinary_questions(read_corpus(settings.corpus)))
    files = classifier.MULTILINGUAL, classifier.MULTILINGUAL_PLANE
    told = read_told(FOLDER)
    unseen, digests = train_alarm_languages(bank, told, arguments.work, *files)
    print(told_table(told, unseen, read_rules(settings.corpus / "triage")))
    for path, digest in zip(files, digests, strict=True):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}")


def _languages(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    torch.set_num_threads(settings.threads)
    corpus = read_corpus(settings.corpus)
    bank = read_bank(settings.corpus / "triage", ordinary_questions(corpus))
    encoder, other = load_encoder(settings.encoder, settings.threads), published(settings.threads)
    with progress_bar("Embedding") as progress:
        digest = train_languages(corpus, bank, arguments.work, encoder, other, arguments.out, progress)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}")


def _proposals(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    encoder = load_encoder(settings.encoder, settings.threads)
    print(train_proposals(settings.corpus, arguments.data, arguments.work, encoder, arguments.out))


def _hour(arguments: argparse.Namespace) -> None:
    settings = read_settings(os.environ, arguments)
    encoder = load_encoder(settings.encoder, settings.threads)
    if arguments.set:
        questions, texts = questions_of(arguments.set)
    else:
        questions = held_out_questions(arguments.answers)
        texts = {q.document: arguments.data / "leaflets" / f"{q.document}.md" for q in questions}
    print(first_hour(settings.corpus, questions, texts, arguments.answers, arguments.work, encoder))


if __name__ == "__main__":
    sys.exit(main())
