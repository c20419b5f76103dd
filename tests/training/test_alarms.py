"""The triage's own network: what an epoch holds, and what the training leaves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from assistant.triage.classifier import english_network, text_keys
from assistant.triage.examples import APPROVED, CLASSES, Bank, Example, Ordinary
from assistant.triage.guards import Label
from tests.hashing import HashingEncoder
from training.alarms import epochs, train_alarms

OF = {
    Label.URGENT: "my tongue is swelling",
    Label.CRISIS: "I want to die",
    Label.SOON: "a rash for days",
    None: "sepsis",
}
BANK = Bank(
    tuple(Example(f"{text} {n}", label, "any") for label, text in OF.items() for n in range(20)),
    (
        *(Ordinary(f"how long is it {n}", APPROVED) for n in range(200)),
        *(Ordinary(f"cake {n}", "e") for n in range(60)),
    ),
)

LENGTHS = np.array([len(text) for text in BANK.texts])


def test_an_epoch_has_each_message_once_and_a_third_of_the_easy_ones() -> None:
    rows = list(range(10, len(BANK.texts)))
    batches = list(epochs(BANK, np.array(rows), LENGTHS, seed=1))
    drawn = Counter(int(row) for batch in batches for row in batch)
    easy = {row for row in rows if BANK.sources[row] == APPROVED}
    assert [drawn[row] for row in rows if row not in easy] == [5] * (len(rows) - len(easy))
    assert set(drawn) <= set(rows)
    assert 0.2 < sum(drawn[row] for row in easy) / (5 * len(easy)) < 0.4
    assert [batch.tolist() for batch in batches] == [
        batch.tolist() for batch in epochs(BANK, np.array(rows), LENGTHS, seed=1)
    ]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alarms")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("training.alarms._FROZEN", 5)  # one layer is tuned as four are
        train_alarms(BANK, HashingEncoder(), folder / "work", folder / "adapter", folder / "plane")
    return folder


def test_what_is_left_is_read_without_torch(trained: Path) -> None:
    likely = english_network(trained / "adapter", trained / "plane").likelihoods(["my tongue is swelling 1", "cake 3"])
    assert likely.shape == (2, len(CLASSES))
    assert likely.sum(axis=1) == pytest.approx(1)
    assert likely[0, 1] > likely[1, 1]


def test_each_message_has_what_a_network_made_of_it_that_had_not_seen_it(trained: Path) -> None:
    stored = load_file(trained / "plane")
    assert stored["texts"].tolist() == text_keys(BANK.texts)
    assert stored["unseen"].sum(axis=1) == pytest.approx(1, abs=0.01)
    seen = english_network(trained / "adapter", trained / "plane").likelihoods(BANK.texts)
    assert not np.allclose(stored["unseen"], seen, atol=0.01)


def test_a_stage_that_is_done_is_not_done_again(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.alarms.train", None)
    monkeypatch.setattr("training.alarms._FROZEN", 5)
    train_alarms(BANK, HashingEncoder(), trained / "work", trained / "again", trained / "plane again")
    assert (trained / "again").read_bytes() == (trained / "adapter").read_bytes()
    assert (trained / "plane again").read_bytes() == (trained / "plane").read_bytes()
