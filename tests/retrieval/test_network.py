"""The default encoder without torch gives what sentence-transformers gives with the same weights."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from retrieval import network
from retrieval.adapter import ADAPTER
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, OnnxEncoder, SentenceTransformerEncoder, default_folder
from retrieval.errors import EncoderError
from retrieval.graph import GRAPHS, graph_bytes, shapes
from retrieval.index import Index
from retrieval.ranking import DEPTH, rank
from retrieval.views import corpus_views, view_table
from tests.conftest import ROOT

ODD = [
    "",
    " ",
    "😀",
    "İstanbul ǅ ﬁ",
    "輸液はどのくらい",
    "a\x00b\u200bc",
    "[SEP] [MASK] [CLS]",
    "word " * 600,
    "x" * 5000,
]


@pytest.fixture(scope="module")
def reference() -> Encoder:
    """Sentence-transformers with the same weights and the same adapter."""
    return SentenceTransformerEncoder(default_folder(), "reference", ADAPTER)


@pytest.mark.parametrize("layers", [6, 12])
def test_the_graph_is_the_one_that_is_written_down(layers: int) -> None:
    assert GRAPHS[layers].read_bytes() == graph_bytes(layers)


def test_every_weight_has_its_place_and_shape() -> None:
    words, positions, weights = network._weights(default_folder() / "model.safetensors", {})
    assert {name: weight.shape for name, weight in weights.items()} == shapes(6)
    assert (words.shape, positions.shape) == ((30522, 384), (512, 384))


def test_the_session_has_the_weights_for_itself(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are let go once it is made: were it to read them where they are, it would read what is there by then."""
    given: list[dict[str, network.Weights]] = []
    made = network._weights

    def watched(*of: Any) -> Any:
        found = made(*of)
        given.append(found[2])
        return found

    monkeypatch.setattr(network, "_weights", watched)
    other = OnnxEncoder(default_folder(), "other", ADAPTER)
    for weight in given[0].values():
        weight.fill(0)
    assert np.array_equal(other.encode(["how long is the drip"]), encoder.encode(["how long is the drip"]))


def test_vectors_are_those_of_sentence_transformers(encoder: Encoder, reference: Encoder, corpus: Corpus) -> None:
    texts = [*(view.text for view in corpus_views(corpus)[::41]), *ODD]
    np.testing.assert_allclose(encoder.encode(texts), reference.encode(texts), atol=1e-5, rtol=0)
    assert encoder.fingerprint == reference.fingerprint


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_any_text_has_the_same_vector(encoder: Encoder, reference: Encoder, texts: list[str]) -> None:
    np.testing.assert_allclose(encoder.encode(texts), reference.encode(texts), atol=1e-5, rtol=0)


def test_the_same_passages_in_the_same_order(index: Index, encoder: Encoder, reference: Encoder) -> None:
    asked = [view.text for view in index.views[::211]]
    questions = [f"{text} please" for text in asked]
    ours, theirs = (index.store.search(e.encode(questions), DEPTH) for e in (encoder, reference))
    table = view_table(index.views)
    for mine, other in zip(ours, theirs, strict=True):
        first, second = (rank(matches, table, {})[:3] for matches in (mine, other))
        assert [r.passage for r in first] == [r.passage for r in second]
        assert [r.score for r in first] == pytest.approx([r.score for r in second], abs=1e-5)


def test_an_adapter_of_another_model_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("adapter") / "a.safetensors"
    save_file({"encoder.layer.0.output.dense.bias": np.zeros(7, dtype=np.float32)}, path)
    with pytest.raises(EncoderError, match=r"The adapter is of another model \(encoder.layer.0.output.dense.bias\)"):
        OnnxEncoder(default_folder(), "other", path)


@pytest.mark.usefixtures("triage")  # so that the process finds it trained
def test_a_question_is_answered_without_torch(index: Index) -> None:
    """The server's own modules are loaded as well: none of them may bring torch back."""
    code = (
        "import sys, app, composition\n"
        "from settings import Settings\n"
        "from pathlib import Path\n"
        "from retrieval.encoder import load_encoder\n"
        "from web.preparing import Preparation\n"
        f"settings = Settings(index=Path({str(index.folder.parent)!r}))\n"
        "assistant = composition._assistant(settings, load_encoder(), Preparation())\n"
        "print(assistant.ask('how long will the drip take').decision)\n"
        "print({'torch', 'transformers', 'sentence_transformers', 'onnx'} & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "answer\nset()\n"
