"""What would fail at the end fails at the start: measures, folders, names, files, room."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.beir import BEIR_FILES
from evaluation.card import CARD_FILES
from evaluation.errors import DataError
from evaluation.report import COMPARISON_FILES
from evaluation.run import Plan
from evaluation.side_by_side import run_systems
from tests import command_line
from tests.evaluation.test_files import folders, no_encoder, opened, run_file
from tests.hashing import HashingEncoder

__all__ = ["run_file"]


def test_the_command_says_it_in_one_line_and_searches_nothing(beir: Path, tmp_path: Path) -> None:
    """Measures, folders and names are tried first: not even the folder of embeddings is there afterwards."""
    (tmp_path / "file").write_text("", "utf-8")
    cache = tmp_path / "cache"
    given = ["--dataset", str(beir), "--system", "dense", "--cache", str(cache)]
    for more, problem in (
        (["--out", str(tmp_path / "o"), "--measures", "nDCG@10", "RBP"], "'RBP' cannot be measured here"),
        (["--out", str(tmp_path / "file")], "file: nothing can be written into this folder"),
        (["--out", str(tmp_path / "file" / "under")], "under: nothing can be written into this folder"),
        (["--out", "/proc/none"], "/proc/none: nothing can be written into this folder"),
    ):
        done = command_line.run("evaluation", "run", *given, *more)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
        assert problem in done.stderr
        assert not cache.exists()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("RBP", "'RBP' cannot be measured here: Unsupported measures"),
        ("alpha_nDCG@10", r"needs|pip install ir-measures\[pyndeval\]"),
        ("INST", "'INST' cannot be measured here: invalid param max_rel is missing"),
        ("R@0", r"'R@0' cannot be measured with cutoff 0\. Give a whole number from 1"),
        ("Judged@0", "with cutoff 0"),
        ("AP(rel=0)@10", "with rel 0"),
        ("nDCG(gains={0:0,1:99999999999})@10", "has a gain too high"),
        ("ERR@20", "its engine refuses these judgements"),
    ],
)
def test_what_cannot_be_measured_is_told_before_the_search(beir: Path, tmp_path: Path, name: str, problem: str) -> None:
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write("q1\td2\t5\n")  # ERR takes grades of up to 4
    with pytest.raises(DataError, match=problem):
        run_systems(opened(beir), ["bm25"], Plan(("nDCG@10", name)), tmp_path / "o", folders(tmp_path), no_encoder)
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("name", COMPARISON_FILES)
def test_what_a_comparison_writes_is_tried_before_the_search(beir: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "o" / name).mkdir(parents=True)
    given = ["run", "--dataset", str(beir), "--system", "bm25", "bm25f", "--out", str(tmp_path / "o")]
    assert main(given) == 2
    assert {path.name for path in (tmp_path / "o").iterdir()} == {name}


@pytest.mark.parametrize(
    ("layout", "name"), [*(("beir", n) for n in BEIR_FILES), *(("datasets", n) for n in CARD_FILES)]
)
def test_what_an_export_writes_is_tried_first(tmp_path: Path, layout: str, name: str) -> None:
    (tmp_path / "o" / name).mkdir(parents=True)
    assert main([f"export-{layout}", "--out", str(tmp_path / "o")]) == 2
    assert not any(path.is_file() for path in (tmp_path / "o").rglob("*"))


def test_two_names_of_one_measure_have_both_its_value(beir: Path, run_file: Path, tmp_path: Path) -> None:
    plan = Plan(("RR@10", "MRR@10", "R@10", "Recall@10"))
    [summary] = run_systems(opened(beir), [f"trec:{run_file}"], plan, tmp_path / "o", folders(tmp_path), no_encoder)
    assert [measure["mean"] for measure in summary["measures"].values()] == [0.875, 0.875, 0.875, 0.875]


def test_names_that_would_share_a_folder(beir: Path, tmp_path: Path) -> None:
    for specs in (["bm25", "bm25"], ["dense:a/b", "dense:a-b"]):
        with pytest.raises(DataError, match=f"'{specs[0]}' and '{specs[1]}' would write into one folder"):
            run_systems(
                opened(beir), specs, Plan(("RR@10",)), tmp_path / "o", folders(tmp_path), lambda _: HashingEncoder()
            )


def test_the_last_system_is_looked_at_before_the_first_searches(beir: Path, run_file: Path, tmp_path: Path) -> None:
    run_file.write_text("Q1 Q0 d1 1 1 t\n", "utf-8")
    with pytest.raises(DataError, match="has none of its queries"):
        run_systems(
            opened(beir), ["bm25", f"trec:{run_file}"], Plan(("RR@10",)), tmp_path / "o", folders(tmp_path), no_encoder
        )
    assert list((tmp_path / "o" / "bm25").iterdir()) == []


def test_a_disk_without_room_is_told_first(beir: Path, tmp_path: Path) -> None:
    plan = Plan(("RR@10",), depth=10**15)
    with pytest.raises(DataError, match=r"o: the disk has room for \d+ MiB, and \d+ MiB may be written"):
        run_systems(opened(beir), ["bm25"], plan, tmp_path / "o", folders(tmp_path), no_encoder)
