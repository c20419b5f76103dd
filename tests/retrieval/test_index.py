"""The index on disk: loaded when it is of this corpus, else built anew; test_damage.py damages it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, read_corpus
from retrieval.errors import UnusableIndexError
from retrieval.index import Index, build_index, load_index, open_index
from retrieval.views import corpus_views
from tests.conftest import ROOT
from tests.hashing import HashingEncoder
from tests.retrieval.test_corpus import questions, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of one made-up monograph with two phrasings."""
    write(tmp_path / "corpus")
    first, *_ = read_corpus(tmp_path / "corpus").documents["made-up"].passages.showable()
    questions(tmp_path / "corpus", *(json.dumps({"passage": first.id, "q": q}) for q in ("what is it", "which drug")))
    return tmp_path / "corpus"


@pytest.fixture
def little(folder: Path) -> Corpus:
    return read_corpus(folder)


@pytest.fixture
def small(tmp_path: Path, little: Corpus) -> Index:
    return build_index(tmp_path / "index", little, HashingEncoder())


def test_the_manifest_says_what_it_was_made_of(index: Index, corpus: Corpus) -> None:
    manifest = index.manifest
    document = corpus.documents["istiratumab"]
    assert manifest["counts"]["text"] == len(document.passages.showable()) == 62
    assert manifest["counts"]["phrasing"] == len(document.phrasings)
    assert manifest["counts"]["gap"] == len(document.gaps) + len(corpus.gaps)
    assert manifest["counts"]["views"] == len(index.views) == len(index.store)
    assert manifest["encoder"]["dimension"] == 384
    assert manifest["encoder"]["name"] == "all-MiniLM-L6-v2 adapted"
    assert set(manifest["inputs"]) == {
        "monographs/istiratumab.md",
        "names/en.jsonl",
        "not_covered/any.jsonl",
        "not_covered/istiratumab.jsonl",
        "questions/istiratumab.jsonl",
    }
    assert manifest["artifacts"].keys() == {"views.faiss"}
    assert {path.name for path in index.folder.iterdir()} == {"manifest.json", "views.faiss"}


def test_an_index_that_matches_is_loaded_and_not_built(small: Index, little: Corpus) -> None:
    reports: list[str] = []
    again = open_index(small.folder.parent, little, HashingEncoder(), report=reports.append)
    assert (again.folder, again.views, again.manifest) == (small.folder, small.views, small.manifest)
    assert reports == []


def test_of_several_that_find_no_index_one_builds_it(tmp_path: Path, little: Corpus) -> None:
    together, reports = Barrier(4), list[str]()

    def start() -> Index:
        together.wait()
        return open_index(tmp_path / "index", little, HashingEncoder(), report=reports.append)

    with ThreadPoolExecutor(4) as pool:
        opened = [started.result() for started in [pool.submit(start) for _ in range(4)]]
    assert len({index.folder for index in opened}) == 1
    assert len(reports) == 1


def test_what_is_needed_next_is_embedded_in_the_same_go(tmp_path: Path, little: Corpus) -> None:
    counted: list[tuple[int, int]] = []
    open_index(
        tmp_path, little, HashingEncoder(), lambda *counts: counted.append(counts), also=lambda: ["next", "which drug"]
    )
    assert counted == [(len({view.text for view in corpus_views(little)} | {"next"}),) * 2]
    CachedEncoder(HashingEncoder(), tmp_path).encode(["next"], lambda *counts: counted.append(counts))
    assert len(counted) == 1


def test_another_encoder_or_corpus_gets_its_own_index(small: Index, little: Corpus, folder: Path) -> None:
    home = small.folder.parent
    other = open_index(home, little, HashingEncoder("1" * 64))
    phrasings = folder / "questions" / "made-up.jsonl"
    phrasings.write_text(phrasings.read_text("utf-8").split("\n")[0], "utf-8")
    fewer = open_index(home, read_corpus(folder), HashingEncoder())
    assert len(fewer.views) == len(small.views) - 1
    assert len({small.folder, other.folder, fewer.folder}) == 3
    assert load_index(home, little, HashingEncoder()).folder == small.folder


