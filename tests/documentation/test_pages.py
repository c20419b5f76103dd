"""Pages of the documentation: links lead somewhere, and what a command makes is as it makes it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documentation.__main__ import main, out_of_date
from documentation.blocks import filled
from documentation.figures import tables
from evaluation.errors import DataError
from tests.conftest import ROOT

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "corpus/*.md", "benchmarks/*/README.md", "training/README.md")
    for path in ROOT.glob(pattern)
)
PAGE = Path("page.md")
BLOCK = "<!-- figures: one -->\n| old |\n<!-- end -->"
TABLES = {"one": lambda: "| new |\n"}


def test_figures_and_picture_are_as_the_command_makes_them() -> None:
    assert [path.relative_to(ROOT).as_posix() for path, _ in out_of_date(ROOT)] == [], "Run `python -m documentation`."


def test_the_command_mends_a_figure_that_was_written_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ROOT.iterdir():
        if path.name not in ("README.md", "docs") and not path.name.startswith("."):
            (tmp_path / path.name).symlink_to(path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("screenshots"))
    right = (ROOT / "README.md").read_text("utf-8")
    wrong = re.sub(r"(?<=\| )0\.\d\d", "0.99", right, count=1)
    (tmp_path / "README.md").write_text(wrong, "utf-8")
    assert main(["--check"], tmp_path) == 1
    assert (tmp_path / "README.md").read_text("utf-8") == wrong
    assert main([], tmp_path) == 0
    assert (tmp_path / "README.md").read_text("utf-8") == right
    assert main(["--check"], tmp_path) == 0
    assert capsys.readouterr().out == "out of date: README.md\nwrote: README.md\n"
    (tmp_path / "README.md").write_text("<!-- end -->\n", "utf-8")
    assert main([], tmp_path) == 2
    assert capsys.readouterr().err.startswith("README.md:1: '<!-- end -->' is half of a block.")


@given(st.text(), st.text())
def test_text_around_a_block_stays(before: str, after: str) -> None:
    around = [part.replace("<!--", "") for part in (before, after)]
    text = f"{around[0]}\n{BLOCK}\n{around[1]}"
    assert filled(PAGE, text, TABLES) == text.replace("| old |", "| new |", 1) or "| old |" in around[0]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (f"\n{BLOCK}\n<!-- end -->", 5, "'<!-- end -->' is half of a block"),
        (f"<!-- figures: one -->\n{BLOCK}", 2, "'<!-- figures: one -->' is half of a block"),
        (f"{BLOCK}\n<!-- figures: one -->\n", 4, "'<!-- figures: one -->' is half of a block"),
        (BLOCK.replace("one", "two"), 1, "nothing makes 'two'. Name one of: one."),
    ],
)
def test_a_mark_that_cannot_be_read_is_named_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(DataError, match=re.escape(f"page.md:{line}: {problem}")):
        filled(PAGE, text, TABLES)


def test_missing_results_are_named(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks" / "results" / "scifact.json"
    with pytest.raises(DataError, match=re.escape(f"{path}: there are no results")):
        tables(tmp_path)["plain"]()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", text)
    places = [link for pair in links for link in pair if link and not re.match(r"[a-z]+:", link)]
    assert [place for place in places if not (page.parent / place).exists()] == []


def test_the_index_of_decisions_has_them_all() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))
