"""The triage's own network: the files that ship, and what is made of its likelihoods."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from assistant.triage import classifier
from assistant.triage.classifier import (
    ABOVE,
    ADAPTER,
    PLANE,
    Network,
    likely_unseen,
    open_classifier,
    open_multilingual,
    pooled,
)
from assistant.triage.examples import read_bank
from assistant.triage.start import ordinary_questions
from retrieval.adapter import ADAPTER as DEFAULT_ADAPTER
from retrieval.adapter import add_adapter
from retrieval.corpus import Corpus
from retrieval.encoder import Progress, SentenceTransformerEncoder, default_folder
from retrieval.errors import EncoderError
from tests.conftest import CORPUS

MESSAGES = [
    "my tongue is swelling up",
    "i dont want to be here any more",
    "a rash for three days now",
    "how long is the drip",
]


@pytest.fixture(scope="module")
def network() -> Network:
    return open_classifier()


def test_each_label_is_likeliest_where_it_should_be(network: Network) -> None:
    likely = network.likelihoods(MESSAGES)
    assert likely.argmax(axis=1).tolist() == [1, 2, 3, 0]
    assert likely.sum(axis=1) == pytest.approx(1)


def test_a_message_has_the_same_likelihoods_alone(network: Network) -> None:
    alone = np.concatenate([network.likelihoods([text]) for text in MESSAGES])
    np.testing.assert_allclose(network.likelihoods(MESSAGES), alone, atol=1e-5, rtol=0)


def test_a_process_has_one_of_each() -> None:
    assert open_classifier() is open_classifier()
    assert open_multilingual() is open_multilingual()


def test_likelihoods_are_those_of_sentence_transformers(network: Network) -> None:
    reference = SentenceTransformerEncoder(default_folder(), "reference", DEFAULT_ADAPTER)
    add_adapter(reference._model[0].auto_model, ADAPTER)
    stored = load_file(PLANE)
    odds = 10 * reference.encode(MESSAGES) @ stored["weight"].T + stored["bias"]
    likely = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.likelihoods(MESSAGES), likely, atol=1e-4, rtol=0)


def _copies(folder: Path, monkeypatch: pytest.MonkeyPatch, above: str) -> tuple[Path, Path]:
    """Copies that the module takes for the files that ship, as if tuned above another adapter."""
    copies = folder / "adapter", folder / "plane"
    copies[0].write_bytes(ADAPTER.read_bytes())
    save_file(load_file(PLANE), copies[1], {ABOVE: above})
    known = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in copies}
    monkeypatch.setattr(classifier, "_SHA256", known)
    return copies


def test_files_that_are_not_those_that_ship_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for copy in _copies(tmp_path, monkeypatch, hashlib.sha256(DEFAULT_ADAPTER.read_bytes()).hexdigest()):
        open_classifier.__wrapped__()
        sound = copy.read_bytes()
        copy.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        with pytest.raises(EncoderError, match=f"{copy.name} has SHA-256 .* restore it"):
            open_classifier.__wrapped__()
        copy.unlink()
        with pytest.raises(EncoderError, match=f"{copy.name} cannot be read"):
            open_classifier.__wrapped__()
        copy.write_bytes(sound)


def test_what_was_tuned_above_another_adapter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _copies(tmp_path, monkeypatch, "0" * 64)
    with pytest.raises(EncoderError, match="tuned above another adapter: python -m training alarms"):
        open_classifier.__wrapped__()


class Sure:
    """A classifier that takes everything for a crisis."""

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        if progress:
            progress(len(texts), len(texts))
        return np.tile([0.0, 0.0, 1.0, 0.0], (len(texts), 1))


def test_of_what_it_learned_from_another_network_tells(corpus: Corpus) -> None:
    learned = [text for text in read_bank(CORPUS / "triage", ordinary_questions(corpus)).texts if "swell" in text][:3]
    likely = likely_unseen([*learned, "nobody has written this"], Sure())
    assert likely[3].tolist() == [0, 0, 1, 0]
    assert likely[:3].sum(axis=1) == pytest.approx(1, abs=0.01)
    assert (likely[:3, 2] < 0.9).all()


@given(st.lists(st.floats(0.01, 1), min_size=8, max_size=8))
def test_a_pool_lies_between(odds: list[float]) -> None:
    both = np.array(odds).reshape(2, 1, 4)
    one, other = both / both.sum(axis=2, keepdims=True)
    mean = pooled(one, other)
    assert mean.sum() == pytest.approx(1)
    assert mean == pytest.approx(pooled(other, one))
    assert pooled(one, one) == pytest.approx(one)
    ratio = np.log(mean[0, 1:] / mean[0, 0])
    assert ratio == pytest.approx((np.log(one[0, 1:] / one[0, 0]) + np.log(other[0, 1:] / other[0, 0])) / 2)


def test_the_multilingual_ones_are_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "plane"
    content = classifier.MULTILINGUAL_PLANE.read_bytes()
    copy.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    known = dict(classifier._MULTILINGUAL_SHA256)
    known[copy] = known.pop(classifier.MULTILINGUAL_PLANE)
    monkeypatch.setattr(classifier, "_MULTILINGUAL_SHA256", known)
    with pytest.raises(EncoderError, match="plane has SHA-256 .* restore it"):
        open_multilingual.__wrapped__()
