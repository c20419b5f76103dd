"""Notices: all there, approved, and refused when something is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.notices import IN_ENGLISH, WRITTEN, Direction, NoticeName, read_languages, read_notices
from retrieval.errors import CorpusError, SettingsError
from tests.conftest import CORPUS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CORPUS / "notices", tmp_path / "notices"))


def test_every_notice_is_there_with_words_and_dates() -> None:
    notices = read_notices(CORPUS / "notices")
    assert set(notices) == set(WRITTEN)
    for name, notice in notices.items():
        assert (name, bool(notice.text)) == (notice.name, True)
        assert notice.effective < notice.review_by
        assert (notice.language, notice.direction, notice.topic) == ("en", Direction.LEFT_TO_RIGHT, None)
        assert notice.contacts == ()


@pytest.mark.parametrize(
    ("locale", "urgent", "crisis"),
    [
        ("us", "911", {"Suicide and Crisis Lifeline": "988", "Emergency services": "911"}),
        ("uk", "999", {"Samaritans": "116 123", "NHS": "111", "Emergency services": "999"}),
        ("eu", "112", {"Emergency services": "112"}),
    ],
)
def test_a_locale_brings_its_numbers(locale: str, urgent: str, crisis: dict[str, str]) -> None:
    here, default = read_notices(CORPUS / "notices", locale), read_notices(CORPUS / "notices")

    def numbers(name: NoticeName) -> dict[str, str]:
        return {contact.label: contact.number for contact in here[name].contacts}

    assert numbers(NoticeName.URGENT) == numbers(NoticeName.EMERGENCY) == {"Emergency services": urgent}
    assert numbers(NoticeName.CRISIS) == crisis
    assert numbers(NoticeName.SOON)["Emergency services"] == urgent
    changed = {name for name in WRITTEN if here[name] != default[name]}
    assert changed == {NoticeName.URGENT, NoticeName.EMERGENCY, NoticeName.CRISIS, NoticeName.SOON}
    assert "local emergency number" not in "".join(here[name].text for name in changed)


def test_the_default_names_no_number() -> None:
    assert not any(
        c.isdigit() for n in read_notices(CORPUS / "notices").values() for c in n.text.replace("24-hour", "")
    )


def test_an_unknown_locale_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="No locale is called 'fr'. Use one of: default, eu, uk, us"):
        read_notices(CORPUS / "notices", "fr")


def test_a_locale_is_held_to_the_same_rules(folder: Path) -> None:
    path = folder / "locales" / "us" / "urgent.md"
    path.write_text(path.read_text("utf-8").replace("owner: Medical Information\n", ""), "utf-8")
    with pytest.raises(CorpusError, match="lacks 'owner'") as caught:
        read_notices(folder, "us")
    assert caught.value.path == path
    path.rename(path.with_name("urgnt.md"))
    with pytest.raises(CorpusError, match="no notice is called 'urgnt'"):
        read_notices(folder, "us")


def test_the_notice_in_other_languages(folder: Path) -> None:
    languages = read_languages(folder)
    written = {notice.language for notice in languages.values()}
    assert written >= set("es fr pt de it pl zh ar hi ru uk tr vi tl ko ja nl".split())
    assert {n.language for n in languages.values() if n.direction == Direction.RIGHT_TO_LEFT} == {"ar", "fa"}
    assert {notice.name for notice in languages.values()} == {NoticeName.ENGLISH_ONLY}
    assert languages["ca"] is languages["es"]
    path = folder / "languages" / "fr.md"
    path.write_text(path.read_text("utf-8").replace("languages: [fr, oc]", "languages: [fr, es]"), "utf-8")
    with pytest.raises(CorpusError, match="'es' has the notice es.md already"):
        read_languages(folder)
    path.write_text(path.read_text("utf-8").replace("languages: [fr, es]", "direction: up"), "utf-8")
    with pytest.raises(CorpusError, match="'up' is no direction. Use one of: ltr, rtl"):
        read_languages(folder)


@pytest.mark.parametrize("name", IN_ENGLISH)
def test_each_language_that_has_a_notice_has_the_cards(folder: Path, name: NoticeName) -> None:
    notes, cards = read_languages(folder), read_languages(folder, name)
    assert {code: card.language for code, card in cards.items()} == {c: n.language for c, n in notes.items()}
    assert all((card.name, card.direction) == (name, notes[code].direction) for code, card in cards.items())
    # What to do first stands in a paragraph of its own: the page pins that one.
    assert all(card.text.count("\n\n") == 1 for card in cards.values())


def test_a_wording_for_topics_names_the_topic(folder: Path) -> None:
    path = folder / "abstain.md"
    path.write_text(path.read_text("utf-8").replace("{topic}", "that"), "utf-8")
    with pytest.raises(CorpusError, match="the wording does not name the topic"):
        read_notices(folder)


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
    with pytest.raises(CorpusError, match="abstain.md:9: the notice has no text"):
        read_notices(folder)
    path.unlink()
    with pytest.raises(CorpusError, match="abstain.md:1: the notice is missing"):
        read_notices(folder)
    path.write_text(whole, "utf-8")
    (folder / "abstian.md").write_text(whole, "utf-8")
    with pytest.raises(CorpusError, match="no notice is called 'abstian'"):
        read_notices(folder)


def test_the_disclaimer_has_a_text_and_names_the_section_that_takes_its_place(folder: Path) -> None:
    path = folder / "disclaimer.md"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace("Legal Disclaimer", "The end"), "utf-8")
    with pytest.raises(CorpusError, match="does not name the section that takes its place"):
        read_notices(folder)
    path.write_text(whole[: whole.rindex("---") + 4], "utf-8")
    with pytest.raises(CorpusError, match="the notice has no text"):
        read_notices(folder)
