"""The triage's network for other languages: what it is learned from, and that what is left is what was trained."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.triage.classifier import Network
from assistant.triage.examples import CLASSES, Bank, Example, Ordinary
from assistant.triage.guards import Label
from assistant.triage.rules import read_rules
from retrieval.multilingual import published, published_weights
from tests.conftest import CORPUS
from training.alarm_languages import FOLDER, HELD_OUT, Told, batches, read_told, told_table, train_alarm_languages
from training.alarms import TOKENS
from training.embedders import LowerLayers, upper_embedder
from training.multilingual_model import MultilingualModel

MESSAGES = ["no puedo respirar", "我想死", "¿cada cuánto se pone?", "मुझे तीन दिन से दाने हैं"]

BANK = Bank(
    tuple(Example(f"my tongue is swelling {n}", Label.URGENT, "any") for n in range(20)),
    tuple(Ordinary(f"how long is it {n}", "e") for n in range(20)),
)
TOLD = tuple(
    Told(f"{text} {n}", label, "es", writer)
    for writer in ("a", "b", HELD_OUT)
    for text, label in (("no puedo respirar", "urgent"), ("hola", "ordinary"))
    for n in range(6)
)


def test_the_messages_told_are_read_with_their_writers_and_none_is_there_twice() -> None:
    told = read_told(FOLDER)
    assert len({message.text for message in told}) == len(told)
    assert {message.writer for message in told} == {HELD_OUT, "r1", *(f"s{n}" for n in range(1, 10))}
    assert {message.label for message in told} == {*Label, "alarming", "ordinary", "none"}
    assert {message.place for message in told if message.label == "soon"} == {CLASSES.index(Label.SOON)}
    assert {message.place for message in told if message.label not in [*Label]} == {0}


def test_an_epoch_has_each_message_told_twice_and_a_third_of_the_bank() -> None:
    writers = np.array([""] * 1000 + ["a"] * 100 + [HELD_OUT] * 50)
    lengths = np.arange(1150) % 40
    rows = np.arange(1100)
    drawn = Counter(int(row) for batch in batches(rows, writers, lengths) for row in batch)
    assert [drawn[row] for row in range(1000, 1150)] == [6] * 100 + [0] * 50
    assert 0.25 < sum(drawn[row] for row in range(1000)) / 3000 < 0.35


@torch.no_grad()
def test_the_model_in_torch_is_the_one_that_is_read() -> None:
    model = MultilingualModel(published_weights())
    embed = upper_embedder(model[0].auto_model, LowerLayers(model, 8, TOKENS, half=False), half=False)
    model.auto_model.eval()
    # Hidden states are kept in half precision.
    np.testing.assert_allclose(embed(MESSAGES, TOKENS).numpy(), published().encode(MESSAGES), atol=2e-3, rtol=0)


def test_it_learns_and_what_is_left_is_read_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.alarm_languages._FROZEN", 11)
    files = tmp_path / "adapter", tmp_path / "plane"
    unseen, _ = train_alarm_languages(BANK, TOLD, tmp_path / "work", *files)
    assert unseen.shape == (len(TOLD), len(CLASSES))
    assert unseen.sum(axis=1) == pytest.approx(1)
    likely = Network(published(1, files[0]), files[1]).likelihoods([message.text for message in TOLD])
    held = [number for number, message in enumerate(TOLD) if message.writer == HELD_OUT]
    # Of the writer whom none learned from it is the network that ships which is asked, of the others another.
    np.testing.assert_allclose(unseen[held], likely[held], atol=1e-6)
    assert not np.allclose(unseen[:12], likely[:12], atol=1e-3)
    urgent = CLASSES.index(Label.URGENT)
    alarms = [message.place == urgent for message in TOLD]
    assert likely[alarms, urgent].min() > likely[np.invert(alarms), urgent].max()
    lines = [line.split() for line in told_table(TOLD, likely, read_rules(CORPUS / "triage")).splitlines()]
    assert lines[2] == ["a", "urgent", "6", "1.000", "1.000"]
    assert lines[4] == ["all", "others", "urgent", "12", "1.000", "1.000"]
    monkeypatch.setattr("training.alarms.train", None)  # what is done is not done again
    again, _ = train_alarm_languages(BANK, TOLD, tmp_path / "work", *files)
    assert again.tolist() == unseen.tolist()
