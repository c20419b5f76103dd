"""The collector is off while a corpus is read, and as it was afterwards, also when reading fails."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from retrieval.corpus import read_corpus
from retrieval.errors import CorpusError
from retrieval.garbage_collection import without_garbage_collection


def test_it_is_off_inside_and_as_it_was_afterwards() -> None:
    @without_garbage_collection()
    def inside() -> bool:
        return gc.isenabled()

    assert gc.isenabled()
    assert not inside()
    assert gc.isenabled()
    gc.disable()
    try:
        assert not inside()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_corpus_that_cannot_be_read_leaves_it_on(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        read_corpus(tmp_path)
    assert gc.isenabled()
