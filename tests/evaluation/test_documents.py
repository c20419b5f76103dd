"""Labels that name a document: its lines, its figures, and the library that is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.answers import Shown, ShownCitation
from evaluation.asked import read_asked
from evaluation.commands.answering import need_served, read_score
from evaluation.conversations import read_labels, read_questions
from evaluation.errors import DataError
from evaluation.scoring import score_answers
from evaluation.texts import find_sets, library_with, text_lines
from retrieval.corpus import Corpus
from tests.conftest import CORPUS
from tests.evaluation.conftest import write_jsonl

TEXT = (
    "---\nid: leaf\n---\n# Leaf\n\n- Take **one** tablet each morning with water.\n\nKeep it dry and out of the sun.\n"
)


def turn(gold: list[int], text: str = "how many?") -> dict[str, object]:
    return {"text": text, "kind": "answerable", "gold": gold, "also": []}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of labelled leaflets: a file of conversations, and a folder of texts."""
    folder = tmp_path / "data"
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "leaf.md").write_text(TEXT, "utf-8")
    write_jsonl(
        folder / "leaflets-dev.jsonl",
        {"id": "lo1", "document": "leaf", "turns": [turn([3]), turn([5])]},
        {"id": "lo2", "document": "leaf", "turns": [turn([3])]},
    )
    write_jsonl(folder / "other.jsonl", {"id": "p1", "turns": [turn([31])]})
    return folder


def test_lines_count_from_the_text_after_the_front_matter(data: Path) -> None:
    lines = text_lines([data, data / "texts"], "leaf")
    assert [(line.number, line.text) for line in lines] == [
        (1, "# Leaf"),
        (3, "- Take **one** tablet each morning with water."),
        (5, "Keep it dry and out of the sun."),
    ]
    body = TEXT.split("---\n", 2)[2]
    assert all(body[line.start : line.end] == line.text for line in lines)


def test_front_matter_may_be_missing_and_line_ends_windows(data: Path) -> None:
    expected = text_lines([data / "texts"], "leaf")
    (data / "texts" / "leaf.md").write_bytes(("\ufeff" + TEXT.split("---\n", 2)[2].replace("\n", "\r\n")).encode())
    assert text_lines([data / "texts"], "leaf") == expected


@pytest.mark.parametrize("document", ["none", "../data/texts/leaf"])
def test_a_document_that_is_not_there(data: Path, document: str) -> None:
    with pytest.raises(DataError, match=rf"no folder has {document}\.md \(.*texts\)\. Give --texts FOLDER"):
        text_lines([data / "texts"], document)


def test_the_leaflets_of_a_folder(data: Path) -> None:
    assert find_sets(data) == ([data / "leaflets-dev.jsonl"], [data / "texts"])
    asked = read_asked("leaflets", data)
    assert asked.documents == ("leaf",)
    assert [(t.id, t.turn, t.document, t.group) for t in asked.labels] == [
        ("lo1", 0, "leaf", "leaflet answerable"),
        ("lo1", 1, "leaf", "leaflet answerable"),
        ("lo2", 0, "leaf", "leaflet answerable"),
    ]
    assert {line.document for line in asked.lines} == {"leaf"}
    unlabelled = read_asked("leaflets", data, labelled=False)
    assert (unlabelled.questions, unlabelled.labels, unlabelled.lines) == (asked.questions, (), ())
    (data / "texts" / "leaf.md").unlink()
    with pytest.raises(DataError, match=r"there is no text \(\*\.md\)\. Give a folder with both"):
        find_sets(data)


def test_only_passages_of_the_document_count(data: Path) -> None:
    asked = read_asked("leaflets", data)
    right = "Take one tablet each morning with water."

    def shown(document: str) -> Shown:
        return Shown(1, "answer", frozenset(), (ShownCitation(document, right, None, 0.5),), None)

    answers = {("lo1", 0): shown("leaf"), ("lo1", 1): shown("leaf"), ("lo2", 0): shown("other")}
    figures = score_answers(asked.labels, answers, asked.lines, data, data).as_json()
    assert list(figures) == ["missing", "all answerable", "leaf answerable", "leaflet answerable"]
    assert figures["leaf answerable"] == {
        "n": 3, "answered": 1.0, "hedged": 0.0, "alarm": 0.0, "n_gold": 3, "hit1": 0.333, "hit3": 0.333,
        "hit600": 0.667, "shown": 1.0, "first": 0.333, "right": 0.333, "fit": 0.333,
    }  # fmt: skip


