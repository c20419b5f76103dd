"""Command line of training: encoder."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from tqdm import tqdm

from assistant.triage.examples import read_examples
from retrieval.adapter import ADAPTER
from retrieval.corpus import read_corpus
from retrieval.encoder import file_sha256, open_default_model
from retrieval.errors import VerbatimError
from settings import add_settings, read_settings
from training.batches import Sampler
from training.compress import low_rank, mean
from training.examples import question_classes, read_answers, read_names, read_summaries
from training.train import Plan, train

__all__ = ["main"]

_RANK = 128
_SHARE = 0.8
_SEEDS = (1, 2)
_PLAN = Plan()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 if nothing could be done."""
    arguments = _parser().parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        torch.set_num_threads(settings.threads)
        _train(settings.corpus, arguments)
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Train what the encoder adds.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    encoder = commands.add_parser("encoder", help="train the default encoder's adapter (about two hours)")
    add_settings(encoder, "corpus", "threads")
    encoder.add_argument(
        "--data", type=Path, required=True, help="folder with train-medquad/pairs.jsonl and train-meqsum/pairs.jsonl"
    )
    encoder.add_argument("--out", type=Path, default=ADAPTER, help="file to write")
    encoder.add_argument("--steps", type=int, default=_PLAN.steps, help=f"default {_PLAN.steps}")
    encoder.add_argument("--rate", type=float, default=_PLAN.rate, help=f"learning rate (default {_PLAN.rate})")
    encoder.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=_SEEDS,
        help="one training each, of which the mean is kept (default 1 2)",
    )
    encoder.add_argument("--rank", type=int, default=_RANK, help=f"rank of the updates (default {_RANK})")
    encoder.add_argument("--share", type=float, default=_SHARE, help=f"share of the change kept (default {_SHARE})")
    return parser


def _train(corpus: Path, arguments: argparse.Namespace) -> None:
    answers = read_answers(arguments.data / "train-medquad" / "pairs.jsonl")
    summaries = read_summaries(arguments.data / "train-meqsum" / "pairs.jsonl")
    messages = read_examples(corpus / "triage" / "examples.jsonl")
    classes = question_classes(read_corpus(corpus), read_names(corpus / "cues" / "medicines.jsonl"), messages)
    plans = [Plan(arguments.steps, arguments.rate, seed) for seed in arguments.seeds]
    with tqdm(total=sum(plan.steps for plan in plans), desc="Training", unit="step", file=sys.stderr) as bar:

        def report(_: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.2f}", refresh=False)
            bar.update()

        samplers = [Sampler(classes, answers, summaries, plan.seed) for plan in plans]
        changes = [train(open_default_model(), *how, report) for how in zip(samplers, plans, strict=True)]
    save_file(low_rank(mean(changes), arguments.rank, arguments.share), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB, SHA-256 {file_sha256(arguments.out)}")


if __name__ == "__main__":
    sys.exit(main())
