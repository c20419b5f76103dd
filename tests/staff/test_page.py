"""What staff do on their page beside the story: shared questions, new versions, tables, words that go live."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from staff.accounts import Account
from staff.bench import Bench
from staff.changes import Status
from staff.kinds import Kind
from staff.unanswered import Count, Signal, Unanswered
from tests.conftest import ROOT
from tests.staff.conftest import released
from tests.staff.made_up import BODY, Small
from tests.staff.serving import Served, ask_patient, serving, signed_in, tab
from tests.web.conftest import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    with serving(bench) as running:
        yield running


def test_a_question_that_a_patient_shares_is_one_click_from_a_fix(
    browser: Browser, served: Served, bench: Bench, request: pytest.FixtureRequest
) -> None:
    patient = browser.new_page(viewport={"width": 900, "height": 900})
    patient.goto(served.address)
    answer = ask_patient(patient, "fridge or freezer for Zebedee 07700900123")
    share = answer.get_by_role("button", name="Share this question")
    if request.config.getoption("--update-golden"):
        patient.screenshot(path=ROOT / "docs" / "screenshots" / "staff-share.png")
    share.click()
    expect(answer.get_by_text("Thank you. Your question is shared.")).to_be_visible()
    # An answer offers it only to who says no.
    answer = ask_patient(patient, "how many minutes does the drip run")
    expect(answer.get_by_role("button", name="Share this question")).to_be_hidden()
    answer.get_by_role("button", name="No", exact=True).click()
    expect(answer.get_by_role("button", name="Share this question")).to_be_visible()

    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Not found")
    rita.locator("#show-missing").click()
    expect(rita.locator("#counts")).to_contain_text("thumbs down", timeout=PATIENCE)
    cluster = rita.locator(".cluster")
    expect(cluster).to_contain_text("fridge or freezer for [name] [phone]", timeout=PATIENCE)
    if request.config.getoption("--update-golden"):
        rita.screenshot(path=ROOT / "docs" / "screenshots" / "staff-missing.png", full_page=True)
    cluster.get_by_role("button", name="Not covered").click()
    expect(rita.locator("#fix-q").locator("input, textarea")).to_have_value(
        "fridge or freezer for [name] [phone]", timeout=PATIENCE
    )
    expect(rita.get_by_label("mark as not covered")).to_be_checked()
    tab(rita, "Not found")
    cluster.get_by_role("button", name="Attach phrasing").click()
    expect(rita.get_by_label("attach a phrasing to a passage")).to_be_checked(timeout=PATIENCE)
    tab(rita, "Not found")
    cluster.get_by_role("button", name="Done, delete").click()
    expect(cluster).to_have_count(0, timeout=PATIENCE)
    unanswered = Unanswered(bench.state)
    assert unanswered.shared() == ()
    assert [(c.signal, c.decision, c.count) for c in unanswered.counts()] == [
        (Signal.NOT_ANSWERED, "abstain", 1),
        (Signal.THUMBS_DOWN, "answer", 1),
    ]
    assert all(isinstance(count, Count) for count in unanswered.counts())


def test_a_new_version_is_read_beside_its_original_compared_and_proposed(
    browser: Browser, served: Served, bench: Bench, small: Small, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    new = tmp_path / "made-up-2.html"
    body = BODY.replace("over 60 minutes", "over 90 minutes")
    html = "".join(
        f"<h2>{line[3:]}</h2>" if line.startswith("## ") else f"<ul><li>{line[2:]}</li></ul>" if line[:2] == "- " else
        f"<p>{line}</p>" for line in body.splitlines() if line
    )  # fmt: skip
    new.write_text(html.replace("</ul><ul>", ""), "utf-8")
    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Monograph")
    rita.locator("#monograph-file input[type=file]").set_input_files(new)
    expect(rita.locator("#original")).to_contain_text("over 90 minutes", timeout=PATIENCE)
    expect(rita.locator("#markdown textarea")).to_have_value(body, timeout=PATIENCE)
    rita.locator("#compare").click()
    expect(rita.locator("#update")).to_contain_text("made-up/s1/0", timeout=PATIENCE)
    expect(rita.locator("#dangling")).to_contain_text("how many minutes does the drip run", timeout=PATIENCE)
    if request.config.getoption("--update-golden"):
        rita.screenshot(path=ROOT / "docs" / "screenshots" / "staff-monograph.png", full_page=True)
    for place, text in (
        ("version", "2"),
        ("effective", "2026-09-01"),
        ("review", "2030-09-01"),
        ("reason", "new data"),
    ):
        rita.locator(f"#new-{place}").locator("input, textarea").fill(text)
    rita.locator("#propose-monograph").click()
    expect(rita.locator("#monograph-said")).to_contain_text("Change 1 is pending", timeout=PATIENCE)
    (change,) = bench.changes.listed(Status.PENDING)
    assert (change.kind, change.content["text"], change.content["version"]) == (Kind.MONOGRAPH, body, "2")
    old = small.passage("Infusion")
    (moved,) = change.content["reattach"]
    assert (moved["passage"], moved["q"]) == (old, "how many minutes does the drip run")
    assert moved["to"].startswith("made-up:infusion-it-is-")
    assert change.content["suites"] == [{"passage": old, "to": moved["to"]}]


def test_a_suite_comes_in_from_a_spreadsheet(
    browser: Browser, served: Served, bench: Bench, small: Small, tmp_path: Path
) -> None:
    table = tmp_path / "questions.csv"
    with table.open("w", newline="") as file:
        rows = [["question", "expected passage"], ["fridge or freezer", small.passage("Keep")]]
        csv.writer(file).writerows(rows)
    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Suites")
    rita.get_by_role("button", name="Take in a suite from a table").click()
    rita.locator("#import-file input[type=file]").set_input_files(table)
    expect(rita.locator("#import-file")).to_contain_text("questions", timeout=PATIENCE)
    for place, text in (("name", "storage"), ("reason", "asked on the phone")):
        rita.locator(f"#import-{place}").locator("input, textarea").fill(text)
    rita.locator("#import-suite").click()
    expect(rita.locator("#import-said")).to_contain_text("Change 1 is pending: storage, 1", timeout=PATIENCE)
    assert bench.changes.get(1).content["name"] == "storage"
    assert small.passage("Keep") in bench.changes.get(1).content["text"]


def test_a_notice_that_goes_live_is_on_the_page_that_is_opened_next(
    served: Served, bench: Bench, small: Small, anna: Account
) -> None:
    emergency = small.folder / "notices" / "emergency.md"
    front, fence, _ = emergency.read_text("utf-8").rpartition("---\n")
    emergency.write_text(f"{front}{fence}Call for help first, always.\n", "utf-8")
    with served.client() as client:
        assert "Call for help first" not in client.get("/config").text
        released(bench, anna)
        served.staff.live.settle()
        assert "Call for help first" in client.get("/config").text


def test_on_a_phone_and_in_the_dark_nothing_is_wider_than_the_view(
    browser: Browser, served: Served, request: pytest.FixtureRequest
) -> None:
    rita = signed_in(browser, served.address, "rita", viewport={"width": 390, "height": 844}, color_scheme="dark")
    rita.locator("#inspect-question textarea").fill("does the skin go red")
    rita.locator("#inspect").click()
    expect(rita.locator("#in-live")).to_contain_text("Why", timeout=PATIENCE)
    for name in ("Ask", "Suites", "Fix", "Releases"):
        if rita.get_by_role("tab", name=name, exact=True).is_visible():
            tab(rita, name)
        if request.config.getoption("--update-golden") and name in ("Ask", "Fix"):
            rita.screenshot(path=ROOT / "docs" / "screenshots" / f"staff-phone-{name.lower()}.png")
        wide = rita.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name
