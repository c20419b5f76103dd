"""An encoder that threads share gives each what the encoder gives, and encodes together what is asked together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from retrieval.batching import _KEPT, BatchingEncoder
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.errors import EncoderError
from tests.hashing import HashingEncoder

PATIENCE = 30


class _Watched(HashingEncoder):
    """Notes each call, and holds the first one up until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []
        self.begun, self.go = Event(), Event()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.calls.append(list(texts))
        self.begun.set()
        assert self.go.wait(PATIENCE)
        if "bad" in texts:
            raise EncoderError("bad")
        return super().encode(texts, progress)


def waiting(shared: BatchingEncoder, count: int) -> bool:
    """Whether so many calls wait, within a moment."""
    pause = Event()
    return any(len(shared._waiting) == count or pause.wait(0.01) for _ in range(100 * PATIENCE))


def test_what_is_asked_while_another_is_encoded_goes_together() -> None:
    watched = _Watched()
    shared = BatchingEncoder(watched)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(shared.encode, ["a b"])
        assert watched.begun.wait(PATIENCE)
        rest = [pool.submit(shared.encode, texts) for texts in (["c"], ["d", "a c"], ["c", "e"])]
        assert waiting(shared, 3)
        watched.go.set()
        found = [call.result(PATIENCE) for call in (first, *rest)]
    assert watched.calls[0] == ["a b"]
    assert [sorted(call) for call in watched.calls[1:]] == [["a c", "c", "d", "e"]]
    plain = HashingEncoder()
    for vectors, texts in zip(found, (["a b"], ["c"], ["d", "a c"], ["c", "e"]), strict=True):
        assert np.array_equal(vectors, plain.encode(texts))


def test_what_was_asked_before_is_not_encoded_again() -> None:
    watched = _Watched()
    watched.go.set()
    shared = BatchingEncoder(watched)
    first, again = shared.encode(["a", "b"]), shared.encode(["b", "c", "a"])
    assert watched.calls == [["a", "b"], ["c"]]
    assert np.array_equal(again[[2, 0]], first)
    for number in range(0, _KEPT, 16):
        shared.encode([f"other {n}" for n in range(number, number + 16)])
    shared.encode(["c"])
    assert watched.calls[-1] == ["c"]


def test_a_corpus_passes_by_and_is_not_kept() -> None:
    watched = _Watched()
    watched.go.set()
    shared = BatchingEncoder(watched)
    texts = [f"text {n}" for n in range(17)]
    told: list[tuple[int, int]] = []
    assert np.array_equal(shared.encode(texts, lambda *at: told.append(at)), HashingEncoder().encode(texts))
    assert told == [(17, 17)]
    shared.encode(texts[:1])
    assert watched.calls == [texts, texts[:1]]


def test_an_error_is_told_to_whoever_asked_and_to_nobody_after() -> None:
    watched = _Watched()
    watched.go.set()
    shared = BatchingEncoder(watched)
    with pytest.raises(EncoderError, match="bad"):
        shared.encode(["bad"])
    assert shared.encode(["good"]).shape == (1, 64)
    assert shared.encode([]).shape == (0, 64)


def test_it_is_the_encoder_that_it_shares(encoder: Encoder) -> None:
    shared = BatchingEncoder(encoder)
    assert (shared.name, shared.fingerprint, shared.dimension) == (encoder.name, encoder.fingerprint, 384)
    texts = ["how long will the drip take", "can I drink wine", "😀"]
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda text: shared.encode([text])[0], texts * 8))
    np.testing.assert_allclose(rows, np.tile(encoder.encode(texts), (8, 1)), atol=1e-6, rtol=0)
