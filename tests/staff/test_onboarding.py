"""Onboarding: marked, proposed as one change, approved by a second person, served; and again after a change."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from retrieval.intents import NOT_COVERED, read_section_kinds
from staff.__main__ import main
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.errors import RefusedError, StaffError
from staff.kind_files import edited_files
from staff.onboarded import with_decided
from staff.onboarding import Standing
from staff.proposals import read_model, section_kinds
from staff.updates import update_of
from tests.conftest import CORPUS
from tests.retrieval.test_intents import MISSED
from tests.staff.conftest import PASSWORD, applied, proposed
from tests.staff.made_up import BODY, DATES, Small, write_lines
from tests.staff.serving import serving, settled, signed_in, tab
from tests.web.conftest import PATIENCE
from web.staff.onboard import coverage_markup, decided_of, progress_markup, row_cells

RASH = {**MISSED, "intent": "rash", "asks": "Whether a mild skin rash can appear", "sections": ["effects"],
        "topic": "a rash", "questions": ["can a skin rash appear", "mild rash on the arms"]}  # fmt: skip
KEEPING = {**MISSED, "intent": "keeping", "asks": "Where to keep the vials", "sections": ["storage"],
           "topic": "keeping it", "questions": ["fridge or freezer", "keep away from light"]}  # fmt: skip
PRICE = {**MISSED, "intent": "price", "asks": "What money one pays", "sections": ["pack"], "topic": "the price",
         "questions": ["what money do i pay", "dear or cheap"]}  # fmt: skip


@pytest.fixture
def small(small: Small) -> Small:
    """With four intents of its own in the place of those that ship."""
    (small.folder / "intents").mkdir(exist_ok=True)
    for path in (small.folder / "intents").glob("*.jsonl"):
        path.unlink()
    write_lines(small.folder / "intents" / "some.jsonl", MISSED, RASH, KEEPING, PRICE)
    return small


def test_what_is_near_is_proposed_and_the_rest_is_not(bench: Bench, small: Small) -> None:
    rows = {row.intent.id: row for row in bench.onboarding.rows("made-up")}
    assert rows["rash"].proposal.passages[0][0] == small.passage("Rash")
    assert rows["keeping"].proposal.passages[0][0] == small.passage("Keep the vials")
    assert rows["price"].proposal.likely < rows["keeping"].proposal.likely
    assert {row.standing for row in rows.values()} == {Standing.OPEN}


def test_the_most_doubtful_come_first(bench: Bench) -> None:
    doubts = [row.proposal.doubt for row in bench.onboarding.rows("made-up")]
    assert doubts == sorted(doubts, reverse=True)


def test_two_people_make_an_intent_phrasings_and_gaps(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    keep = small.passage("Keep the vials")
    bench.onboarding.mark(rita, "made-up", {"keeping": [keep], "price": []})
    assert _standing(bench) == {"keeping": "marked", "price": "marked", "rash": "open", "missed-dose": "open"}
    change = bench.onboarding.submit(rita, "made-up", "the first hour")
    assert _standing(bench)["keeping"] == Standing.WAITING
    trial, _ = bench.trials.run(change.id)
    assert trial.newly_passing == ("made-up/s3/0",)  # "fridge or freezer" is found by nothing else
    with pytest.raises(RefusedError):
        bench.changes.approve(rita, change.id)
    bench.changes.approve(anna, change.id)
    bench.changes.write_approved(small.folder)
    [document] = small.corpus.documents.values()
    assert [(p.passage, p.question) for p in document.phrasings if p.intent] == [
        (keep, question) for question in KEEPING["questions"]
    ]
    assert [(g.topic, g.question) for g in document.gaps if g.intent] == [("the price", q) for q in PRICE["questions"]]
    assert _standing(bench)["price"] == Standing.NOT_COVERED
    assert bench.onboarding.coverage() == {
        "made-up": Counter({Standing.OPEN: 2, Standing.ANSWERED: 1, Standing.NOT_COVERED: 1})
    }


def test_a_changed_intent_is_proposed_again(bench: Bench, small: Small, rita: Account, anna: Account) -> None:
    _approved(bench, small, rita, anna, {"keeping": [small.passage("Keep the vials")], "price": []})
    write_lines(
        small.folder / "intents" / "some.jsonl", MISSED, RASH, {**KEEPING, "version": "1.1"},
        {**PRICE, "version": "2.0", "asks": "What it costs the hospital"},
    )  # fmt: skip
    standing = _standing(bench)
    assert (standing["keeping"], standing["price"]) == (Standing.AGAIN, Standing.AGAIN)
    [document] = small.corpus.documents.values()
    # Other words for the same question stand until they are read; another question does not.
    assert {p.intent for p in document.phrasings} == {"", "keeping"}
    assert {g.intent for g in document.gaps} == {""}
    bench.onboarding.mark(rita, "made-up", {"price": []})
    assert _standing(bench)["price"] == Standing.MARKED


def test_what_is_plain_is_accepted_at_once(bench: Bench, small: Small, rita: Account) -> None:
    likely = {row.intent.id: row.proposal.likely for row in bench.onboarding.rows("made-up")}
    edge = (likely["keeping"] + likely["price"]) / 2
    assert bench.onboarding.accept(rita, "made-up", "storage", edge, edge) == 1
    assert bench.onboarding.accept(rita, "made-up", "pack", edge, edge) == 1
    rows = {row.intent.id: row for row in bench.onboarding.rows("made-up")}
    assert rows["keeping"].decided == (small.passage("Keep the vials"),)
    assert rows["price"].decided == ()
    assert rows["rash"].standing == Standing.OPEN


def test_what_cannot_be_decided_is_refused(bench: Bench, small: Small, rita: Account) -> None:
    with pytest.raises(StaffError, match="Nothing is decided yet"):
        bench.onboarding.submit(rita, "made-up", "too soon")
    with pytest.raises(StaffError, match="'made-up:gone' is no passage of 'made-up'"):
        bench.onboarding.mark(rita, "made-up", {"rash": ["made-up:gone"]})
    with pytest.raises(StaffError, match="'no-such' is no intent"):
        bench.onboarding.mark(rita, "made-up", {"no-such": []})
    with pytest.raises(StaffError, match="There is no monograph 'other'"):
        bench.onboarding.rows("other")
    one = {"intent": "rash", "asks": RASH["asks"], "version": "0.9", "passages": []}
    with pytest.raises(StaffError, match="'rash' was changed meanwhile"):
        proposed(bench.changes, rita, small, Kind.ONBOARDING, document="made-up", decided=[one])


def test_a_decision_takes_the_place_of_an_earlier_one() -> None:
    one = {"intent": "rash", "asks": "A rash", "version": "1.0"}
    text = with_decided("", [{**one, "passages": ["p:2", "p:1"]}, {**one, "intent": "nausea", "passages": []}])
    assert [json.loads(line)["passage"] for line in text.splitlines()] == [NOT_COVERED, "p:2", "p:1"]
    changed = with_decided(text, [{**one, "passages": []}])
    assert [json.loads(line)["passage"] for line in changed.splitlines()] == [NOT_COVERED, NOT_COVERED]
    assert with_decided(changed, [{**one, "passages": []}]) == changed


def test_a_wording_of_an_intent_is_not_taken_away_by_itself(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    keep = small.passage("Keep the vials")
    _approved(bench, small, rita, anna, {"keeping": [keep]})
    with pytest.raises(StaffError, match="is not attached to that passage"):
        proposed(bench.changes, rita, small, Kind.DETACH, passage=keep, q="keep away from light")


def test_a_new_text_opens_what_its_lost_passages_answered(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    keep, rash = small.passage("Keep the vials"), small.passage("Rash")
    _approved(bench, small, rita, anna, {"keeping": [keep], "rash": [rash], "price": []})
    text = BODY.replace("Keep the vials in a cold place", "Store the vials in a fridge")
    update = update_of(small.corpus, "made-up", text, small.encoder)
    assert [dangling.question for dangling in update.phrasings] == []
    content = {"document": "made-up", "text": text, **DATES, "reattach": [], "instructions": [], "suites": []}
    applied(bench.changes, rita, anna, small, Kind.MONOGRAPH, **content)
    assert small.corpus.problems == ()
    standing = _standing(bench)
    assert (standing["keeping"], standing["rash"], standing["price"]) == ("open", "answered", NOT_COVERED)


def test_sections_are_known_by_headings_and_by_how_a_paragraph_begins(small: Small) -> None:
    kinds = read_section_kinds(CORPUS / "section_kinds" / "en.jsonl")
    [document] = small.corpus.documents.values()
    found = section_kinds(document, kinds)
    assert found[small.passage("Keep the vials")] == {"storage"}
    assert found[small.passage("Rash")] == {"effects"}


def test_the_model_that_ships_has_a_weight_for_each_figure() -> None:
    model = read_model()
    assert model.weights.shape == (2, 10)
    assert (model.weights[:, :2] > 0).all()


def test_the_page_reads_back_its_table(bench: Bench, small: Small, rita: Account) -> None:
    bench.onboarding.mark(rita, "made-up", {"price": []})
    rows = bench.onboarding.rows("made-up")
    cells = {row.intent.id: row_cells(row, small.corpus) for row in rows}
    assert cells["price"][4] == NOT_COVERED
    cells["rash"][4] = f"{small.passage('Rash')}; {small.passage('Nausea')}"
    decided = decided_of(list(cells.values()))
    assert decided == {"price": (), "rash": [small.passage("Rash"), small.passage("Nausea")]}
    with pytest.raises(StaffError, match="Nothing is decided in the table"):
        decided_of([cells["keeping"]])
    told = progress_markup("made-up", Counter(row.standing for row in rows))
    assert "0 of 4 approved. 3 open, 1 marked." in told
    assert "<td>made-up</td>" in coverage_markup(bench.onboarding.coverage())


def test_the_command_proposes_and_writes_the_matrix(
    bench: Bench, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("staff.commands.context.load_encoder", lambda *_: small.encoder)
    monkeypatch.setattr("staff.commands.context.getpass.getpass", lambda _: PASSWORD)
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    where = ["--staff", str(bench.state.folder), "--corpus", str(small.folder), "--index", str(tmp_path / "index")]
    assert main(["onboard", "made-up", "--intent", "price", "--propose", "not told", "--as", "rita", *where]) == 0
    told = capsys.readouterr().out
    assert "1 marked\nchange 1 waits for a second person" in told
    assert "made-up: 3 open, 1 waits" in told
    assert main(["onboard", *where]) == 0
    assert "made-up" in capsys.readouterr().out
    assert main(["onboard", "--matrix", str(tmp_path / "m.csv"), *where]) == 0
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        assert next(iter(csv.reader(file))) == ["intent", "asks", "made-up"]
    assert main(["onboard", "made-up", "--accept", "0.9", *where]) == 2


def _standing(bench: Bench) -> dict[str, str]:
    return {row.intent.id: row.standing.value for row in bench.onboarding.rows("made-up")}


def _approved(bench: Bench, small: Small, rita: Account, anna: Account, decided: dict[str, list[str]]) -> None:
    bench.onboarding.mark(rita, "made-up", decided)
    change = bench.onboarding.submit(rita, "made-up", "the first hour")
    bench.changes.keep_trial(change.id, {})
    bench.changes.approve(anna, change.id)
    assert edited_files(change.kind, change.content, small.folder).keys() == {"onboarding/made-up.jsonl"}
    bench.changes.write_approved(small.folder)


@pytest.mark.browser
def test_a_reviewer_onboards_on_the_page(browser: Browser, bench: Bench, anna: Account) -> None:
    with serving(bench) as served:
        rita = signed_in(browser, served.address, "rita")
        tab(rita, "Onboard")
        rita.locator("#onboard-show").click()
        expect(rita.locator("#onboard-progress")).to_contain_text("made-up: 0 of 4 approved", timeout=PATIENCE)
        expect(rita.locator("#onboard-rows")).to_contain_text("Where to keep the vials", timeout=PATIENCE)
        rita.locator("#onboard-below input[type=number]").fill("0.5")
        rita.locator("#onboard-accept").click()
        expect(rita.locator("#onboard-said")).to_contain_text("proposals are accepted", timeout=PATIENCE)
        rita.locator("#onboard-reason").locator("textarea, input").fill("the first hour")
        rita.locator("#onboard-propose").click()
        expect(rita.locator("#changes")).to_contain_text("the first hour", timeout=PATIENCE)
        [change] = bench.changes.listed()
        assert change.kind == Kind.ONBOARDING
        # Once it is approved, what is decided makes a suite of the medicine's own.
        expect(rita.locator("#fix-said")).to_contain_text("Change 1 mends", timeout=PATIENCE)
        bench.changes.approve(anna, change.id)
        bench.changes.write_approved(bench.corpus)
        tab(rita, "Onboard")
        rita.locator("#onboard-reason").locator("textarea, input").fill("its gates")
        settled(rita)
        rita.locator("#onboard-suite").click()
        expect(rita.locator("#changes")).to_contain_text("its gates", timeout=PATIENCE)
        [_, suite] = bench.changes.listed()
        assert (suite.kind, suite.content["name"]) == (Kind.SUITE, "made-up")
        assert '"id": "intent-' in suite.content["text"]
        tab(rita, "Onboard")
        rita.locator("#onboard-report").click()
        expect(rita.locator("#onboard-coverage")).to_contain_text("made-up", timeout=PATIENCE)
