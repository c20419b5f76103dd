"""What is kept of the monographs: a corpus that is read with it is the one that is read without it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import retrieval
from benchmarks.performance.made_up import write_library, write_medicine
from retrieval import monograph_cache
from retrieval.corpus import Corpus, read_corpus
from retrieval.monograph_cache import code_version
from retrieval.passages import Passages, cut
from retrieval.views import corpus_views
from tests.conftest import CORPUS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three made-up medicines, one of them with phrasings and a gap, and the one that ships."""
    home = write_library(tmp_path / "corpus", CORPUS, 3)
    for part in ("monographs", "questions", "not_covered"):
        shutil.copy(
            *(base / part / f"istiratumab.{'md' if part == 'monographs' else 'jsonl'}" for base in (CORPUS, home))
        )
    return home


@pytest.fixture
def kept(folder: Path, tmp_path: Path) -> Path:
    """What a first reading of `folder` keeps."""
    read_corpus(folder, tmp_path / "kept")
    return tmp_path / "kept"


def rows_of(kept: Path) -> Path:
    [path] = (kept / "monographs").iterdir()
    return path


def same(one: Corpus, other: Corpus) -> bool:
    """Everything of them, down to each passage and each view; cutting what was not cut."""
    return (one, corpus_views(one), dict(one.passages)) == (other, corpus_views(other), dict(other.passages))


@pytest.fixture
def cut_anew(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], int]:
    """Reads a folder with what is kept, and says how many monographs were cut."""
    cuts: list[str] = []

    def counted(document: str, source: str) -> Passages:
        cuts.append(document)
        return cut(document, source)

    def read(folder: Path) -> int:
        before = len(cuts)
        read_corpus(folder, kept)
        return len(cuts) - before

    monkeypatch.setattr(monograph_cache, "cut", counted)
    return read


def test_a_corpus_is_the_same_with_and_without_it(folder: Path, kept: Path, cut_anew: Callable[[Path], int]) -> None:
    assert cut_anew(folder) == 0
    again = read_corpus(folder, kept)
    assert len(again.documents) == 4
    assert same(again, read_corpus(folder))


def test_to_find_a_passage_its_monograph_alone_is_cut(folder: Path, kept: Path) -> None:
    again = read_corpus(folder, kept)
    passage = next(view.passage for view in corpus_views(again) if view.document == "istiratumab")
    assert again.passages[passage].id == passage
    assert [name for name, d in again.documents.items() if "all" in vars(d.passages)] == ["istiratumab"]
    assert "istiratumab:none" not in again.passages
    assert "none:none" not in again.passages


def test_of_a_changed_file_nothing_old_is_taken(folder: Path, kept: Path, cut_anew: Callable[[Path], int]) -> None:
    write_medicine(folder, 1, version=2)
    path = folder / "monographs" / "istiratumab.md"
    path.write_text(path.read_text("utf-8").replace("\nowner: ", "\nowner: another and "), "utf-8")
    assert [cut_anew(folder), cut_anew(folder)] == [2, 0]
    again = read_corpus(folder, kept)
    assert again.documents["istiratumab"].monograph.owner.startswith("another and ")
    assert same(again, read_corpus(folder))


def test_a_text_that_nobody_approved_is_left_out_as_without_it(folder: Path, kept: Path) -> None:
    path = folder / "monographs" / "istiratumab.md"
    path.write_bytes(path.read_bytes() + b"More.\n")
    again = read_corpus(folder, kept)
    assert "istiratumab" not in again.documents
    assert again.problems[0].args == read_corpus(folder).problems[0].args


@pytest.mark.parametrize("column", ["row", "file", "sha256"])
def test_a_row_that_is_not_as_it_was_written_is_made_anew(
    folder: Path, kept: Path, cut_anew: Callable[[Path], int], column: str
) -> None:
    with closing(sqlite3.connect(rows_of(kept))) as rows, rows:
        [(number, value)] = rows.execute(f"SELECT rowid, {column} FROM monographs LIMIT 1")  # noqa: S608
        damaged = value[:-9] + bytes([value[-9] ^ 1]) + value[-8:]
        rows.execute(f"UPDATE monographs SET {column} = ? WHERE rowid = ?", (damaged, number))  # noqa: S608
    assert [cut_anew(folder), cut_anew(folder)] == [1, 0]
    assert same(read_corpus(folder, kept), read_corpus(folder))


@pytest.mark.parametrize("data", [b"", b"no database", None], ids=["empty", "other", "cut off"])
def test_a_file_that_cannot_be_read_is_made_anew(
    folder: Path, kept: Path, cut_anew: Callable[[Path], int], data: bytes | None
) -> None:
    path = rows_of(kept)
    path.write_bytes(path.read_bytes()[:5000] if data is None else data)
    assert [cut_anew(folder), cut_anew(folder)] == [4, 0]
    assert same(read_corpus(folder, kept), read_corpus(folder))


def test_other_code_takes_nothing_of_it(
    folder: Path, kept: Path, cut_anew: Callable[[Path], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monograph_cache, "code_version", lambda: "another")
    assert [cut_anew(folder), cut_anew(folder)] == [4, 0]
    assert rows_of(kept).name == "another.sqlite"


def test_the_version_is_of_every_module_that_cuts(tmp_path: Path) -> None:
    [own] = retrieval.__path__
    package = Path(
        shutil.copytree(own, tmp_path / "retrieval", ignore=lambda _, names: [n for n in names if n[-3:] != ".py"])
    )
    assert code_version(package) == code_version()
    (package / "sentences.py").write_bytes((package / "sentences.py").read_bytes() + b"\n")
    code_version.cache_clear()
    assert code_version(package) != code_version()


def test_a_folder_that_cannot_be_written_to_costs_time_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert same(read_corpus(folder, tmp_path / "file"), read_corpus(folder))
