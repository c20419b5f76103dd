"""An index that is not wholly what was published is refused with its place named; publishing is whole or not at all."""

from __future__ import annotations

import itertools
import json
import os
import resource
import shutil
from pathlib import Path

import pytest

from retrieval import large
from retrieval.corpus import Corpus, read_corpus
from retrieval.errors import UnusableIndexError
from retrieval.index import Index, _read_manifest, build_index, load_index, open_index
from tests.damage import flipped, full
from tests.hashing import HashingEncoder
from tests.retrieval.test_corpus import questions, write

OTHER = HashingEncoder("1" * 64)


@pytest.fixture
def little(tmp_path: Path) -> Corpus:
    """Of one made-up monograph with eleven views: a store of lists is measured by its ten nearest."""
    write(tmp_path / "corpus")
    first, *_ = read_corpus(tmp_path / "corpus").documents["made-up"].passages.showable()
    questions(tmp_path / "corpus", *(json.dumps({"passage": first.id, "q": f"what is {n}"}) for n in range(9)))
    return read_corpus(tmp_path / "corpus")


@pytest.fixture(params=["exact", "inverted-file"])
def published(request: pytest.FixtureRequest, tmp_path: Path, little: Corpus, monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index of either kind of store: one artifact, or three."""
    if request.param == "inverted-file":
        monkeypatch.setattr(large, "EXACT_UP_TO", 0)
    made = build_index(tmp_path / "index", little, HashingEncoder())
    assert made.manifest["store"]["kind"] == request.param
    assert len(made.manifest["artifacts"]) == (1 if request.param == "exact" else 3)
    return made


def refused(index: Index, corpus: Corpus, named: str) -> None:
    with pytest.raises(UnusableIndexError, match=f"{index.folder.name}(/{named})? (cannot be read|is)"):
        load_index(index.folder.parent, corpus, HashingEncoder())


def test_sampled_bytes_of_every_file(published: Index, little: Corpus) -> None:
    for path in published.folder.iterdir():
        size = path.stat().st_size
        for _ in flipped(path, (*range(0, size, max(1, size // 100)), size - 1), 0x01):
            refused(published, little, path.name)
    load_index(published.folder.parent, little, HashingEncoder())


@pytest.mark.parametrize("published", ["exact"], indirect=True)
def test_every_byte_of_the_manifest(published: Index) -> None:
    """By two bits each: those too that leave the meaning of the JSON, such as an exponent's E."""
    path = published.folder / "manifest.json"
    for _ in flipped(path, range(path.stat().st_size), 0x01, 0x20):
        with pytest.raises(UnusableIndexError, match=r"manifest\.json (cannot be read|is damaged)"):
            _read_manifest(published.folder)
    assert _read_manifest(published.folder) == published.manifest


def test_a_file_that_is_cut_longer_empty_or_missing(published: Index, little: Corpus) -> None:
    for path in published.folder.iterdir():
        sound = path.read_bytes()
        for changed in (sound[:-1], sound[: len(sound) // 2], sound[:1], b"", sound + b"\n", sound + sound):
            path.write_bytes(changed)
            refused(published, little, path.name)
        path.unlink()
        refused(published, little, path.name)
        path.write_bytes(sound)


def test_files_that_have_changed_places(published: Index, little: Corpus) -> None:
    for first, second in itertools.combinations(sorted(published.folder.iterdir()), 2):
        kept = first.read_bytes(), second.read_bytes()
        first.write_bytes(kept[1])
        second.write_bytes(kept[0])
        refused(published, little, ".*")
        first.write_bytes(kept[0])
        second.write_bytes(kept[1])


@pytest.mark.parametrize("other", ["corpus", "encoder"])
def test_an_index_of_another_corpus_or_encoder_under_the_name_of_this_one(
    published: Index, little: Corpus, tmp_path: Path, other: str
) -> None:
    if other == "corpus":
        write(tmp_path / "other", body="## What\n\nAnother medicine.\n\n## Legal Disclaimer\n\nAsk your doctor.\n")
        foreign = build_index(tmp_path / "foreign", read_corpus(tmp_path / "other"), HashingEncoder())
    else:
        foreign = build_index(tmp_path / "foreign", little, HashingEncoder("1" * 64))
    with pytest.raises(UnusableIndexError, match="holds no index of this corpus and encoder"):
        load_index(foreign.folder.parent, little, HashingEncoder())
    shutil.rmtree(published.folder)
    shutil.copytree(foreign.folder, published.folder)
    with pytest.raises(UnusableIndexError, match="is damaged: its manifest's '(key|encoder)' is not what it must be"):
        load_index(published.folder.parent, little, HashingEncoder())
    # With a manifest that fits, the vectors of the other one are refused all the same.
    (published.folder / "manifest.json").write_bytes(json.dumps(published.manifest, indent=1, sort_keys=True).encode())
    if other == "corpus":
        with pytest.raises(UnusableIndexError, match="is missing or damaged"):
            load_index(published.folder.parent, little, HashingEncoder())


def test_what_is_damaged_is_mended_and_said(published: Index, little: Corpus) -> None:
    for path in list(published.folder.iterdir()):
        path.write_bytes(path.read_bytes()[:-1])
        reports: list[str] = []
        mended = open_index(published.folder.parent, little, HashingEncoder(), report=reports.append)
        assert mended.manifest == published.manifest
        (line,) = reports
        assert str(path) in line
        assert line.endswith("Building the index.")
        assert not [p for p in published.folder.parent.iterdir() if p.name.startswith(".building")]


def test_a_disk_that_is_full_for_any_file(published: Index, little: Corpus, tmp_path: Path) -> None:
    """A limit of the system's own, which FAISS in C++ meets as well: no file may be as long as this one."""
    home, soft_hard = published.folder.parent, resource.getrlimit(resource.RLIMIT_FSIZE)
    build_index(tmp_path / "elsewhere", little, OTHER)
    for path in list(published.folder.iterdir()):
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size - 1, soft_hard[1]))
        try:
            with pytest.raises(UnusableIndexError, match=f"The index cannot be written to {home}: "):
                build_index(home, little, OTHER, vectors=tmp_path / "elsewhere")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, soft_hard)
        only_whole_ones(published, little)


