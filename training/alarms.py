"""Learning the triage's own network: the default encoder tuned on the labels of the bank, and a plane over its vectors.

It is trained once for the product, and once without each fold of the bank: what those networks make of the messages
left out is what the thresholds are chosen on.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from assistant.triage.classifier import ABOVE, SCALE, english_network, text_keys
from assistant.triage.examples import APPROVED, CLASSES, Bank
from assistant.triage.guards import ALARMS
from assistant.triage.validation import folds
from retrieval.adapter import ADAPTER, add_adapter
from retrieval.encoder import Encoder, file_sha256, open_default_model
from training.compress import low_rank
from training.embedders import Embed, LowerLayers, knows_half
from training.train import Plan, train

__all__ = ["TOKENS", "AlarmLosses", "epochs", "of_like_length", "train_alarms", "tuned"]

_BATCH = 64
_EPOCHS = 5
_RATE = 2e-4
_FROZEN = 2
_RANK = 128
TOKENS = 96
"""Word pieces that are read of a message."""
_EASY = 0.3
"""How many of the corpus's own questions an epoch has: they are many, and mostly easy."""
_SEED = 1
_ALARM_WEIGHT = 3.0
"""Recall comes first."""


class AlarmLosses:
    """Each message shall lie on the side of its label; one batch a step."""

    def __init__(self, texts: Sequence[str], classes: NDArray[np.int64], batches: Iterator[NDArray[np.int64]]) -> None:
        self._texts, self._classes, self._batches = texts, classes, batches
        self.plane = torch.nn.Linear(384, len(CLASSES))
        self._weights = torch.tensor([_ALARM_WEIGHT if label in ALARMS else 1.0 for label in CLASSES])

    @property
    def planes(self) -> Sequence[torch.nn.Linear]:
        return (self.plane,)

    def step(self, embed: Embed) -> Iterator[Tensor]:
        batch = next(self._batches)
        odds = self.plane(SCALE * embed([self._texts[i] for i in batch], TOKENS))
        classes = torch.from_numpy(self._classes[batch])
        yield (cross_entropy(odds, classes, reduction="none") * self._weights[classes]).mean()


def train_alarms(bank: Bank, encoder: Encoder, work: Path, adapter: Path, plane: Path) -> tuple[str, str]:
    """Train in stages (what the work folder has of this bank is not done again), write both files; their SHA-256.

    `encoder` tells which messages are near-duplicates, that folds hold together.
    """
    work = work / f"alarms-{bank.sha256[:12]}"
    work.mkdir(parents=True, exist_ok=True)
    texts, vectors = bank.texts, encoder.encode(bank.texts)
    lower = LowerLayers(_default_model(), _FROZEN, TOKENS, knows_half())
    lengths = np.array([len(state) for state in lower(texts)])

    def learned_from(rows: NDArray[np.int64], path: Path) -> tuple[Path, Path]:
        return tuned(_default_model, texts, bank.classes, list(epochs(bank, rows, lengths, _SEED)), lower, path)

    unseen = np.zeros((len(texts), len(CLASSES)))
    for number, (seen, left_out) in enumerate(folds(vectors, bank)):
        files = learned_from(seen, work / f"fold-{number}")
        unseen[left_out] = english_network(*files).likelihoods([texts[i] for i in left_out])
    learned = learned_from(np.arange(len(texts)), work / "whole")
    shutil.copyfile(learned[0], adapter)
    keys = np.array(text_keys(texts), dtype=np.uint64)
    stored = {**load_file(learned[1]), "texts": keys, "unseen": unseen.astype(np.float16)}
    save_file(stored, plane, {ABOVE: file_sha256(ADAPTER)})
    return file_sha256(adapter), file_sha256(plane)


def epochs(bank: Bank, rows: NDArray[np.int64], lengths: NDArray[np.int64], seed: int) -> Iterator[NDArray[np.int64]]:
    """Batches of the numbers of messages of like length, epoch after epoch, each a new draw of the easy ones.

    `lengths` has the word pieces of each message of the bank: little is padded.
    """
    random = np.random.default_rng(seed)
    easy = np.array([source == APPROVED for source in bank.sources])[rows]
    for _ in range(_EPOCHS):
        drawn = random.permutation(rows[~easy | (random.random(len(rows)) < _EASY)])
        yield from of_like_length(drawn, lengths, random)


def of_like_length(
    drawn: NDArray[np.int64], lengths: NDArray[np.int64], random: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Batches of messages, by their numbers, in any order."""
    drawn = drawn[np.argsort(lengths[drawn], kind="stable")]
    batches = [drawn[at : at + _BATCH] for at in range(0, len(drawn), _BATCH)]
    yield from (batches[number] for number in random.permutation(len(batches)))


def tuned(
    model: Callable[[], Any], texts: Sequence[str], classes: NDArray[np.int64], batches: Sequence[NDArray[np.int64]],
    lower: LowerLayers, path: Path,
) -> tuple[Path, Path]:  # fmt: skip
    """The files of an adapter, in low rank, and a plane, tuned on batches of texts if they are not there."""
    adapter, plane = (path.with_suffix(f".{kind}.safetensors") for kind in ("adapter", "plane"))
    if plane.is_file():
        return adapter, plane
    torch.manual_seed(_SEED)
    losses = AlarmLosses(texts, classes, iter(batches))
    with tqdm(total=len(batches), desc=f"Alarms, {path.name}", unit="step", file=sys.stderr) as bar:

        def report(_: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.2f}", refresh=False)
            bar.update()

        change = train(model(), [losses], Plan(len(batches), _RATE, half=True), report, lower)
    save_file({name: value.numpy() for name, value in low_rank(change, _RANK).items()}, adapter)
    save_file({name: value.detach().numpy() for name, value in losses.plane.named_parameters()}, plane)
    return adapter, plane


def _default_model() -> Any:
    """The default encoder, to be trained."""
    model = open_default_model()
    add_adapter(model[0].auto_model, ADAPTER)
    return model
