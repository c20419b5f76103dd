"""Notices of all, of one locale and of one language: each is a change like any other, on the page and by command."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.contacts import Contact
from assistant.notices import WRITTEN, NoticeName, locales, notice_files, read_languages, read_notice, read_notices
from retrieval.errors import CorpusError
from staff.__main__ import main
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Changes, Status
from staff.errors import StaffError
from staff.state import State
from tests.conftest import CORPUS
from tests.staff.conftest import PASSWORD, applied, proposed
from tests.staff.made_up import DATES, Small
from tests.staff.serving import serving, settled, signed_in, tab
from tests.web.conftest import PATIENCE

LOST = 'Call 911 now, or text "help" to 988.'


def test_every_notice_of_the_corpus_has_its_place() -> None:
    folder = CORPUS / "notices"
    places = notice_files(folder)
    assert {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.md")} < set(places)
    assert len([place for place in places if place.startswith("locales/")]) == len(WRITTEN) * len(locales(folder))
    for place in places:
        read_notice(folder, place)
    ours = read_notice(folder, "locales/us/abstain")
    assert ours == read_notice(folder, "abstain")
    assert read_notice(folder, "locales/us/crisis") == read_notices(folder, "us")[NoticeName.CRISIS]
    assert read_notice(folder, "languages/crisis/es").language == "es"


def test_a_locales_notice_changes_with_its_numbers_and_no_other(
    changes: Changes, rita: Account, anna: Account, small: Small
) -> None:
    folder = small.folder / "notices"
    before = {place: path.read_bytes() for place, path in notice_files(folder).items()}
    contacts = ["Lifeline: 988", "Emergency services: 911"]
    applied(
        changes, rita, anna, small, Kind.NOTICE, name="locales/us/crisis", text=LOST, contacts=contacts, **DATES
    )  # fmt: skip
    found = read_notices(folder, "us")[NoticeName.CRISIS]
    assert (found.text, found.version) == (LOST, "2")
    assert found.contacts == (Contact("Lifeline", "988"), Contact("Emergency services", "911"))
    after = {place: path.read_bytes() for place, path in notice_files(folder).items()}
    assert {place for place in after if after[place] != before[place]} == {"locales/us/crisis"}


def test_a_locale_gets_words_of_its_own_where_it_had_those_of_all(
    changes: Changes, rita: Account, anna: Account, small: Small
) -> None:
    folder = small.folder / "notices"
    ours = folder.joinpath("abstain.md").read_bytes()
    topic_text = "It says nothing of {topic}. Ask your GP."
    words = {"text": "Ask your GP.", "contacts": [], "topic_text": topic_text, **DATES}
    applied(changes, rita, anna, small, Kind.NOTICE, name="locales/uk/abstain", **words)
    found = read_notices(folder, "uk")[NoticeName.ABSTAIN]
    assert (found.text, found.topic_wording, found.contacts) == ("Ask your GP.", topic_text, ())
    assert "contacts" not in small.text("notices/locales/uk/abstain.md")
    assert folder.joinpath("abstain.md").read_bytes() == ours
    assert read_notices(folder, "eu")[NoticeName.ABSTAIN].text != "Ask your GP."


def test_a_card_in_another_language_changes(changes: Changes, rita: Account, anna: Account, small: Small) -> None:
    applied(changes, rita, anna, small, Kind.NOTICE, name="languages/crisis/es", text="Llame ahora.", **DATES)
    found = read_languages(small.folder / "notices", NoticeName.CRISIS)["es"]
    assert (found.text, found.languages[:2]) == ("Llame ahora.", ("es", "gl"))


def test_what_cannot_be_shown_in_a_locale_fails_the_trial_of_every_service(
    bench: Bench, rita: Account, small: Small
) -> None:
    for name in ("locales/xx/crisis", "locales/us/none", "languages/crisis/xx"):
        with pytest.raises(StaffError, match=f"'{name}' is no notice that can be edited"):
            proposed(bench.changes, rita, small, Kind.NOTICE, name=name, text="x", **DATES)
    # This bench is of the default locale. The number that is linked must stand in the words all the same.
    change = proposed(bench.changes, rita, small, Kind.NOTICE, name="locales/us/crisis", text="Call 911.", **DATES)
    with pytest.raises(CorpusError, match="the text does not say 988"):
        bench.trials.run(change.id)
    assert bench.changes.get(change.id).trial is None


def test_a_locales_notice_by_command(
    state: State, rita: Account, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    words = tmp_path / "crisis.txt"
    words.write_text(LOST, "utf-8")
    given = ["name=locales/us/crisis", f"text=@{words}", "contacts=Lifeline: 988, Emergency services: 911"]
    where = ["--staff", str(state.folder), "--corpus", str(small.folder)]
    dates = [f"{key}={value}" for key, value in DATES.items()]
    assert main(["propose", "notice", *given, *dates, "--as", rita.name, "--reason", "a shorter card", *where]) == 0
    [change] = Changes(state).listed(Status.PENDING)
    assert (change.content["name"], change.content["text"]) == ("locales/us/crisis", LOST)
    assert change.content["contacts"] == ["Lifeline: 988", "Emergency services: 911"]


@pytest.mark.browser
def test_a_locales_notice_on_the_page(browser: Browser, bench: Bench, small: Small) -> None:
    with serving(bench) as served:
        page = signed_in(browser, served.address, "rita")
        tab(page, "Fix")
        page.locator("#kind").get_by_label("edit a notice").check()
        page.locator("#fix-name input").fill("crisis, locale us")
        page.get_by_role("option", name="crisis, locale us").click()
        ours = read_notice(small.folder / "notices", "locales/us/crisis")
        expect(page.locator("#fix-text textarea")).to_have_value(ours.wording, timeout=PATIENCE)
        expect(page.locator("#fix-contacts").locator("input, textarea")).to_have_value(
            "Suicide and Crisis Lifeline: 988, Emergency services: 911"
        )
        expect(page.locator("#fix-version")).to_contain_text(f"now {ours.version}, review by {ours.review_by}")
        page.locator("#fix-text textarea").fill(LOST)
        for name, text in (("version", "2"), ("review", "2030-01-01"), ("reason", "a shorter card")):
            page.locator(f"#fix-{name}").locator("input, textarea").fill(text)
        settled(page)
        page.locator("#propose").click()
        expect(page.locator("#fix-said")).to_contain_text("Change 1 mends 0 and breaks 0", timeout=PATIENCE)
        expect(page.locator("#changes")).to_contain_text("notices/locales/us/crisis.md")
        [change] = bench.changes.listed(Status.PENDING)
        assert change.content["contacts"] == ["Suicide and Crisis Lifeline: 988", "Emergency services: 911"]
