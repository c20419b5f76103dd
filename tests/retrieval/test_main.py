"""The command line, as its users call it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from retrieval.index import Index
from tests import command_line
from tests.retrieval.test_corpus import write

run = partial(command_line.run, "retrieval")


def test_search_prints_passage_score_and_section(index: Index) -> None:
    asked = ("search", "how long will the drip take", "-k", "2", "--index", index.folder.parent)
    done = command_line.spawn("retrieval", *asked)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.strip().split("\n\n")
    heading, text = first.split("\n")
    assert heading.startswith("1. 0.853  ")
    assert heading.endswith("Dosage and Administration Protocols  [istiratumab 4176–4300]")
    assert text == (
        "   | Infusion Time | Usually administered slowly over 60 to 90 minutes "
        "to monitor for allergic or infusion-related reactions. |"
    )
    assert second.startswith("2. 0.")


def test_search_explains_each_hit(index: Index) -> None:
    question, before = "how do they treat it", "will i get a skin rash"
    done = run("search", question, "--before", before, "-k", "1", "--explain", "--index", index.folder.parent)
    assert done.returncode == 0, done.stderr
    read, found, why = done.stdout.strip().split("\n\n")
    assert read.split("\n")[:2] == [f"read as: “{question}”", f"read as: “{before}. {question}”"]
    assert read.endswith("context changed the first passage: yes")
    assert "[istiratumab 7450–7570]" in found
    lines = why.split("\n")
    assert lines[0] == "   phrasings 0.806; text 0.532; lexical 0.15"
    assert lines[1] == "   0.832  phrasing  “how do you treat the rash”"
    assert len(lines) == 6


def test_verify_knows_a_sound_index_from_a_missing_one(index: Index, tmp_path: Path) -> None:
    sound = run("verify", "--index", index.folder.parent)
    assert sound.returncode == 0
    assert sound.stdout.startswith(f"sound {index.folder}\n  1 documents, ")
    missing = run("verify", "--index", tmp_path)
    assert missing.returncode == 2
    assert missing.stderr == f"{tmp_path} holds no index of this corpus and encoder.\n"


def test_build_names_what_it_left_out_builds_the_rest_and_says_so(tmp_path: Path) -> None:
    write(tmp_path / "corpus", "good.md")
    bad = write(tmp_path / "corpus", "bad.md", id="bad", status="draft")
    done = run("build", "--corpus", tmp_path / "corpus", "--index", tmp_path / "index")
    assert done.returncode == 1
    assert f"left out: {bad}:10: status is 'draft'. Only 'approved' monographs are served." in done.stderr
    assert "built" in done.stdout
    assert "1 documents" in done.stdout
    assert run("verify", "--corpus", tmp_path / "corpus", "--index", tmp_path / "index").returncode == 1


def test_passages_lists_ids_to_attach_phrasings_to() -> None:
    done = run("passages")
    assert done.returncode == 0
    row = "istiratumab:infusion-time-cefb456807\n    Dosage and Administration Protocols · table_row · 4176–4300\n"
    assert row in done.stdout
    assert done.stdout.count("istiratumab:") == 62


def test_a_corpus_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("passages", "--corpus", tmp_path)
    assert done.returncode == 2
    assert "there is no monograph to serve" in done.stderr
    assert "Traceback" not in done.stderr
