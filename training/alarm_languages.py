"""Learning the triage's network for other languages: multilingual-e5-small tuned on the labels, and a plane.

It learns from the bank, which is English and has the corpus's questions in many languages, and from messages that
writers told in other languages. It is trained once for the product, and once without each half of these writers: what
those networks make of the half left out is what the bars in `assistant/triage/gate.py` are chosen on. One more writer
is left out of everything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.triage.classifier import Network
from assistant.triage.examples import CLASSES, Bank
from assistant.triage.gate import Alarm, in_other_language
from assistant.triage.guards import Label
from assistant.triage.rules import Rules
from retrieval.encoder import file_sha256
from retrieval.multilingual import published, published_weights
from retrieval.text import clean
from training.alarms import TOKENS, of_like_length, tuned
from training.embedders import LowerLayers, knows_half
from training.multilingual_model import MultilingualModel

__all__ = ["FOLDER", "HELD_OUT", "Told", "batches", "read_told", "told_table", "train_alarm_languages"]

FOLDER = Path(__file__).parent / "alarms"
HELD_OUT = "held-out"
"""The writer whom nothing learns from."""

_FROZEN = 8
_EPOCHS = 3
_ENGLISH, _TOLD = 0.3, 2
"""An epoch has so much of the bank, each time another draw, and each message in another language so many times."""
_HALVES = 2
_SEED = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A message in another language; `label` is what its writer gave it, of Label or anything else for none."""

    text: str
    label: str
    language: str
    writer: str

    @property
    def place(self) -> int:
        """Of its label in CLASSES."""
        return CLASSES.index(Label(self.label)) if self.label in [*Label] else 0


def read_told(folder: Path) -> tuple[Told, ...]:
    """All messages of the folder; a file for each writer."""
    return tuple(
        Told(clean(record["text"]), record["label"], record["language"], path.stem)
        for path in sorted(folder.glob("*.jsonl"))
        for record in map(json.loads, path.read_text("utf-8").splitlines())
    )


def train_alarm_languages(
    bank: Bank, told: Sequence[Told], work: Path, adapter: Path, plane: Path
) -> tuple[NDArray[np.float64], tuple[str, str]]:
    """Train in stages (what the work folder has of these messages is not done again) and write both files.

    Returns how likely each class is for each message told, by a network that had not seen its writer, shape
    (len(told), 4), and the SHA-256 of the files.
    """
    lines = (f"{message.writer}\x1f{message.label}\x1f{message.text}" for message in told)
    key = hashlib.sha256("\x1e".join([bank.sha256, *lines]).encode()).hexdigest()
    work = work / f"alarm-languages-{key[:12]}"
    work.mkdir(parents=True, exist_ok=True)
    texts = [*bank.texts, *(message.text for message in told)]
    classes = np.array([*bank.classes, *(message.place for message in told)])
    learned = sorted({message.writer for message in told} - {HELD_OUT})
    writers = np.array([*([""] * len(bank.texts)), *(message.writer for message in told)])
    model = _model()
    lower = LowerLayers(model, _FROZEN, TOKENS, knows_half())
    lengths = model.tokenizer(texts, max_length=TOKENS)["attention_mask"].sum(1).numpy()

    def without(left_out: Sequence[str], name: str) -> tuple[Path, Path]:
        rows = np.flatnonzero(~np.isin(writers, [*left_out, HELD_OUT]))
        return tuned(_model, texts, classes, list(batches(rows, writers, lengths)), lower, work / name)

    unseen = np.zeros((len(told), len(CLASSES)))
    for number in range(_HALVES):
        half = learned[number::_HALVES]
        _fill(unseen, told, half, without(half, f"half-{number}"))
    files = without([], "whole")
    _fill(unseen, told, [HELD_OUT], files)
    for made, path in zip(files, (adapter, plane), strict=True):
        shutil.copyfile(made, path)
    return unseen, (file_sha256(adapter), file_sha256(plane))


def told_table(told: Sequence[Told], unseen: NDArray[np.float64], rules: Rules) -> str:
    """What the gate makes of the messages, by label: of those learned from all together, then by writer: how many there
    are, the share that gets a card, and that which gets a card or the notice for today."""
    raised = [
        in_other_language(rules.find(message.text), dict(zip(Label, row[1:].tolist(), strict=True)))
        for message, row in zip(told, unseen, strict=True)
    ]
    groups: dict[tuple[str, str], list[Alarm | None]] = defaultdict(list)
    for message, alarm in zip(told, raised, strict=True):
        groups[message.writer, message.label].append(alarm)
        if message.writer != HELD_OUT:
            groups["all others", message.label].append(alarm)
    lines = [f"{'':24}  number   card  at least soon"]
    for (writer, label), alarms in sorted(groups.items()):
        card, soon = (sum(some) / len(alarms) for some in ([bool(a and a.now) for a in alarms], map(bool, alarms)))
        lines.append(f"{writer:12}  {label:10}  {len(alarms):6}  {card:5.3f}  {soon:13.3f}")
    return "\n".join(lines)


def batches(
    rows: NDArray[np.int64], writers: NDArray[np.str_], lengths: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Batches of the numbers of messages of like length, epoch after epoch. Of the bank no writer is named."""
    random = np.random.default_rng(_SEED)
    told = rows[writers[rows] != ""]
    bank = rows[writers[rows] == ""]
    for _ in range(_EPOCHS):
        drawn = np.concatenate([bank[random.random(len(bank)) < _ENGLISH], *([told] * _TOLD)])
        yield from of_like_length(random.permutation(drawn), lengths, random)


def _fill(unseen: NDArray[np.float64], told: Sequence[Told], writers: Sequence[str], files: tuple[Path, Path]) -> None:
    rows = [number for number, message in enumerate(told) if message.writer in writers]
    network = Network(published(1, files[0]), files[1])
    if rows:
        unseen[rows] = network.likelihoods([told[number].text for number in rows])


def _model() -> MultilingualModel:
    return MultilingualModel(published_weights())