def test_one_file_may_be_about_several_documents(data: Path) -> None:
    both = write_jsonl(
        data / "both.jsonl",
        {"id": "lo1", "document": "leaf", "turns": [turn([3])]},
        {"id": "p1", "turns": [turn([31])]},
        {"id": "p2", "document": "istiratumab", "turns": [turn([31])]},
    )
    asked = read_asked("istiratumab", labels=both, texts=[data / "texts"])
    assert [t.group for t in asked.labels] == ["leaflet answerable", "patients", "patients"]
    [line] = [line for line in asked.lines if (line.document, line.number) == ("istiratumab", 31)]
    cited = (ShownCitation("istiratumab", line.text, (line.start, line.end), 0.5),)
    answers = {(name, 0): Shown(1, "answer", frozenset(), cited, None) for name in ("lo1", "p1", "p2")}
    figures = score_answers(asked.labels, answers, asked.lines, both, both).as_json()
    assert (figures["patients"]["hit1"], figures["leaf answerable"]["hit1"]) == (1.0, 0.0)


def test_bad_documents(data: Path) -> None:
    path = write_jsonl(data / "bad.jsonl", {"id": "lo1", "document": 3, "turns": [turn([3])]})
    with pytest.raises(DataError, match=r"bad\.jsonl:1: 'document' of 'lo1' is no name"):
        read_questions(path)
    path = write_jsonl(data / "bad.jsonl", {"id": "lo1", "turns": [turn([3])]})
    with pytest.raises(DataError, match="the id 'lo1' is of no set"):
        read_labels(path)
    path = write_jsonl(data / "bad.jsonl", {"id": "lo1", "document": "leaf", "turns": [turn([4])]})
    asked = read_asked("leaflets", data, labels=path)
    with pytest.raises(DataError, match="turn 0 of 'lo1' names line 4, which is none"):
        score_answers(asked.labels, {}, asked.lines, path, path)


def test_the_library_has_the_document_for_as_long_as_it_is_asked(data: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "monographs").mkdir(parents=True)
    (corpus / "monographs" / "here.md").write_text("here", "utf-8")
    with library_with(corpus, [data / "texts"], ["here"]) as same:
        assert same == corpus
    with library_with(corpus, [data / "texts"], ["here", "leaf", "leaf"]) as copy:
        assert sorted(p.name for p in (copy / "monographs").iterdir()) == ["here.md", "leaf.md"]
    assert not copy.exists()
    assert [p.name for p in (corpus / "monographs").iterdir()] == ["here.md"]


def test_a_document_that_is_not_served_is_not_asked_of_others(data: Path, corpus: Corpus) -> None:
    """Without it the questions would be answered from the monographs that are there, and counted as wrong."""
    asked = read_asked("leaflets", data)
    with pytest.raises(DataError, match=r"leaf\.md: the text is no monograph .* front matter lacks 'status'"):
        need_served(asked, corpus)
    source = (CORPUS / "monographs" / "istiratumab.md").read_text("utf-8")
    (data / "texts" / "leaf.md").write_text(source, "utf-8")
    with pytest.raises(DataError, match=r"leaf\.md: its front matter says that it is 'istiratumab'"):
        need_served(asked, corpus)
    (data / "texts" / "leaf.md").write_text(source.replace("\nid: istiratumab\n", "\nid: leaf\n", 1), "utf-8")
    with pytest.raises(DataError, match=r"leaf\.md: this monograph is not served"):
        need_served(asked, corpus)
    need_served(asked, replace(corpus, documents={"leaf": corpus.documents["istiratumab"]}))


def test_answers_to_nothing_that_is_labelled(data: Path) -> None:
    asked = read_asked("leaflets", data)
    refused = Shown(1, "abstain", frozenset(), (), None)
    scored = score_answers(asked.labels, {("lo1", 0): refused, ("lo9", 0): refused}, asked.lines, data, data)
    assert (scored.unknown, len(scored.missing)) == (1, 2)
    path = write_jsonl(data / "answers", {"id": "lo9", "turn": 0, "decision": "abstain"})
    with pytest.raises(DataError, match=r"answers: none of its 1 answers is to a turn of .*leaflets-dev\.jsonl"):
        read_score(asked, path)
