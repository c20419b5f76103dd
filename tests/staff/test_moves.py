"""What dangles stands in a row for each passage, however many phrasings it has, and goes where staff say."""

from __future__ import annotations

import pytest

from staff.change_kinds import Kind
from staff.errors import StaffError
from staff.kind_checks import check
from staff.kind_files import edited_files
from staff.suites import read_suites
from staff.updates import Update, update_of
from tests.staff.made_up import BODY, DATES, QUESTIONS, Small, write_lines
from web.staff.moves import NOT_COVERED, PROPOSED, dangling_rows, moves, update_markup

MANY = [f"how many minutes does the drip run in room {n}" for n in range(200)]


@pytest.fixture
def update(small: Small) -> Update:
    """The infusion's line changes a number; the rash's line is gone."""
    own = [(small.passage("Infusion"), q) for q in MANY]
    phrasings = [*own, (small.passage("Rash"), QUESTIONS[2][1])]
    write_lines(small.folder / "questions" / "made-up.jsonl", *({"passage": p, "q": q} for p, q in phrasings))
    new = BODY.replace("60 minutes", "90 minutes").replace("- Rash: A mild skin rash can appear on the arms.\n", "")
    return update_of(small.corpus, "made-up", new, small.encoder, read_suites(small.folder / "suites"))


def test_two_hundred_phrasings_are_one_row(update: Update) -> None:
    rows = dangling_rows(update)
    assert [(row[0], row[3]) for row in rows] == [("phrasing", "200"), ("phrasing", "1"), ("suites", "1")]
    assert [row[4].split(":")[-1].split("-")[0] for row in rows] == ["infusion", NOT_COVERED, ""]
    shown = update_markup(update)
    assert "over <del>60</del> minutes" in shown
    assert "over <ins>90</ins> minutes" in shown
    assert shown.count("<li>") == 26  # 25 of the two hundred, and the one of the rash
    assert len(shown) < 20_000


def test_what_is_proposed_makes_a_corpus_without_a_problem(update: Update, small: Small) -> None:
    said = moves(update, dangling_rows(update))
    content = {"document": "made-up", "text": update.text, **DATES, **said}
    check(Kind.MONOGRAPH, content, small.corpus)
    assert said["not_covered"] == [{"topic": "side effects", "q": QUESTIONS[2][1]}]
    assert said["suites"] == [{"passage": small.passage("Infusion"), "to": ""}]
    for path, text in edited_files(Kind.MONOGRAPH, content, small.folder).items():
        (small.folder / path).write_bytes(text.encode())
    corpus = small.corpus
    document = corpus.documents["made-up"]
    assert corpus.problems == ()
    assert {document.passages.by_id[p.passage].text.split()[1] for p in document.phrasings} == {"Infusion:"}
    assert [gap.question for gap in document.gaps] == ["what does it cost", QUESTIONS[2][1]]
    # Written again after a kill, nothing is otherwise.
    again = edited_files(Kind.MONOGRAPH, content, small.folder)
    assert {path: small.text(path) for path in again} == again


def test_staff_say_otherwise_for_all_of_a_passage(update: Update) -> None:
    rows = dangling_rows(update)
    nausea = next(p.id for p in update.passages.showable() if p.text.startswith("- Nausea"))
    said = moves(update, [[*row[:4], to, *row[5:]] for row, to in zip(rows, ("", nausea, nausea), strict=True)])
    assert {move["to"] for move in said["reattach"]} == {"", nausea}
    assert (said["not_covered"], said["suites"][0]["to"]) == ([], nausea)
    said = moves(update, [[*row[:4], NOT_COVERED, *row[5:]] for row in rows[:2]] + [rows[2]], follow=True)
    assert len(said["not_covered"]) == 201
    # Asked for, a label goes with a passage that was only changed.
    assert said["suites"][0]["to"].split(":")[-1].startswith("infusion")
    said = moves(update, [[*row[:4], PROPOSED, *row[5:]] for row in rows[:2]] + [rows[2]])
    assert said == moves(update, rows)
    with pytest.raises(StaffError, match="Compare it again"):
        moves(update, rows[:1])
