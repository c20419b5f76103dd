"""A new version of a monograph: what changed, what it touches, where what dangles belongs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, Document
from retrieval.encoder import Encoder
from retrieval.passages import cut
from staff.change_kinds import Kind
from staff.differences import Fate, corpus_difference, passage_difference
from staff.errors import StaffError
from staff.kind_checks import check
from staff.suites import read_suites
from staff.updates import update_of
from tests.conftest import CORPUS
from tests.staff.made_up import BODY, QUESTIONS, Small, monograph, write_lines

UNTOUCHED = "istiratumab:report-any-immediate-b8a8eb3dbd"


@pytest.fixture(scope="module")
def kept(encoder: Encoder, index_folder: Path) -> Encoder:
    """With what lies embedded beside the index: the corpus has some ten thousand questions."""
    return CachedEncoder(encoder, index_folder)


def difference(old: str, new: str) -> list[tuple[str, str, str]]:
    """Fate, and the first words of before and after."""
    changes = passage_difference(cut("made-up", old), cut("made-up", new))

    def start(text: str) -> str:
        return " ".join(text.strip("#- ").split()[:2])

    return [
        (c.fate.value, start(c.before.text) if c.before else "", start(c.after.text) if c.after else "")
        for c in changes
    ]


def test_a_text_that_stays_has_no_difference() -> None:
    assert difference(BODY, BODY) == []


def test_a_changed_number_is_a_changed_passage_and_its_list() -> None:
    assert difference(BODY, BODY.replace("60 minutes", "90 minutes")) == [
        ("changed", "How it", "How it"),
        ("changed", "Infusion: It", "Infusion: It"),
    ]


def test_added_and_removed_passages() -> None:
    new = BODY.replace("Keep the vials in a cold place away from light.", "Ask the pharmacy.\n\nBring a friend.")
    assert difference(BODY, new) == [
        ("added", "", "Ask the"),
        ("added", "", "Bring a"),
        ("removed", "Keep the", ""),
    ]


def test_words_under_another_heading_have_moved_and_dangle() -> None:
    changes = passage_difference(cut("made-up", BODY), cut("made-up", BODY.replace("## Storage", "## At home")))
    assert [(c.fate, c.dangles) for c in changes] == [(Fate.MOVED, True)]


def test_a_section_in_another_place_has_moved_and_nothing_dangles() -> None:
    storage = "## Storage\n\nKeep the vials in a cold place away from light.\n\n"
    new = storage + BODY.replace(storage, "")
    changes = passage_difference(cut("made-up", BODY), cut("made-up", new))
    assert [(c.fate, c.dangles, c.after.text if c.after else "") for c in changes] == [
        (Fate.MOVED, False, "Keep the vials in a cold place away from light.")
    ]


def test_a_first_version_is_all_new_and_a_last_one_all_gone(small: Small) -> None:
    corpus = small.corpus
    count = len(corpus.documents["made-up"].passages.showable())
    assert [c.fate for c in corpus_difference(None, corpus)] == [Fate.ADDED] * count
    empty = Corpus({}, (), (), {})
    assert [c.fate for c in corpus_difference(corpus, empty)] == [Fate.REMOVED] * count


LINES = st.lists(
    st.sampled_from(["- one two three", "- one two four", "word", "## Head", "### Sub", "", "other words"])
)


@given(old=LINES, new=LINES)
def test_every_passage_is_the_same_or_has_one_fate(old: list[str], new: list[str]) -> None:
    before, after = cut("made-up", "\n".join(old) + "\n"), cut("made-up", "\n".join(new) + "\n")
    olds, news = ({p.id for p in of.showable()} for of in (before, after))
    changes = passage_difference(before, after)
    gone = [c.before.id for c in changes if c.before and c.dangles]
    fresh = [c.after.id for c in changes if c.after and (c.dangles or c.before is None)]
    assert (sorted(gone), sorted(fresh)) == (sorted(olds - news), sorted(news - olds))


@pytest.fixture
def document(corpus: Corpus) -> Document:
    return corpus.documents["istiratumab"]


@pytest.mark.slow
def test_the_real_monograph_with_one_number_changed(corpus: Corpus, document: Document, kept: Encoder) -> None:
    old = next(p for p in document.passages.showable() if p.text.startswith("| Infusion Time"))
    text = document.monograph.source.replace("60 to 90 minutes", "30 to 60 minutes")
    update = update_of(corpus, "istiratumab", text, kept, read_suites(CORPUS / "suites"), [UNTOUCHED])
    row = next(c for c in update.changes if c.before == old)
    assert row.after
    assert (row.fate, row.after.text) == (Fate.CHANGED, old.text.replace("60 to 90", "30 to 60"))
    attached = [p.question for p in document.phrasings if p.passage == old.id]
    assert [d.question for d in update.phrasings if d.passage == old.id] == attached
    assert {d.to for d in update.phrasings if d.passage == old.id} == {row.after.id}
    # Suites say what is right: nothing moves their labels unasked.
    assert {d.to for d in update.expected} == {""}
    assert {q.text for _, q in update.questions} >= {"how long am I hooked up to the drip each time"}
    assert update.instructions == ()


@pytest.mark.slow
def test_an_instruction_that_dangles_is_offered_its_passage(corpus: Corpus, document: Document, kept: Encoder) -> None:
    text = document.monograph.source.replace("- Report any immediate feeling", "- Tell the nurse of any feeling")
    (dangling,) = update_of(corpus, "istiratumab", text, kept, instructions=[UNTOUCHED]).instructions
    assert dangling.suggestions[0].passage.text.startswith("- Tell the nurse of any feeling of shortness of breath")
    assert dangling.to == dangling.suggestions[0].passage.id


def test_a_new_sentence_about_a_known_gap_is_pointed_out(corpus: Corpus, document: Document, kept: Encoder) -> None:
    sentence = "Patients should not breastfeed while they take istiratumab."
    heading = "### Precautions During Treatment\n\n"
    text = document.monograph.source.replace(heading, f"{heading}- {sentence}\n")
    update = update_of(corpus, "istiratumab", text, kept)
    assert update.gaps[0].gap.topic == "breastfeeding"
    assert update.gaps[0].words == f"- {sentence}"


def test_the_suggestions_make_a_change_that_leaves_nothing_dangling(small: Small) -> None:
    update = update_of(small.corpus, "made-up", BODY.replace("60 minutes", "90 minutes"), small.encoder)
    content = update.as_content("2", date(2026, 11, 1), date(2027, 11, 1))
    check(Kind.MONOGRAPH, content, small.corpus)
    assert [(m["q"], m["to"] != m["passage"]) for m in content["reattach"]] == [(QUESTIONS[0][1], True)]


def test_a_text_that_changes_nothing_or_says_nothing_is_refused(small: Small) -> None:
    with pytest.raises(StaffError, match="is there already"):
        update_of(small.corpus, "made-up", BODY, small.encoder)
    with pytest.raises(StaffError, match="no passage that can be shown"):
        update_of(small.corpus, "made-up", "## Only a heading\n", small.encoder)


def test_what_was_attached_to_a_removed_bullet_is_dropped_and_proposed_as_not_covered(
    corpus: Corpus, document: Document, kept: Encoder
) -> None:
    """Found in use: 134 phrasings of a removed bullet went to a passage that has nothing to do with it."""
    gone = max(
        (p for p in document.passages.showable() if p.text.startswith("- ")),
        key=lambda p: sum(phrasing.passage == p.id for phrasing in document.phrasings),
    )
    text = document.monograph.source.replace(f"{gone.text}\n", "")
    update = update_of(corpus, "istiratumab", text, kept)
    own = [d for d in update.phrasings if d.passage == gone.id]
    content = update.as_content("2", date(2026, 11, 1), date(2027, 11, 1))
    dropped = [move["q"] for move in content["reattach"] if move["passage"] == gone.id and not move["to"]]
    assert len(own) > 100
    assert len(dropped) / len(own) > 0.9
    missing = {gap["q"] for gap in content["not_covered"]}
    assert missing <= set(dropped) | {d.question for d in update.phrasings}
    assert len(missing & set(dropped)) / len(dropped) > 0.5
    check(Kind.MONOGRAPH, content, corpus)


def test_a_phrasing_of_the_part_that_is_gone_does_not_stay_with_the_rest(small: Small) -> None:
    """The passage goes on, changed; what was asked for is not in it any more."""
    before = BODY.replace("over 60 minutes.", "over 60 minutes. Drink plenty of water before and after it.")
    (small.folder / "monographs" / "made-up.md").write_bytes(monograph(before).encode())
    own = small.passage("Infusion")
    write_lines(
        small.folder / "questions" / "made-up.jsonl",
        {"passage": own, "q": QUESTIONS[0][1]},
        {"passage": own, "q": "drink plenty of water before"},
    )
    update = update_of(small.corpus, "made-up", BODY, small.encoder)
    went = {d.question: (d.to.split(":")[-1][:8], d.topic) for d in update.phrasings if d.passage == own}
    assert went == {QUESTIONS[0][1]: ("infusion", ""), "drink plenty of water before": ("", "how it is given")}
