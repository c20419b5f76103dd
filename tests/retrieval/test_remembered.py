"""Vectors out of the index are those of the encoder."""

from __future__ import annotations

import numpy as np

from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.remembered import RememberingEncoder


def test_known_and_new_texts_come_in_the_order_asked(index: Index, encoder: Encoder) -> None:
    texts = [index.views[100].text, "a text that no view has", index.views[7].text]
    seen: list[tuple[int, int]] = []
    vectors = RememberingEncoder(encoder, index).encode(texts, lambda done, total: seen.append((done, total)))
    np.testing.assert_allclose(vectors, encoder.encode(texts), atol=1e-5)
    assert seen == [(1, 1)]
