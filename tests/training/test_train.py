"""Two steps of real training on the real model: what changes, and that the small file brings it back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from retrieval.adapter import add_adapter
from retrieval.encoder import open_default_model
from tests.conftest import ROOT
from training.batches import Sampler
from training.compress import low_rank
from training.examples import Classes, Kind, Pair
from training.leaflet_batches import LeafletSampler
from training.leaflets import Leaflet, Question, leaflet_of
from training.losses import LeafletLosses, QuestionLosses
from training.train import Losses, Plan, train

QUESTIONS = {"dose": ["how much of it do I get", "what is the dose"], "time": ["how long is the drip", "drip hours?"]}
TEXTS = {"dose": "Dose: as the trial says.", "time": "Infusion time: 60 to 90 minutes."}
MESSAGES = {Kind.URGENT: ["my chest hurts now"], Kind.LOOK_ALIKE: ["can it hurt the chest"]}
PAIRS = [Pair("what is gout", "Gout is a disease of the joints.", "gout"), Pair("treat gout", "By rest.", "gout")]


def leaflet() -> Leaflet:
    """istiratumab as a leaflet, with two questions and a near miss."""
    path = ROOT / "corpus" / "monographs" / "istiratumab.md"
    asked = [("how long is the drip", {48}), ("which cancers", {30}), ("does it make hair fall out", set[int]())]
    questions = [Question(text, frozenset(gold), frozenset(), "w") for text, gold in asked]
    return leaflet_of(path, questions)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Path, list[tuple[int, float]]]:
    model = open_default_model()
    sampler = Sampler(Classes(QUESTIONS, TEXTS, {}, (), (), MESSAGES), PAIRS, PAIRS, seed=1)
    losses: list[tuple[int, float]] = []
    plan = Plan(steps=4, rate=1e-4, seed=1)
    parts: list[Losses] = [
        QuestionLosses(sampler, open_default_model()),
        LeafletLosses(LeafletSampler([leaflet()], [["hello"]], 1)),
    ]
    change = train(model, parts, plan, lambda step, loss: losses.append((step, loss)))
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
