"""A second medicine from its leaflet to live: uploaded, completed, given a suite, tried, held by its gate, released."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answer import Decision
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Status
from staff.unanswered import Signal, Unanswered
from tests.staff.conftest import Shot, applied, released
from tests.staff.made_up import Small
from tests.staff.serving import Served, ask_patient, serving, settled, signed_in, tab
from tests.staff.test_medicines import LEAFLET
from tests.web.conftest import PATIENCE

pytestmark = pytest.mark.browser

ASKED = "what if i forget to take the next tablet"
FORM = {
    "title": "Zorva", "generic_name": "zorvanib", "version": "1.0", "effective": "2026-01-01",
    "review_by": "2030-01-01", "licence": "none",
}  # fmt: skip


@pytest.fixture
def served(bench: Bench, anna: Account) -> Iterator[Served]:
    released(bench, anna)
    with serving(bench) as running:
        yield running


def fill(page: Page, name: str, text: str) -> None:
    page.locator(f"#{name}").locator("input, textarea").fill(text)


def test_a_second_medicine_from_its_leaflet_to_live(
    browser: Browser,
    served: Served,
    bench: Bench,
    small: Small,
    rita: Account,
    anna: Account,
    tmp_path: Path,
    shot: Shot,
) -> None:
    Unanswered(bench.state).share(Signal.NOT_ANSWERED, Decision.ABSTAIN, text=ASKED)
    approver = signed_in(browser, served.address, "anna")
    page = signed_in(browser, served.address, "rita")
    tab(page, "New medicine")
    leaflet = tmp_path / "zorva.md"
    leaflet.write_text(LEAFLET, "utf-8")
    page.locator("#medicine-file input[type=file]").set_input_files(leaflet)
    text = page.locator("#medicine-text textarea")
    expect(text).to_have_value(LEAFLET, timeout=PATIENCE)
    expect(page.locator("#medicine-original .original")).to_contain_text("Swallow it whole.")

    # The lone short line is proposed, and marked when it is asked for.
    expect(page.locator("#medicine-headings")).to_contain_text("If you forget to take Zorva")
    settled(page)
    page.locator("#mark-headings").click()
    expect(text).to_have_value(LEAFLET.replace("If you forget", "### If you forget"), timeout=PATIENCE)
    expect(page.locator("#medicine-headings")).to_be_hidden()

    # All that is missing is told at once; what is known already stands there.
    settled(page)
    page.locator("#check-medicine").click()
    told = page.locator("#medicine-found")
    expect(told).to_contain_text("6 things are to be mended.", timeout=PATIENCE)
    expect(told.locator("tbody tr")).to_have_count(6)
    expect(page.locator("#medicine-document").locator("input, textarea")).to_have_value("zorva")
    for name, value in FORM.items():
        fill(page, f"medicine-{name}", value)
    settled(page)
    page.locator("#suggest-questions").click()
    expect(page.locator("#medicine-suite")).to_contain_text(ASKED, timeout=PATIENCE)
    settled(page)
    page.locator("#check-medicine").click()
    expect(told).to_contain_text("Nothing is wrong. It can be proposed.", timeout=PATIENCE)
    shot(page, "medicine")
    fill(page, "medicine-reason", "it comes to the ward in May")
    settled(page)
    page.locator("#propose-medicine").click()
    expect(page.locator("#fix-said")).to_contain_text("Change 1 mends 0 and breaks 0 of 4", timeout=PATIENCE)
    (change,) = bench.changes.listed(Status.PENDING)
    assert (change.kind, change.content["document"], change.author) == (Kind.MEDICINE, "zorva", "rita")
    assert change.content["original"]["name"] == "zorva.md"

    # A second person approves it, on a page that was open all the time; every menu then has it.
    tab(approver, "Fix")
    settled(approver)
    approver.locator("#look-again").click()
    expect(approver.locator("#changes")).to_contain_text("monographs/zorva.md", timeout=PATIENCE)
    settled(approver)
    approver.locator("#approve").click()
    expect(approver.locator("#fix-said")).to_contain_text("Change 1 is approved", timeout=PATIENCE)
    tab(approver, "Monograph")
    approver.locator("#monograph input").click()
    expect(approver.get_by_role("option", name="zorva")).to_be_visible(timeout=PATIENCE)
    approver.keyboard.press("Escape")
    tab(approver, "Onboard")
    approver.locator("#onboard-document input").click()
    expect(approver.get_by_role("option", name="zorva")).to_be_visible(timeout=PATIENCE)
    approver.keyboard.press("Escape")
    assert list(small.corpus.documents) == ["made-up", "zorva"]
    actions = [(r.who, r.action, r.subject) for r in bench.state.audit_records()]
    assert [a for a in actions if a[2] == "change 1"] == [
        ("rita", "change proposed", "change 1"),
        ("anna", "change approved", "change 1"),
        ("anna", "change written", "change 1"),
    ]

    # Its question must pass: while it does not, the gate holds the release.
    (zorva,) = (p.id for p in small.corpus.documents["zorva"].passages.showable() if p.text.startswith("Take the next"))
    turn = {"text": "one was missed", "kind": "answerable", "gold": [zorva], "also": [], "must_pass": True}
    applied(bench.changes, rita, anna, small, Kind.TEST, name="zorva", turns=[turn])
    assert [gate.name for gate in bench.releases.prepare(anna).failing] == ["must pass"]
    applied(bench.changes, rita, anna, small, Kind.PHRASING, passage=zorva, q="one was missed")
    # One measures, the other looks at it and signs.
    tab(page, "Releases")
    settled(page)
    page.locator("#measure").click()
    expect(page.locator("#release-said")).to_contain_text("waits for a signature", timeout=PATIENCE)
    tab(approver, "Releases")
    settled(approver)
    approver.locator("#release-look").click()
    expect(approver.locator("#release-said")).to_contain_text("waits for a signature", timeout=PATIENCE)
    settled(approver)
    approver.locator("#sign").click()
    expect(approver.locator("#release-said")).to_contain_text("is live.", timeout=PATIENCE)

    patient = browser.new_page()
    patient.goto(served.address)
    answer = ask_patient(patient, "zorva: one was missed")
    expect(answer).to_contain_text("Take the next tablet at its usual time. Never take two.")
