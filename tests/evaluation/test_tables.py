"""The figures that documents quote are those of the committed results, and no figure stands outside of a block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.errors import DataError
from evaluation.tables import BLOCKS, bare_figures, filled
from tests.conftest import ROOT

DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "benchmarks.md")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_quote_the_committed_results(path: Path) -> None:
    """After a run with --commit: python -m evaluation tables."""
    text = path.read_text("utf-8")
    assert filled(text, ROOT, path) == text


def test_no_figure_of_the_readme_stands_outside_of_a_block() -> None:
    assert bare_figures(DOCUMENTS[0].read_text("utf-8")) == []


def test_every_block_is_quoted_somewhere() -> None:
    quoted = {
        name for path in DOCUMENTS for name in re.findall(r"(?m)^<!-- figures: (\S+) -->$", path.read_text("utf-8"))
    }
    assert quoted == set(BLOCKS)


def test_a_figure_changed_by_hand_is_found_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "d.md"
    path.write_text("# A\n\n<!-- figures: everyday -->\nby hand\n<!-- end figures -->\n\nB .86 and 3.11.7\n", "utf-8")
    assert main(["tables", "--check", str(path)]) == 1
    assert "by hand" in path.read_text("utf-8")
    assert main(["tables", str(path)]) == 0
    text = path.read_text("utf-8")
    assert text.startswith("# A\n\n<!-- figures: everyday -->\n| requests | turns | answered |")
    assert text.endswith("|\n<!-- end figures -->\n\nB .86 and 3.11.7\n")
    assert main(["tables", "--check", str(path)]) == 0
    assert bare_figures(text) == [(text.count("\n"), ".86")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a\n<!-- figures: nope -->\n<!-- end figures -->\n",
            r"d\.md:2: no figures are called 'nope'\. Use one of: an",
        ),
        ("<!-- figures: public -->\n", r"d\.md: a block of figures has no end"),
    ],
)
def test_blocks_that_are_none(text: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        filled(text, ROOT, Path("d.md"))


def test_results_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"figures\.json: the results cannot be read .*Make them: make benchmarks"):
        filled("<!-- figures: answers -->\n<!-- end figures -->", tmp_path, Path("d.md"))
