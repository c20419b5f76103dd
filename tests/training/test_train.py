"""Two steps of real training on the real model: what changes, and that the small file brings it back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from retrieval.adapter import add_adapter
from retrieval.encoder import open_default_model
from training.batches import Sampler
from training.compress import low_rank
from training.examples import Classes, Kind, Pair
from training.train import Plan, train

QUESTIONS = {"dose": ["how much of it do I get", "what is the dose"], "time": ["how long is the drip", "drip hours?"]}
TEXTS = {"dose": "Dose: as the trial says.", "time": "Infusion time: 60 to 90 minutes."}
MESSAGES = {Kind.URGENT: ["my chest hurts now"], Kind.LOOK_ALIKE: ["can it hurt the chest"]}
PAIRS = [Pair("what is gout", "Gout is a disease of the joints.", "gout"), Pair("treat gout", "By rest.", "gout")]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Path, list[tuple[int, float]]]:
    model = open_default_model()
    sampler = Sampler(Classes(QUESTIONS, TEXTS, {}, (), (), MESSAGES), PAIRS, PAIRS, seed=1)
    losses: list[tuple[int, float]] = []
    plan = Plan(steps=4, rate=1e-4, seed=1)
    change = train(model, sampler, plan, lambda step, loss: losses.append((step, loss)))
    assert all(".layer." in name for name in change)
    assert len(change) == 6 * 16
    path = tmp_path_factory.mktemp("adapter") / "adapter.safetensors"
    save_file(low_rank(change, rank=384), path)
    return model, path, losses


def test_the_loss_falls(trained: tuple[object, Path, list[tuple[int, float]]]) -> None:
    _, _, losses = trained
    assert [step for step, _ in losses] == [1, 2, 3, 4]
    assert losses[-1][1] < losses[0][1]


def test_the_file_makes_the_plain_model_the_trained_one(
    trained: tuple[object, Path, list[tuple[int, float]]],
) -> None:
    model, path, _ = trained
    plain = open_default_model()
    texts = ["how much do I get", "a passage about gout", "x"]
    before = plain.encode(texts, normalize_embeddings=True)
    add_adapter(plain[0].auto_model, path)
    after = plain.encode(texts, normalize_embeddings=True)
    wanted = model.encode(texts, normalize_embeddings=True)  # type: ignore[attr-defined]
    assert np.abs(before - wanted).max() > 1e-3
    # float16 on disk
    assert np.abs(after - wanted).max() < 1e-4
