"""A medicine more: all that is wrong at once, its file, its sub-headings, and what is not a version of another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.monograph import read_monograph, text_sha256
from retrieval.passages import cut
from staff.accounts import Account
from staff.another_medicine import another_medicine
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Changes
from staff.errors import StaffError
from staff.medicines import draft_document, medicine_problems, suite_of, with_document
from staff.proposed_headings import ProposedHeading, marked, proposed_headings
from staff.state import State
from tests.staff.conftest import PASSWORD, applied, proposed
from tests.staff.made_up import BODY, DATES, Small
from tests.staff.test_main import run
from web.staff.medicine import own_name, suite_rows

LEAFLET = """## What Zorva is

Zorva is a tablet for a fast heart.

## How to take Zorva

If you forget to take Zorva

Take the next tablet at its usual time. Never take two.

Swallow it whole.

## Legal Disclaimer

Ask your pharmacist.
"""
FIELDS = {
    "document": "zorva", "title": "Zorva", "generic_name": "zorvanib", "aliases": ["ZV-1"], "version": "1.0",
    "effective": "2026-01-01", "review_by": "2030-01-01", "owner": "Tests: one", "source": "zorva.docx",
    "licence": "none",
}  # fmt: skip


def medicine(text: str = LEAFLET, **changes: Any) -> dict[str, Any]:
    passage = next((p.id for p in cut("zorva", text).showable() if p.text.startswith("Take the next")), "")
    suite = suite_of([["i forgot a tablet", passage, "", True], ["", passage, "", False]])
    return {**FIELDS, "text": text, "suite": suite, **changes}


def test_a_medicine_becomes_a_monograph_that_is_read_and_a_suite_of_its_own(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    change = proposed(bench.changes, rita, small, Kind.MEDICINE, **medicine())
    trial, _ = bench.trials.run(change.id)
    assert (trial.questions, trial.newly_failing) == (4, ())
    bench.changes.approve(anna, change.id)
    assert bench.changes.write_approved(small.folder) == (change.id,)
    monograph = read_monograph(small.folder / "monographs" / "zorva.md")
    assert (monograph.owner, monograph.aliases, monograph.sha256) == ("Tests: one", ("ZV-1",), text_sha256(LEAFLET))
    assert monograph.source == LEAFLET
    suite = [json.loads(line) for line in small.text("suites/zorva.jsonl").splitlines()]
    assert [(c["turns"][0]["text"], c["turns"][0]["must_pass"]) for c in suite] == [("i forgot a tablet", True)]
    corpus = small.corpus
    assert (list(corpus.documents), corpus.problems) == (["made-up", "zorva"], ())
    with pytest.raises(StaffError, match="document: 'zorva' is there already"):
        bench.changes.propose(rita, Kind.MEDICINE, medicine(), "again", corpus)


def test_a_medicine_is_proposed_on_the_command_line(
    small: Small, state: State, changes: Changes, rita: Account, tmp_path: Path
) -> None:
    assert rita
    content = medicine()
    for name in ("text", "suite"):
        (tmp_path / name).write_text(content[name], "utf-8")
    values = [f"{key}={content[key]}" for key in FIELDS if key != "aliases"]
    values += ["aliases=ZV-1, ZV-2", f"text=@{tmp_path / 'text'}", f"suite=@{tmp_path / 'suite'}"]
    home = ["--staff", str(state.folder), "--corpus", str(small.folder), "--as", "rita", "--reason", "new"]
    done = run("propose", "medicine", *values, *home, typed=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    change = changes.get(1)
    assert (change.kind, change.content) == (Kind.MEDICINE, {**content, "aliases": ["ZV-1", "ZV-2"]})


def test_all_that_is_wrong_with_a_medicine_is_told_at_once(small: Small, changes: Changes, rita: Account) -> None:
    bad = medicine(
        document="Zorva 5", title="Made up", aliases=["x", " "], version="", effective="soon", licence="a\nb",
        text="---\n# Zorva", suite='{"id": "a", "turns": [{"text": "q", "kind": "answerable", "gold": ["x:y"]}]}\n',
    )  # fmt: skip
    assert medicine_problems(bad, small.corpus) == (
        ("version", "it is empty"),
        ("licence", "it is more than one line"),
        ("document", "'Zorva 5' cannot be an id; use small letters, digits and single hyphens"),
        ("aliases", "it is no list of names"),
        ("effective", "a date is written year-month-day, as in 2026-12-31"),
        ("text", "front matter stands in it; take it out, the form writes it"),
        ("text", "it has no passage that can be shown"),
        ("suite", "'x:y' is no passage of this text"),
    )
    with pytest.raises(StaffError) as error:
        proposed(changes, rita, small, Kind.MEDICINE, **bad)
    assert len(str(error.value).split("\n")) == 8
    same = medicine(title="Made up", effective="2031-01-01", suite="", text=LEAFLET + "\0")
    assert [field for field, _ in medicine_problems(same, small.corpus)] == ["title", "review_by", "text", "suite"]
    assert medicine_problems(medicine(text=" "), small.corpus)[-1] == ("text", "the monograph has no text")


def test_lone_short_lines_are_proposed_as_sub_headings_and_marked_only_when_chosen() -> None:
    text = (
        LEAFLET
        + "\n## Side effects\n\nCommon (may affect up to 1 in 10 people):\n\n- rash\n\nThis may be:\n\n- new\n\nEnd\n"
    )
    assert proposed_headings(text) == (
        ProposedHeading(7, "If you forget to take Zorva", 3),
        ProposedHeading(19, "Common (may affect up to 1 in 10 people):", 3),
    )
    assert marked(text, set()) == text
    assert marked(text, {7, 9}) == text.replace("If you forget", "### If you forget")
    before, after = (
        next(p for p in cut("zorva", t).showable() if "Never" in p.text) for t in (text, marked(text, {7}))
    )
    # A lone line holds for what is below it unmarked too (retrieval/subheadings.py); marked, everybody sees it.
    assert (len(before.context), len(after.context)) == (2, 2)
    assert proposed_headings(marked(text, {7, 19})) == ()


def test_the_questions_of_a_suite_stay_beside_their_words_when_the_text_changes() -> None:
    rows = suite_rows("zorva", LEAFLET, [])
    words = ["Zorva is a tablet for a fast heart.", "Take the next tablet at its usual time. Never take two."]
    assert [row[2] for row in rows] == [*words, "Swallow it whole."]
    rows[1][0], rows[1][3] = "i forgot one", True
    after = suite_rows("zorva", LEAFLET.replace("How to take", "Taking"), rows)
    assert [(row[0], row[3]) for row in after] == [("", False), ("i forgot one", True), ("", False)]


def test_a_draft_can_be_looked_into_before_it_is_a_medicine(small: Small) -> None:
    document = draft_document(medicine())
    assert document.monograph.source == LEAFLET
    assert list(with_document(small.corpus, document).documents) == ["made-up", "zorva"]
    with pytest.raises(StaffError, match="no passage that can be shown"):
        draft_document({**medicine(), "text": "# Zorva"})


def test_a_leaflet_of_another_medicine_is_no_version_of_this_one(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    applied(bench.changes, rita, anna, small, Kind.MEDICINE, **medicine())
    corpus = small.corpus
    assert another_medicine("zorva", LEAFLET.replace("whole", "with water"), corpus) == ""
    assert another_medicine("made-up", BODY.replace("60", "90"), corpus) == ""
    assert another_medicine("made-up", LEAFLET, corpus) == "The text names Zorva 4 times and Made up never."
    strange = another_medicine("made-up", "## Else\n\nOf something quite different.\n", corpus)
    assert strange == "The text has hardly a word of the version in use of Made up."
    assert another_medicine("zorva", BODY, corpus) == (
        "The text never names Zorva (Zorva, zorvanib, ZV-1), which the version in use does 4 times."
    )


def test_a_version_that_names_another_medicine_needs_somebodys_word(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    text = LEAFLET.replace("Zorva", "zorvanib")
    applied(bench.changes, rita, anna, small, Kind.MEDICINE, **medicine(text))
    moves: dict[str, Any] = {"reattach": [], "instructions": [], "suites": []}
    version = {"document": "made-up", "text": text, **DATES, **moves}
    with pytest.raises(StaffError, match=r"The text names Zorva 4 times and Made up never\. Is it a medicine of"):
        bench.changes.propose(rita, Kind.MONOGRAPH, version, "new", small.corpus)
    same = {**version, "same_medicine": "it was renamed"}
    assert bench.changes.propose(rita, Kind.MONOGRAPH, same, "new", small.corpus).content["same_medicine"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"# Zorva 5 mg\n\n{LEAFLET}", "Zorva 5 mg"),
        (LEAFLET, ""),
        (f"# Package leaflet: information for the user\n\n{LEAFLET}", ""),
        (f"# Zorva\n\n{LEAFLET}\n# Annex\n", ""),
    ],
)
def test_a_leaflet_is_called_what_it_calls_itself(text: str, name: str) -> None:
    assert own_name(text) == name