def test_only_the_latest_indexes_are_kept(tmp_path: Path, little: Corpus) -> None:
    folders = []
    for n in range(5):
        folders.append(build_index(tmp_path / "index", little, HashingEncoder(str(n))).folder)
        os.utime(folders[-1] / "manifest.json", (n, n))
    assert set((tmp_path / "index").iterdir()) == {*folders[-3:], tmp_path / "index" / "vectors"}


def test_a_manifest_of_other_numbers_is_refused_even_if_its_hash_fits(small: Index, little: Corpus) -> None:
    from retrieval.index import _manifest_sha256

    path = small.folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["counts"]["views"] += 1
    manifest["sha256"] = _manifest_sha256(manifest)
    path.write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
    with pytest.raises(UnusableIndexError, match="manifest's 'counts' is not what it must be"):
        load_index(small.folder.parent, little, HashingEncoder())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, little: Corpus) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(UnusableIndexError, match="The index cannot be written to .*file"):
        build_index(blocked, little, HashingEncoder())


KILLED = """
import sys, time
from pathlib import Path
import retrieval.index as index
from retrieval.corpus import read_corpus
from tests.hashing import HashingEncoder

point = int(sys.argv[2])
seen = 0
flush = index.flush

def stop(path):
    global seen
    flush(path)
    seen += 1
    if seen == point:
        print("here", flush=True)
        time.sleep(60)

index.flush = stop
index.build_index(Path(sys.argv[1]) / "index", read_corpus(Path(sys.argv[1]) / "corpus"), HashingEncoder())
"""


@pytest.mark.parametrize("point", [1, 2, 3, 4])
def test_killed_at_any_write_the_next_start_has_a_sound_index(tmp_path: Path, little: Corpus, point: int) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(point)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
    published = [p for p in (tmp_path / "index").iterdir() if p.name[0] != "." and p.name != "vectors"]
    assert len(published) == (1 if point == 4 else 0)
    sound = open_index(tmp_path / "index", little, HashingEncoder())
    assert len(sound.store) == len(sound.views)


def test_what_killed_builds_left_is_swept_after_a_day(tmp_path: Path, little: Corpus) -> None:
    old, new = tmp_path / ".building-old", tmp_path / ".building-new"
    old.mkdir()
    new.mkdir()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    build_index(tmp_path, little, HashingEncoder())
    assert not old.exists()
    assert new.exists()


def test_in_milvus_the_same_index_answers_the_same(tmp_path: Path, little: Corpus) -> None:
    uri, encoder = str(tmp_path / "lite.db"), HashingEncoder()
    in_files = build_index(tmp_path / "files", little, encoder)
    built = open_index(tmp_path / "index", little, encoder, milvus=uri)
    assert built.manifest["store"] == {"kind": "milvus", "collection": f"verbatim_{built.folder.name}"}
    assert [path.name for path in built.folder.iterdir()] == ["manifest.json"]
    loaded = load_index(tmp_path / "index", little, encoder, uri)
    assert loaded.manifest["settings"] == in_files.manifest["settings"]
    for question in ("what is it", "which drug", "ask your doctor"):
        (expected,), (found,) = (i.store.search(encoder.encode([question]), 10) for i in (in_files, loaded))
        assert [match.id for match in found] == [match.id for match in expected]
        assert [match.score for match in found] == pytest.approx([match.score for match in expected], abs=1e-6)
    with pytest.raises(UnusableIndexError, match="has its vectors in Milvus"):
        load_index(tmp_path / "index", little, encoder)
    # What a killed build left is dropped: the same number of vectors, not twice as many.
    assert len(build_index(tmp_path / "index", little, encoder, milvus=uri).store) == len(in_files.store)
