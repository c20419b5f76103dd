"""Monographs put in, taken out, listed and compared, by the command line's own main."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.__main__ import _UNREVIEWED, main
from retrieval.corpus import read_corpus
from retrieval.index import build_index
from tests.hashing import HashingEncoder
from tests.retrieval.test_convert import HTML, MARKDOWN
from tests.retrieval.test_corpus import BODY, FIELDS, questions, write

Run = tuple[int, str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of two monographs."""
    for name in "ab":
        write(tmp_path / "corpus", f"{name}.md", id=name)
    return tmp_path / "corpus"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Run:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_first_is_added_where_there_is_no_corpus_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "elsewhere", "new.md", id="first")
    target = tmp_path / "corpus" / "monographs" / "first.md"
    added = f"added {target}\n{_UNREVIEWED}\n"
    assert run(capsys, "add", file, "--corpus", tmp_path / "corpus") == (0, added, "")
    assert target.read_bytes() == file.read_bytes()
    assert list(read_corpus(tmp_path / "corpus").documents) == ["first"]


def test_past_a_staff_bench_it_is_added_only_if_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_STAFF", str(tmp_path / "state"))
    file = write(tmp_path / "elsewhere", "c.md", id="c")
    code, out, err = run(capsys, "add", file, "--corpus", folder)
    assert (code, out) == (2, "")
    assert "the corpus has a staff bench, and this would go past it: no draft, no second person, no log." in err
    assert list(read_corpus(folder).documents) == ["a", "b"]
    assert run(capsys, "add", file, "--unreviewed", "--corpus", folder)[0] == 0
    assert list(read_corpus(folder).documents) == ["a", "b", "c"]


def test_a_monograph_that_is_there_is_replaced_only_if_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "elsewhere", "x.md", id="a", version='"2"')
    before = (folder / "monographs" / "a.md").read_bytes()
    refused = f"{file}:1: the id 'a' is there already. Use --replace for a new version.\n"
    assert run(capsys, "add", file, "--corpus", folder) == (2, "", refused)
    assert (folder / "monographs" / "a.md").read_bytes() == before
    assert run(capsys, "add", file, "--replace", "--corpus", folder)[0] == 0
    assert read_corpus(folder).documents["a"].monograph.version == "2"


def test_what_could_not_be_served_is_not_added(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "elsewhere", "x.md", id="c", status="draft")
    code, _, err = run(capsys, "add", file, "--corpus", folder)
    assert (code, err) == (2, f"{file}:10: status is 'draft'. Only 'approved' monographs are served.\n")
    code, _, err = run(capsys, "add", tmp_path / "none.md", "--corpus", folder)
    assert (code, err) == (2, f"{tmp_path / 'none.md'}:1: there is no such file. Name a file that is there.\n")
    assert list(read_corpus(folder).documents) == ["a", "b"]


