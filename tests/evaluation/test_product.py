"""The encoders that commands take: any local model, and none that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evaluation.commands import product
from evaluation.commands.product import usable_encoder
from evaluation.errors import DataError
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.errors import EncoderError
from tests.hashing import HashingEncoder


class Deaf(HashingEncoder):
    """A model without its tokenizer: every text is the same to it."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return np.repeat(super().encode(["?"], progress), len(texts), axis=0)


class Broken(HashingEncoder):
    """A model with damaged weights."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:  # noqa: ARG002
        raise EncoderError("The encoder gave vectors that are not of unit length.")


@pytest.mark.parametrize(
    ("encoder", "problem"),
    [
        (Deaf(), r"m: this model cannot be used: it gives every text the same vector; its tokenizer may be missing\."),
        (
            Broken(),
            r"m: this model cannot be used: The encoder gave vectors that are not of unit length\. Give a whole",
        ),
    ],
)
def test_a_model_that_tells_no_texts_apart(monkeypatch: pytest.MonkeyPatch, encoder: Encoder, problem: str) -> None:
    monkeypatch.setattr(product, "load_encoder", lambda *_: encoder)
    with pytest.raises(DataError, match=problem):
        usable_encoder("m", 1)


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="is not a sentence-transformers model: it has no modules.json"):
        usable_encoder(str(tmp_path), 1)
    (tmp_path / "modules.json").write_text("null", "utf-8")
    with pytest.raises(DataError, match="this model cannot be used: TypeError: .* Give a whole folder of sentence-tr"):
        usable_encoder(str(tmp_path), 1)


def test_an_encoder_that_can_be_used() -> None:
    assert usable_encoder("plain", 1).name == "all-MiniLM-L6-v2"