def test_a_disk_that_is_full_at_any_step(
    published: Index, little: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, said = published.folder.parent, list[str]()
    build_index(tmp_path / "elsewhere", little, OTHER)
    for stop in itertools.count():
        left = [stop]
        with monkeypatch.context() as patched:
            for owner, name in ((Path, "mkdir"), (Path, "write_bytes"), (Path, "rename"), (os, "fsync")):
                patched.setattr(owner, name, full(getattr(owner, name), left))
            try:
                build_index(home, little, OTHER, vectors=tmp_path / "elsewhere")
                break
            except UnusableIndexError as error:
                said.append(str(error))
        only_whole_ones(published, little)
    # Two folders, the manifest, the rename; forced to the disk: each artifact, the manifest and two folders.
    artifacts = len(published.manifest["artifacts"])
    assert len(said) == 4 + artifacts + 3
    assert {line.partition(":")[0] for line in said} <= {
        f"The index cannot be written to {home}", f"The index cannot be written to {tmp_path / 'elsewhere'}"
    }  # fmt: skip


def only_whole_ones(published: Index, corpus: Corpus) -> None:
    """The index before is there as it was; of the other there is nothing, or a whole one."""
    home = published.folder.parent
    assert load_index(home, corpus, HashingEncoder()).manifest == published.manifest
    for other in {path for path in home.iterdir() if path.name != "vectors"} - {published.folder}:
        assert load_index(home, corpus, OTHER).folder == other
        shutil.rmtree(other)
