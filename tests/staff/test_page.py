"""What staff do on their page beside the story: shared questions, new versions, tables, words that go live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from retrieval.convert import convert
from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.changes import Status
from staff.suites import read_suite, read_suites
from staff.table_files import FORMATS
from staff.unanswered import Count, Signal, Unanswered
from tests.staff.conftest import Shot, released
from tests.staff.documents import docx, html, pdf
from tests.staff.made_up import BODY, Small
from tests.staff.serving import Served, ask_patient, serving, settled, signed_in, tab
from tests.web.conftest import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    with serving(bench) as running:
        yield running


def test_a_question_that_a_patient_shares_is_one_click_from_a_fix(
    browser: Browser, served: Served, bench: Bench, shot: Shot
) -> None:
    patient = browser.new_page(viewport={"width": 900, "height": 900})
    patient.goto(served.address)
    answer = ask_patient(patient, "fridge or freezer for Zebedee 07700900123")
    share = answer.get_by_role("button", name="Share this question")
    shot(patient, "share")
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
    shot(rita, "missing")
    cluster.get_by_role("button", name="Not covered").click()
    # A line of the corpus has no masks.
    expect(rita.locator("#fix-q").locator("input, textarea")).to_have_value("fridge or freezer", timeout=PATIENCE)
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


NEW = BODY.replace("over 60 minutes", "over 90 minutes")


def dropped_in(page: Page, path: Path, data: bytes, text: str, markdown: str) -> None:
    """A file is dropped in: the words of the original and what the converter made of them stand side by side."""
    path.write_bytes(data)
    if page.locator("#monograph-file").get_by_label("Clear").count():
        page.locator("#monograph-file").get_by_label("Clear").click()
    page.locator("#monograph-file input[type=file]").set_input_files(path)
    expect(page.locator("#markdown textarea")).to_have_value(markdown, timeout=PATIENCE)
    words = [line.lstrip("#- ") for line in text.split("\n") if line]
    original = page.locator("#original .original").inner_text().split("\n")
    assert [line.lstrip("#- ") for line in original if line.strip()] == words


def test_a_new_version_is_read_beside_its_original_compared_and_proposed(
    browser: Browser, served: Served, bench: Bench, small: Small, tmp_path: Path, shot: Shot
) -> None:
    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Monograph")
    first, second, third = (NEW.replace("90", minutes) for minutes in ("70", "75", "80"))
    dropped_in(rita, tmp_path / "new.md", first.encode(), first, first)
    expect(rita.locator("#remarks")).to_have_text("")
    dropped_in(rita, tmp_path / "new.html", html(second), second, second)
    # A PDF has no marks: short lines above sentences are taken for headings, and said.
    unmarked = convert("new.pdf", pdf(third)).markdown
    assert [line.lstrip("# ") for line in unmarked.split("\n") if line] == [
        line.lstrip("#- ") for line in third.split("\n") if line
    ]
    dropped_in(rita, tmp_path / "new.pdf", pdf(third), unmarked.replace("#", ""), unmarked)
    expect(rita.locator("#remarks")).to_contain_text("A PDF says where letters stand")
    shot(rita, "pdf")
    dropped_in(rita, tmp_path / "made-up-2.docx", docx(NEW), NEW, NEW)
    rita.locator("#compare").click()
    expect(rita.locator("#update")).to_contain_text("made-up/s1/0", timeout=PATIENCE)
    expect(rita.locator("#dangling")).to_contain_text("how many minutes does the drip run", timeout=PATIENCE)
    shot(rita, "monograph")
    for place, text in (
        ("version", "2"),
        ("effective", "2026-09-01"),
        ("review", "2030-09-01"),
        ("reason", "new data"),
    ):
        rita.locator(f"#new-{place}").locator("input, textarea").fill(text)
    rita.locator("#labels-follow input").check()
    settled(rita)
    rita.locator("#propose-monograph").click()
    expect(rita.locator("#monograph-said")).to_contain_text("Change 1 is pending", timeout=PATIENCE)
    expect(rita.locator("#fix-said")).to_contain_text("Change 1 mends 0 and breaks 0 of 3", timeout=PATIENCE)
    expect(rita.locator("#changes pre.diff")).to_contain_text("+- Infusion: It is given slowly through a drip over 90")
    (change,) = bench.changes.listed(Status.PENDING)
    assert (change.kind, change.content["text"], change.content["version"]) == (Kind.MONOGRAPH, NEW, "2")
    old = small.passage("Infusion")
    (moved,) = change.content["reattach"]
    assert (moved["passage"], moved["q"]) == (old, "how many minutes does the drip run")
    assert moved["to"].startswith("made-up:infusion-it-is-")
    assert change.content["suites"] == [{"passage": old, "to": moved["to"]}]


def test_a_suite_goes_out_as_a_table_and_comes_in_again(
    browser: Browser, served: Served, bench: Bench, small: Small, tmp_path: Path
) -> None:
    (suite,) = read_suites(small.folder / "suites")
    rita = signed_in(browser, served.address, "rita")
    tab(rita, "Suites")
    rita.get_by_role("button", name="Take in a suite from a table").click()
    for number, suffix in enumerate(FORMATS, 1):
        with rita.expect_download(timeout=PATIENCE) as download:
            rita.locator(f'#tables a[href$="suites/made-up{suffix}"]').click()
        table = tmp_path / f"made-up{suffix}"
        download.value.save_as(table)
        if number > 1:
            rita.locator("#import-file").get_by_label("Clear").click()
        rita.locator("#import-file input[type=file]").set_input_files(table)
        expect(rita.locator("#import-file")).to_contain_text(suffix, timeout=PATIENCE)
        name = f"again-{suffix[1:]}"
        for place, text in (("name", name), ("reason", "asked on the phone")):
            rita.locator(f"#import-{place}").locator("input, textarea").fill(text)
        settled(rita)
        rita.locator("#import-suite").click()
        expect(rita.locator("#import-proposed")).to_contain_text(
            f"Change {number} is pending: {name}, 3 conversations.", timeout=PATIENCE
        )
        expect(rita.locator("#fix-said")).to_contain_text(f"Change {number} mends 0 and breaks 0", timeout=PATIENCE)
        path = tmp_path / f"{name}.jsonl"
        path.write_text(bench.changes.get(number).content["text"], "utf-8")
        assert read_suite(path).questions == suite.questions
        tab(rita, "Suites")


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
    browser: Browser, served: Served, shot: Shot
) -> None:
    rita = signed_in(browser, served.address, "rita", viewport={"width": 390, "height": 844}, color_scheme="dark")
    rita.locator("#inspect-question textarea").fill("does the skin go red")
    rita.locator("#inspect").click()
    expect(rita.locator("#in-live")).to_contain_text("Why", timeout=PATIENCE)
    for name in ("Ask", "Suites", "Fix", "Releases"):
        if rita.get_by_role("tab", name=name, exact=True).is_visible():
            tab(rita, name)
        if name in ("Ask", "Fix"):
            shot(rita, f"phone-{name.lower()}", whole=False)
        wide = rita.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name


def test_no_tab_can_be_chosen_before_the_page_listens(browser: Browser, served: Served) -> None:
    rita = signed_in(browser, served.address, "rita")
    held: list[Route] = []
    listening = False

    def hold(route: Route) -> None:
        if listening:
            route.continue_()
        else:
            held.append(route)

    rita.route("**/run/predict*", hold)
    with rita.expect_request("**/run/predict*"):
        rita.reload()
    tabs = rita.get_by_role("tablist").first
    expect(tabs).to_have_css("pointer-events", "none")
    listening = True
    for route in held:
        route.continue_()
    expect(tabs).to_have_css("pointer-events", "auto", timeout=PATIENCE)
    tab(rita, "Suites")
    expect(rita.get_by_role("tab", name="Suites")).to_have_attribute("aria-selected", "true")
