"""Notices: all there, approved, and refused when something is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.notices import NoticeName, read_notices
from retrieval.errors import CorpusError
from tests.conftest import CORPUS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CORPUS / "notices", tmp_path / "notices"))


def test_every_notice_is_there_with_words_and_dates() -> None:
    notices = read_notices(CORPUS / "notices")
    assert set(notices) == set(NoticeName)
    for name, notice in notices.items():
        assert bool(notice.text) == (name != NoticeName.DISCLAIMER)
        assert notice.effective < notice.review_by


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("owner: Medical Information\n", "", 1, "lacks 'owner'"),
        ('version: "1.0"\n', "", 1, "lacks 'version'"),
        ("effective: 2026-11-22\n", "", 1, "'effective' must be a date"),
        ("review_by: 2027-11-22\n", "review_by: later\n", 5, "'review_by' must be a date"),
        ("status: approved\n", "status: draft\n", 6, "status is 'draft'"),
        ("status: approved\n", "status: approved\ncolour: red\n", 7, "unknown key 'colour'"),
    ],
)
def test_a_notice_that_is_not_fit_stops_the_start(folder: Path, old: str, new: str, line: int, problem: str) -> None:
    path = folder / "emergency.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CorpusError, match=problem) as caught:
        read_notices(folder)
    assert caught.value.path == path
    assert caught.value.line == line or new == ""


def test_missing_empty_and_unknown_notices_stop_the_start(folder: Path) -> None:
    path = folder / "abstain.md"
    whole = path.read_text("utf-8")
    path.write_text(whole[: whole.rindex("---") + 4], "utf-8")
    with pytest.raises(CorpusError, match="abstain.md:8: the notice has no text"):
        read_notices(folder)
    path.unlink()
    with pytest.raises(CorpusError, match="abstain.md:1: the notice is missing"):
        read_notices(folder)
    path.write_text(whole, "utf-8")
    (folder / "abstian.md").write_text(whole, "utf-8")
    with pytest.raises(CorpusError, match="no notice is called 'abstian'"):
        read_notices(folder)


def test_the_disclaimer_is_no_text_of_its_own(folder: Path) -> None:
    path = folder / "disclaimer.md"
    path.write_text(path.read_text("utf-8") + "\nOur own words.\n", "utf-8")
    with pytest.raises(CorpusError, match="the disclaimer is no text of its own"):
        read_notices(folder)
