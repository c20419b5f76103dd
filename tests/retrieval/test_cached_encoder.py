"""No text is embedded twice: not by the next index, not after a kill, not by another process."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.errors import UnusableIndexError
from retrieval.index import build_index
from tests.conftest import ROOT
from tests.hashing import HashingEncoder
from tests.retrieval.test_corpus import BODY, write

TEXTS = [f"text number {n}" for n in range(2500)]


class Counting(HashingEncoder):
    """Notes what it is asked to embed."""

    def __init__(self, fingerprint: str = "0" * 64) -> None:
        super().__init__(fingerprint)
        self.embedded: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded.extend(texts)
        return super().encode(texts, progress)


def test_vectors_come_in_the_order_asked_and_once_each(tmp_path: Path) -> None:
    plain, texts = HashingEncoder(), ["bb", "a", "bb", "ccc", "a", "\udcff"]
    for embedded in (["a", "\udcff", "bb", "ccc"], []):
        counting = Counting()
        vectors = CachedEncoder(counting, tmp_path).encode(texts)
        np.testing.assert_array_equal(vectors, plain.encode(texts))
        assert counting.embedded == embedded
    assert CachedEncoder(plain, tmp_path).encode([]).shape == (0, 64)


def test_the_real_encoder_gives_the_same(encoder: Encoder, tmp_path: Path) -> None:
    texts = ["how long is the drip", "hello", "hello"]
    cached = CachedEncoder(encoder, tmp_path)
    for _ in range(2):
        np.testing.assert_allclose(cached.encode(texts), encoder.encode(texts), atol=1e-6)


def test_progress_counts_what_is_new(tmp_path: Path) -> None:
    CachedEncoder(HashingEncoder(), tmp_path).encode(TEXTS[:100])
    seen: list[tuple[int, int]] = []
    CachedEncoder(HashingEncoder(), tmp_path).encode(TEXTS, lambda done, total: seen.append((done, total)))
    assert seen == [(800, 2400), (1600, 2400), (2400, 2400)]


def test_each_step_takes_as_long_as_the_others(tmp_path: Path) -> None:
    texts = [f"{n} " + "word " * (n // 100) for n in range(3000)]
    counting, letters = Counting(), [0]
    CachedEncoder(counting, tmp_path).encode(
        texts, lambda done, _: letters.append(sum(map(len, counting.embedded[:done])))
    )
    steps = np.diff(letters)
    assert len(steps) == 3
    assert steps.max() - steps.min() <= 0.01 * steps.mean()
    assert [len(text) for text in counting.embedded[:1000]] == sorted(map(len, counting.embedded[:1000]))


def test_another_encoder_has_vectors_of_its_own(tmp_path: Path) -> None:
    CachedEncoder(Counting(), tmp_path).encode(TEXTS[:3])
    other = Counting("1" * 64)
    CachedEncoder(other, tmp_path).encode(TEXTS[:3])
    assert other.embedded == TEXTS[:3]


def test_only_the_changed_monograph_is_embedded(tmp_path: Path) -> None:
    for name in "abc":
        write(tmp_path / "corpus", f"{name}.md", id=name, body=BODY.replace("medicine", f"medicine {name}"))
    first = Counting()
    build_index(tmp_path / "index", read_corpus(tmp_path / "corpus"), first)
    write(tmp_path / "corpus", "b.md", id="b", body=BODY.replace("A medicine", "Another one"))
    again = Counting()
    build_index(tmp_path / "index", read_corpus(tmp_path / "corpus"), again)
    assert again.embedded == ["What: Another one."]
    assert len(first.embedded) == len(set(first.embedded)) == 4


KILLED = """
import os, signal, sys
from pathlib import Path
from retrieval.cached_encoder import CachedEncoder
from tests.retrieval.test_cached_encoder import TEXTS, Counting

class Killed(Counting):
    def encode(self, texts, progress=None):
        if self.embedded:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts, progress)

CachedEncoder(Killed(), Path(sys.argv[1])).encode(TEXTS)
"""


def test_killed_it_goes_on_where_it_was(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    counting = Counting()
    vectors = CachedEncoder(counting, tmp_path).encode(TEXTS)
    assert len(counting.embedded) == len(TEXTS) - 834  # the first of three steps
    np.testing.assert_array_equal(vectors, HashingEncoder().encode(TEXTS))


def kept(folder: Path) -> Path:
    (path,) = (folder / "vectors").glob("*.sqlite")
    return path


def test_a_changed_vector_is_not_believed(tmp_path: Path) -> None:
    CachedEncoder(HashingEncoder(), tmp_path).encode(TEXTS[:3])
    with sqlite3.connect(kept(tmp_path)) as connection:
        raw = connection.execute("SELECT vector FROM vectors WHERE rowid = 2").fetchone()[0]
        changed = bytes([raw[0] ^ 1, *raw[1:]])
        connection.execute("UPDATE vectors SET vector = ? WHERE rowid = 2", (changed,))
    counting = Counting()
    vectors = CachedEncoder(counting, tmp_path).encode(TEXTS[:3])
    assert counting.embedded == TEXTS[1:2]
    np.testing.assert_array_equal(vectors, HashingEncoder().encode(TEXTS[:3]))


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    CachedEncoder(HashingEncoder(), tmp_path).encode(TEXTS[:3])
    kept(tmp_path).write_bytes(b"no database" * 1000)
    counting = Counting()
    CachedEncoder(counting, tmp_path).encode(TEXTS[:3])
    assert counting.embedded == TEXTS[:3]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "vectors").write_text("no folder")
    with pytest.raises(UnusableIndexError, match=f"cannot be written to {tmp_path}"):
        CachedEncoder(HashingEncoder(), tmp_path).encode(["a"])