def test_html_becomes_a_draft_that_is_added_once_it_is_complete(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, made = tmp_path / "New Leaflet.html", tmp_path / "New Leaflet.md"
    file.write_text(HTML, "utf-8")
    code, out, _ = run(capsys, "add", file, "--corpus", folder)
    assert code == 0
    assert out.startswith(f"wrote {made}\n")
    assert run(capsys, "compare", file, made) == (0, "the draft says what the original says\n", "")
    text = made.read_text("utf-8")
    assert text.startswith('---\nid: new-leaflet\ntitle: "New Leaflet"\n')
    assert text.endswith(f"---\n{MARKDOWN}")
    assert run(capsys, "add", file, "--corpus", folder)[0] == 2  # the draft is not overwritten
    assert "status is 'draft'" in run(capsys, "add", made, "--corpus", folder)[2]
    for old, new in (
        ("status: draft", "status: approved"),
        ("effective: YYYY-MM-DD", f"effective: {FIELDS['effective']}"),
        ("review_by: YYYY-MM-DD", f"review_by: {FIELDS['review_by']}"),
    ):
        text = text.replace(old, new)
    made.write_text(text, "utf-8")
    assert run(capsys, "add", made, "--corpus", folder)[0] == 0
    assert read_corpus(folder).documents["new-leaflet"].monograph.source == MARKDOWN


def test_a_draft_that_says_another_number_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, made = tmp_path / "a.html", tmp_path / "b.md"
    file.write_text(HTML, "utf-8")
    made.write_text(MARKDOWN.replace("60 to 90 minutes", "60 to 80 minutes"), "utf-8")
    code, out, _ = run(capsys, "compare", file, made)
    assert code == 1
    assert out.splitlines() == [
        "  DIFFERS  number missing, table 1, row 2: 90 minutes (“60 to 90 minutes”)",
        "  DIFFERS  number new, line 10: 80 minutes (“60 to 80 minutes”)",
        "  DIFFERS  table missing, table 1, row 2: Time | Value | 60 to 90 minutes",
        "  DIFFERS  table new, line 10: Time | Value | 60 to 80 minutes",
    ]
    assert run(capsys, "compare", tmp_path / "none.html", made)[0] == 2


def test_a_folder_is_added_file_by_file_and_what_failed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, folder = tmp_path / "corpus", tmp_path / "in"
    for name in ("a", "b"):
        write(folder, f"{name}.md", id=name)
    write(folder, "bad.md", id="bad", status="draft")
    (folder / "deep").mkdir()
    (folder / "deep" / "leaflet.html").write_text(HTML, "utf-8")
    (folder / "broken.pdf").write_bytes(b"no pdf")
    (folder / "notes.txt").write_text("not taken", "utf-8")
    code, out, err = run(capsys, "add", folder, "--corpus", corpus)
    assert code == 1
    assert list(read_corpus(corpus).documents) == ["a", "b"]
    assert (folder / "deep" / "leaflet.md").read_text("utf-8").endswith(f"---\n{MARKDOWN}")
    assert out.splitlines()[-1] == "5 files: 2 added, 1 drafts (0 not as the original), 2 failed"
    failed = [line for line in err.splitlines() if line.startswith("failed: ")]
    assert [line.split(": ")[1] for line in failed] == [
        str(folder / "broken.pdf"), str(folder / "monographs" / "bad.md")
    ]  # fmt: skip
    assert "status is 'draft'" in failed[1]


def test_what_a_build_would_leave_out_is_not_added_and_a_new_version_stays_where_the_old_one_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    old = write(corpus, "first-name.md", id="a")
    new = write(tmp_path / "in", "a.md", id="a", body=BODY.replace("medicine", "drug"))
    code, _, err = run(capsys, "add", new, "--corpus", corpus)
    assert (code, "the id 'a' is also in first-name.md" in err) == (2, True)
    code, out, err = run(capsys, "add", new, "--replace", "--corpus", corpus)
    assert (code, out.splitlines()[0], err) == (0, f"added {old}", "")
    assert (old.read_bytes(), [*old.parent.iterdir()]) == (new.read_bytes(), [old])
    assert not read_corpus(corpus).problems


def test_what_is_removed_is_moved_with_its_questions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = read_corpus(folder).documents["a"].passages.showable()
    asked = questions(folder, f'{{"passage": "{first.id}", "q": "what is it"}}', name="a.jsonl").read_bytes()
    digest = read_corpus(folder).documents["a"].monograph.sha256
    target = folder / "removed" / f"a-{digest[:8]}"
    assert run(capsys, "remove", "a", "--corpus", folder) == (0, f"moved to {target}\n", "")
    assert sorted(path.name for path in target.iterdir()) == ["monographs-a.md", "questions-a.jsonl"]
    assert (target / "questions-a.jsonl").read_bytes() == asked
    read = read_corpus(folder)
    assert (list(read.documents), read.problems) == (["b"], ())
    assert "'b' is the only monograph" in run(capsys, "remove", "b", "--corpus", folder)[2]
    assert "no monograph has the id 'z'" in run(capsys, "remove", "z", "--corpus", folder)[2]


def test_the_list_names_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list", "--corpus", folder)
    assert code == 0
    line = "a  “Made up” version 1, review by 2027-01-01; 2 passages, 0 phrasings"
    assert out == f"{line}\n{line.replace('a', 'b', 1)}\n"


def test_diff_says_what_the_latest_index_lacks(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    command = ("diff", "--corpus", folder, "--index", index)
    assert run(capsys, *command) == (0, "added    monographs/a.md\nadded    monographs/b.md\n", "")
    build_index(index, read_corpus(folder), HashingEncoder())
    assert run(capsys, *command) == (0, "no file was changed since the latest index\n", "")
    write(folder, "b.md", id="b", body=BODY.replace("medicine", "drug"))
    write(folder, "c.md", id="c")
    (folder / "monographs" / "a.md").unlink()
    assert run(capsys, *command)[1] == "removed  monographs/a.md\nchanged  monographs/b.md\nadded    monographs/c.md\n"
