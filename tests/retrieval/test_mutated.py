"""A monograph's file with bytes changed anywhere is read to the character, or refused with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import CorpusError
from retrieval.monograph import Monograph, read_monograph, text_sha256
from retrieval.passages import Level, cut
from tests.conftest import CORPUS
from tests.retrieval.test_corpus import BODY, write

EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 6),
        st.one_of(
            st.binary(max_size=4),
            st.sampled_from(
                [b"---\n", b"\n", b"\r\n", b": ", b"'", b'"', b"[", b"- ", b"&a", b"*a", b"!!python/x", b"\0"]
            ),
        ),
    ),
    max_size=3,
)


def edited(raw: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """Bytes taken out at a place, and others put there."""
    for where, length, new in edits:
        at = int(where * len(raw))
        raw = raw[:at] + new + raw[at + length :]
    return raw


def read(path: Path) -> Monograph | CorpusError:
    try:
        return read_monograph(path)
    except CorpusError as error:
        return error


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("mutated"))


@settings(max_examples=300)
@given(real=st.booleans(), edits=EDITS, hashed=st.booleans())
def test_a_changed_file_is_read_to_the_character_or_refused_with_its_place(
    file: Path, real: bool, edits: list[tuple[float, int, bytes]], hashed: bool
) -> None:
    sound = (CORPUS / "monographs" / "istiratumab.md").read_bytes() if real else write(file.parents[1]).read_bytes()
    raw = edited(sound, edits)
    if hashed:  # as if the change had been approved
        body = raw.rpartition(b"---\n")[2].decode(errors="replace")
        raw = re.sub(rb"sha256: [0-9a-f]{64}", f"sha256: {text_sha256(body)}".encode(), raw)
    file.write_bytes(raw)
    monograph = read(file)
    if isinstance(monograph, CorpusError):
        assert monograph.path == file
        assert 1 <= monograph.line <= len(raw.decode(errors="replace").splitlines()) + 2
        assert monograph.problem
        assert monograph.remedy
        return
    assert raw.endswith(monograph.source.encode())
    assert monograph.sha256 == text_sha256(monograph.source)
    blocks = cut(monograph.id, monograph.source).level(Level.BLOCK)
    assert all(block.text == monograph.source[block.start : block.end] for block in blocks)
    assert "".join("".join(block.text for block in blocks).split()) == "".join(monograph.source.split())


def test_the_unchanged_file_is_read(file: Path) -> None:
    assert read_monograph(write(file.parents[1])).source == BODY
