"""New text wins: the known gaps that it may answer are found, decided on by staff, and never left behind unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import ANY_MEDICINE, Corpus, read_corpus
from retrieval.encoder import Encoder
from staff.accounts import Account
from staff.answerable import answerable, by_topic, decided, decisions, with_text
from staff.bench import Bench, asked_by
from staff.change_kinds import Kind
from staff.changes import Change
from staff.errors import RefusedError, StaffError
from staff.gap_decisions import Deed
from staff.kind_files import edited_files
from tests.staff.conftest import RITA, released
from tests.staff.made_up import BODY, DATES, Small, write_lines

DRIVING = "can you drive a car after the drip"
SENTENCE = "You may not drive a car after the drip."
NEW = BODY.replace("- Nausea: ", f"- Driving: {SENTENCE}\n- Nausea: ")


def with_gaps(small: Small) -> None:
    known = [{"topic": "cost", "q": "what does it cost"}, {"topic": "driving", "q": DRIVING}]
    write_lines(small.folder / "not_covered" / "made-up.jsonl", *known)
    shared = [{"topic": "weather", "q": "will it rain tomorrow"}, {"topic": "off topic", "q": "drive a car"}]
    write_lines(small.folder / "not_covered" / "any.jsonl", *shared)


def proposed(bench: Bench, rita: Account, text: str = NEW) -> Change:
    content = {"document": "made-up", "text": text, **DATES, "reattach": [], "instructions": [], "suites": []}
    return bench.changes.propose(rita, Kind.MONOGRAPH, content, "new data", read_corpus(bench.corpus))


def decide(bench: Bench, rita: Account, number: int, question: str, deed: Deed) -> None:
    change, found = asked_by(bench, number)
    chosen = [one for one in found if one.gap.question == question]
    bench.changes.amend(rita, number, decided(change.content, chosen, deed), read_corpus(bench.corpus))


def test_a_new_sentence_is_asked_against_the_gaps_of_the_medicine_and_of_all(small: Small) -> None:
    with_gaps(small)
    found = answerable(small.corpus, with_text(small.corpus, "made-up", NEW), small.encoder)
    assert {(one.of, one.gap.question) for one in found} == {("made-up", DRIVING), (ANY_MEDICINE, "drive a car")}
    assert {one.words for one in found} == {f"- Driving: {SENTENCE}"}
    assert answerable(small.corpus, with_text(small.corpus, "made-up", BODY + "\n"), small.encoder) == ()


def test_a_version_is_approved_when_each_gap_that_it_may_answer_is_decided(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    with_gaps(small)
    change = proposed(bench, rita)
    trial, _ = bench.trials.run(change.id)
    assert set(trial.undecided) == {DRIVING, "drive a car"}
    with pytest.raises(StaffError, match="may answer 2 questions that are marked as not covered"):
        bench.changes.approve(anna, change.id)
    with pytest.raises(RefusedError, match="of 'rita', who decides what is in it"):
        bench.changes.amend(anna, change.id, change.content, small.corpus)
    decide(bench, rita, change.id, DRIVING, Deed.ATTACH)
    decide(bench, rita, change.id, "drive a car", Deed.TAKE_AWAY)
    with pytest.raises(StaffError, match="was not tried in a draft yet"):
        bench.changes.approve(anna, change.id)
    assert bench.trials.run(change.id)[0].undecided == ()
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(bench.corpus)
    document = small.corpus.documents["made-up"]
    assert [gap.question for gap in document.gaps] == ["what does it cost"]
    assert document.covered == {"drive a car"}
    assert [document.passages.by_id[p.passage].text for p in document.phrasings if p.question == DRIVING] == [
        f"- Driving: {SENTENCE}"
    ]
    # All other medicines go on with what holds for every one.
    assert "drive a car" in {gap.question for gap in small.corpus.gaps}
    assert bench.state.audit_records()[-1].action == "change written"
    assert [r.action for r in bench.state.audit_records()].count("change amended") == 2


def test_a_gap_that_is_kept_stays_and_is_not_asked_about_again(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    with_gaps(small)
    released(bench, anna)
    change = proposed(bench, rita)
    for question in (DRIVING, "drive a car"):
        decide(bench, rita, change.id, question, Deed.KEEP)
    assert set(decisions(bench.changes.get(change.id).content).values()) == {Deed.KEEP}
    bench.trials.run(change.id)
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(bench.corpus)
    assert DRIVING in {gap.question for gap in small.corpus.documents["made-up"].gaps}
    gates = {gate.name: gate for gate in bench.releases.prepare(RITA).gates}
    assert gates["new text"].passed


def test_text_that_came_into_the_corpus_by_hand_is_held_by_the_gate(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    with_gaps(small)
    released(bench, anna)
    change = proposed(bench, rita)
    for path, text in edited_files(change.kind, change.content, bench.corpus).items():
        (bench.corpus / path).write_bytes(text.encode())
    candidate = bench.releases.prepare(RITA)
    assert {gate.name: gate.detail for gate in candidate.failing}["new text"] == (
        "new text may answer what is marked as not covered, undecided: driving (1), off topic (1)"
    )
    with pytest.raises(StaffError, match="does not pass its gates"):
        bench.releases.publish(candidate, anna, candidate.sha256)


def test_a_mark_is_taken_away_of_the_medicine_or_for_the_medicine(small: Small) -> None:
    with_gaps(small)
    own = {"document": "made-up", "topic": "driving", "q": DRIVING}
    shared = {"document": "made-up", "topic": "weather", "q": "will it rain tomorrow"}
    for content, path in ((own, "not_covered/made-up.jsonl"), (shared, "covered/made-up.jsonl")):
        for _ in range(2):  # written again after a kill it is the same
            files = edited_files(Kind.UNGAP, content, small.folder)
            for name, text in files.items():
                (small.folder / name).parent.mkdir(exist_ok=True)
                (small.folder / name).write_bytes(text.encode())
        assert path in files or path.startswith("not_covered")
    assert json.loads(small.text("covered/made-up.jsonl")) == {"topic": "weather", "q": "will it rain tomorrow"}
    assert [gap.question for gap in small.corpus.documents["made-up"].gaps] == ["what does it cost"]
    assert small.corpus.problems == ()


def test_what_a_medicine_answers_no_longer_speaks_against_it(bench: Bench, small: Small) -> None:
    with_gaps(small)
    before = bench.drafts.open().assistant.search("drive a car")
    (small.folder / "covered").mkdir()
    write_lines(small.folder / "covered" / "made-up.jsonl", {"topic": "off topic", "q": "drive a car"})
    after = bench.drafts.open().assistant.search("drive a car")
    assert before.gaps[0][0].text == "drive a car"
    assert "drive a car" not in {view.text for view, _ in after.gaps}
    assert after.message.tolist() != before.message.tolist()


SAFETY = {
    "driving": "Do not drive for 24 hours after each infusion.",
    "alcohol": "Avoid alcohol for 24 hours after each infusion.",
    "breastfeeding": "Patients should not breastfeed while they take istiratumab.",
    "missed infusion": "If you miss an infusion, call the clinic to make a new appointment.",
    "storage": "Keep the vials in a refrigerator at 2 to 8 degrees.",
    "vaccines": "Do not get live vaccines during treatment.",
    "flying": "You may travel by air between infusions.",
    "hair loss": "Hair loss is common and comes back after treatment.",
    "sun": "Stay out of the sun and use sunscreen.",
    "contraception": "Use effective contraception during treatment and for six months afterwards.",
}


@pytest.mark.parametrize("topic", SAFETY)
def test_the_topic_of_a_new_sentence_is_found_first_in_a_real_monograph(
    corpus: Corpus, encoder: Encoder, index_folder: Path, topic: str
) -> None:
    heading = "### Precautions During Treatment\n\n"
    text = corpus.documents["istiratumab"].monograph.source.replace(heading, f"{heading}- {SAFETY[topic]}\n")
    new = with_text(corpus, "istiratumab", text)
    groups = by_topic(answerable(corpus, new, CachedEncoder(encoder, index_folder)))
    whole = {gap.question for gap in corpus.documents["istiratumab"].gaps if gap.topic == topic}
    assert {one.gap.question for one in groups["istiratumab", "istiratumab", topic]} == whole
    assert [t for _, _, t in groups][:2].count(topic) == 1
    assert len([t for t, group in groups.items() if len(group) > 9]) <= 3
