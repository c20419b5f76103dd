"""Suites on the page: a table with errors, results in words, a test saved from the Ask tab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answer import Decision
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Status
from staff.unanswered import Signal, Unanswered
from tests.staff.made_up import Small
from tests.staff.serving import Served, serving, settled, signed_in, tab
from tests.web.conftest import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    with serving(bench) as running:
        yield running


def fill(page: Page, name: str, text: str) -> None:
    page.locator(f"#{name}").locator("input, textarea").fill(text)


def test_a_table_tells_all_its_errors_and_results_are_in_words(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Suites")
    rita.get_by_role("button", name="Take in a suite from a table").click()
    bad = tmp_path / "asked.csv"
    bad.write_text("question;expected passage;ward\n;made-up:none;3\n", "utf-8")
    rita.locator("#import-file input[type=file]").set_input_files(bad)
    told = rita.locator("#import-said")
    expect(told).to_contain_text("asked.csv cannot be used.", timeout=PATIENCE)
    expect(told).to_contain_text("'made-up:none' is no passage that can be shown")
    expect(told.locator("tbody tr")).to_have_count(2)
    assert str(tmp_path) not in told.inner_text()

    rita.locator("#which").get_by_label("all").check()
    results = rita.locator("#results")
    expect(results).to_contain_text("Keep the vials in a cold place away from light.", timeout=PATIENCE)
    expect(results.locator("th").nth(4)).to_have_text("expected")


def test_what_is_on_the_screen_is_saved_as_a_test(browser: Browser, served: Served, bench: Bench, small: Small) -> None:
    rita = signed_in(browser, served.address, "rita")
    rita.locator("#inspect-question textarea").fill("does the skin go red\nhow many minutes does the drip run")
    settled(rita)
    rita.locator("#inspect").click()
    expect(rita.locator("#in-live")).to_contain_text("Why", timeout=PATIENCE)
    rita.get_by_role("button", name="Save what the draft shows as a test").click()
    expect(rita.locator("#test-kind input")).to_have_value("answerable", timeout=PATIENCE)
    expect(rita.locator("#test-suite input")).to_have_value("made-up")
    expect(rita.locator("#test-passages")).to_contain_text("Infusion: It is given slowly")
    fill(rita, "test-reason", "asked at the desk")
    settled(rita)
    rita.locator("#propose-test").click()
    expect(rita.locator("#fix-said")).to_contain_text("Change 1 mends 0 and breaks 0 of 4", timeout=PATIENCE)
    (change,) = bench.changes.listed(Status.PENDING)
    first, last = change.content["turns"]
    assert (change.kind, change.content["name"]) == (Kind.TEST, "made-up")
    assert (first["text"], first["unsure"], first["gold"]) == ("does the skin go red", True, [small.passage("Rash")])
    assert (last["text"], last["decisions"]) == ("how many minutes does the drip run", ["answer"])
    assert last["gold"] == [small.passage("Infusion")]


def test_many_lines_are_previewed_ticked_and_tried_once(
    browser: Browser, served: Served, bench: Bench, small: Small, tmp_path: Path
) -> None:
    Unanswered(bench.state).share(Signal.NOT_ANSWERED, Decision.ABSTAIN, text="does the skin on my arms go red")
    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Fix")
    rita.get_by_role("button", name="Many at once").click()
    lines = tmp_path / "lines.csv"
    lines.write_text(f"question,passage\nfridge or freezer,{small.passage('Keep')}\nwhy,made-up:none\n", "utf-8")
    rita.locator("#many-file input[type=file]").set_input_files(lines)
    expect(rita.locator("#many-told")).to_contain_text("1 lines can be taken, 1 cannot.", timeout=PATIENCE)
    expect(rita.locator("#many-lines")).to_contain_text("NOT TAKEN: 'made-up:none' is no passage")
    first = rita.locator("#many-lines").get_by_role("row", name="fridge or freezer").get_by_role("checkbox")
    expect(first).to_be_checked()
    settled(rita)
    rita.locator("#tick-none").click()
    expect(first).not_to_be_checked(timeout=PATIENCE)
    fill(rita, "many-reason", "asked on the ward")
    settled(rita)
    rita.locator("#propose-many").click()
    expect(rita.get_by_text("Tick a line first.")).to_be_visible(timeout=PATIENCE)
    settled(rita)
    rita.locator("#tick-all").click()
    expect(first).to_be_checked(timeout=PATIENCE)
    settled(rita)
    rita.locator("#propose-many").click()
    expect(rita.locator("#fix-said")).to_contain_text("Change 1 mends 1 and breaks 0 of 3", timeout=PATIENCE)
    (change,) = bench.changes.listed(Status.PENDING)
    assert change.content["phrasings"] == [{"passage": small.passage("Keep"), "q": "fridge or freezer"}]

    rita.locator("#many-passage input").click()
    rita.get_by_role("option", name="Side effects: - Rash").click()
    settled(rita)
    rita.locator("#suggest").click()
    expect(rita.locator("#many-told")).to_contain_text("1 wordings.", timeout=PATIENCE)
    expect(rita.locator("#many-lines")).to_contain_text("shared by a patient, 0.")
