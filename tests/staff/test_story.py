"""The story of the staff bench, in browsers on the service as it runs: `python app.py --staff FOLDER`.

`pytest tests/staff/test_story.py --update-golden` takes the pictures of docs/staff-guide.md anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from retrieval.corpus import read_corpus
from retrieval.decision import read_decision
from staff.accounts import Account, Accounts, Role
from staff.bench import Bench, open_bench
from staff.change_kinds import Kind
from staff.changes import Status
from tests.staff.conftest import PASSWORD, Shot
from tests.staff.made_up import BODY, QUESTIONS, Small, write_corpus, write_lines
from tests.staff.serving import ask_patient, settled, signed_in, tab
from tests.web.conftest import MANY, PATIENCE, Server, running
from web.metrics import release

SUN, TABLETS = "can it go bad in the sun", "can tablets go bad in the sun"
"""Once the first is attached word for word, the second is so near to it that it is answered too. It should not be: no
tablets are made of this medicine. Neither is anywhere near to what is asked before."""
KNOWN = (
    "which shelf of the fridge is right",
    "how cold must the vials be",
    "where do I put the vials",
    "can light harm it",
)
"""A passage is found by its best three phrasings: with these, all that is asked here stands clear of the thresholds."""
STORAGE = "Keep the vials in a cold place away from light."


@pytest.fixture(scope="module")
def medicine(tmp_path_factory: pytest.TempPathFactory) -> Small:
    made = write_corpus(tmp_path_factory.mktemp("story") / "corpus")
    suite = [
        {"text": SUN, "kind": "answerable", "gold": [made.passage("Keep")], "also": []},
        {"text": TABLETS, "kind": "unanswerable", "gold": [], "also": [], "must_pass": True},
    ]
    write_lines(made.folder / "suites" / "sun.jsonl", *({"id": f"sun{n}", "turns": [t]} for n, t in enumerate(suite)))
    (made.folder / "suites" / "made-up.jsonl").unlink()
    write_lines(made.folder / "not_covered" / "any.jsonl", {"topic": "weather", "q": "is it sunny outside"})
    phrasings = [*((made.passage(p), q) for p, q in QUESTIONS), *((made.passage("Keep"), q) for q in KNOWN)]
    write_lines(made.folder / "questions" / "made-up.jsonl", *({"passage": p, "q": q} for p, q in phrasings))
    (made.folder / "suites" / "gates.yaml").write_text("at_most: {unanswerable answered: 0}\n", "utf-8")
    return made


@pytest.fixture(scope="module")
def bench(medicine: Small) -> Bench:
    """Opened beside the server: two processes work on one state."""
    opened = open_bench(medicine.folder.parent / "state", medicine.folder, medicine.encoder)
    for name, role in (("rita", Role.REVIEWER), ("anna", Role.APPROVER)):
        Accounts(opened.state).add(name, role, PASSWORD, "tests")
    return opened


@pytest.fixture(scope="module")
def server(bench: Bench, medicine: Small) -> Iterator[Server]:
    home = medicine.folder.parent
    flags = ["--corpus", str(medicine.folder), "--staff", str(bench.state.folder), "--questions", str(MANY)]
    with running(home / "index", home / "stderr.txt", *flags) as started:
        yield started


def says(place: Locator, words: str) -> None:
    expect(place).to_contain_text(words, timeout=PATIENCE)


def click(page: Page, button: str, place: str, words: str) -> None:
    settled(page)
    page.locator(button).click()
    says(page.locator(place), words)


def fill(page: Page, place: str, text: str) -> None:
    page.locator(place).locator("input, textarea").fill(text)


def propose(page: Page, kind: str, number: int, **fields: str) -> None:
    page.locator("#kind").get_by_label(kind).check()
    for name, text in fields.items():
        fill(page, f"#fix-{name}", text)
    click(page, "#propose", "#propose-said", f"Change {number} is pending")
    expect(page.locator("#change-number input")).to_have_value(f"Change {number}", timeout=PATIENCE)


def choose(page: Page, place: str, words: str) -> None:
    page.locator(f"{place} input").click()
    page.get_by_role("option", name=words).first.click()


@pytest.mark.browser
def test_the_story_from_a_failing_question_to_a_rollback(
    browser: Browser, server: Server, bench: Bench, medicine: Small, shot: Shot
) -> None:
    # The first release, so that there is something live to compare with and to go back to.
    rita = signed_in(browser, server.address, "rita")
    tab(rita, "Releases")
    click(rita, "#measure", "#release-said", "waits for a signature")
    # Whoever signs has it before their eyes, on a page that was opened afterwards too.
    anna = signed_in(browser, server.address, "anna")
    tab(anna, "Releases")
    says(anna.locator("#release-said"), "waits for a signature")
    click(anna, "#sign", "#release-said", "is live")
    first = bench.releases.live_id()
    assert first

    # A patient has the page open all the while.
    patient = browser.new_page(viewport={"width": 900, "height": 900})
    patient.goto(server.address)
    expect(ask_patient(patient, SUN)).not_to_contain_text(STORAGE)

    # A reviewer sees why, and finds the question failing.
    tab(rita, "Ask")
    rita.locator("#inspect-question textarea").fill(SUN)
    click(rita, "#inspect", "#in-live", "found, not shown")
    says(rita.locator("#in-live"), "Triage: no alarm (learned, urgent 0.")
    shot(rita, "inspect")
    rita.locator("#thresholds").get_by_role("button", name="What would be shown").click()
    settled(rita)  # what is drawn late would replace what is typed
    rita.locator("#related-from input").fill("0")
    rita.locator("#related-from input").press("Tab")
    settled(rita)
    expect(rita.locator("#unsure-from input")).to_have_value(f"{read_decision().point.unsure:.3g}")
    click(rita, "#what-if", "#in-live", "Live, at these thresholds related")
    says(rita.locator("#in-live .shown").filter(has_text=STORAGE), "score")
    shot(rita, "thresholds")
    tab(rita, "Suites")
    click(rita, "#run-suites", "#results", "not answered")
    says(rita.locator("#differences"), "still failing")
    shot(rita, "suites")

    # She attaches the phrasing. It mends the question, and breaks another one …
    rita.locator("#fix-miss").click()
    expect(rita.locator("#fix-q").locator("input, textarea")).to_have_value(SUN, timeout=PATIENCE)
    propose(rita, "attach a phrasing", 1, reason="patients ask where to keep it")
    says(rita.locator("#changes"), f'+{{"passage": "{medicine.passage("Keep")}", "q": "{SUN}"}}')
    says(rita.locator("#fix-said"), "Change 1 mends 1 and breaks 1 of 2 questions.")
    says(rita.locator("#fix-said tbody tr").first, "1 newly failing 1 newly passing")
    says(rita.locator("#fix-said tbody tr").last, "newly passing")
    shot(rita, "breaks")

    # … which she sees to as well.
    propose(rita, "mark as not covered", 2, q=TABLETS, topic="tablets", reason="there are no tablets of it")
    says(rita.locator("#fix-said"), "Change 2 mends 1 and breaks 0 of 2 questions.")
    shot(rita, "mends")
    rita.locator("#approve").click()
    expect(rita.get_by_text("'rita' is a reviewer: this needs an approver.").first).to_be_visible(timeout=PATIENCE)
    rita.get_by_role("button", name="Close", exact=True).click()
    tab(rita, "Suites")
    click(rita, "#run-suites", "#differences", "newly passing")
    says(rita.locator("#figures"), "1.000 (0.16–1.00), 2 of 2")
    says(rita.locator("#figures"), "Passed, by kind of question")
    shot(rita, "improved")

    # A second person approves both: the corpus has them, patients do not yet.
    tab(anna, "Fix")
    for number in (1, 2):
        anna.locator("#look-again").click()
        choose(anna, "#change-number", f"Change {number}")
        if number == 1:
            shot(anna, "approve")
        click(anna, "#approve", "#fix-said", f"Change {number} is approved and written to the corpus.")
    assert SUN in medicine.text("questions/made-up.jsonl")
    assert TABLETS in medicine.text("not_covered/made-up.jsonl")
    expect(ask_patient(patient, SUN)).not_to_contain_text(STORAGE)

    # One measures, the other looks at it and signs. The page that was open all the while shows the new answer.
    tab(anna, "Releases")
    anna.locator("#measure").click()
    says(anna.locator("#release-said"), "waits for a signature")
    anna.locator("#sign").click()
    expect(anna.get_by_text("'anna' measured this release: a second person must sign it.").first).to_be_visible(
        timeout=PATIENCE
    )
    anna.get_by_role("button", name="Close", exact=True).click()
    tab(rita, "Releases")
    click(rita, "#measure", "#release-said", "0002-")
    click(anna, "#release-look", "#release-said", "measured byrita")  # two cells of a table
    shot(anna, "gates")
    click(anna, "#sign", "#release-said", "is live")
    second = bench.releases.live_id()
    assert second not in (None, first)
    expect(ask_patient(patient, SUN)).to_contain_text(STORAGE)
    shot(patient, "patient")
    expect(ask_patient(patient, TABLETS)).to_have_class(re.compile("related|abstain"))

    # And back again.
    choose(anna, "#release-id", str(first))
    fill(anna, "#rollback-reason", "patients liked it better")
    click(anna, "#rollback", "#release-said", f"{first} is live again.")
    shot(anna, "rollback")
    choose(anna, "#release-id", str(second))
    click(anna, "#release-details", "#release-said", f"Release {second}")
    says(anna.locator("#release-said"), "patients ask where to keep it")
    shot(anna, "release")
    expect(ask_patient(patient, SUN)).not_to_contain_text(STORAGE)
    assert server.process.poll() is None

    # Another process (the command line does the same) makes a release live: the service follows by itself.
    switches = server.output().count('"event": "release"')
    bench.releases.rollback(str(second), Account("anna", Role.APPROVER), "it was better before")
    for _ in range(PATIENCE // 100):
        if server.output().count('"event": "release"') > switches:
            break
        patient.wait_for_timeout(100)
    assert server.event("release")["release"] == release(read_corpus(bench.releases.get(str(second)).corpus))

    tab(anna, "Log")
    click(anna, "#verify", "#log-said", "The log is sound")
    says(anna.locator("#log"), "rolled back")
    shot(anna, "log")
    actions = [r.action for r in bench.state.audit_records() if r.action in ("released", "rolled back")]
    assert actions == ["released", "released", "rolled back", "rolled back"]


DRIVING = "can you drive a car after the drip"
SENTENCE = "You may not drive a car after the drip."
RASH = "does the skin go red"
VERSION_2 = BODY.replace("- Rash: A mild skin rash can appear on the arms.", f"- Driving: {SENTENCE}")


def released_by_both(bench: Bench, server: Server, patient: Page) -> None:
    """By another process than the service, which then follows by itself: waits until it has."""
    rita, anna = Account("rita", Role.REVIEWER), Account("anna", Role.APPROVER)
    switches = server.output().count('"event": "release"')
    candidate = bench.releases.prepare(rita)
    bench.releases.publish(candidate, anna, candidate.sha256)
    for _ in range(PATIENCE // 100):
        if server.output().count('"event": "release"') > switches:
            return
        patient.wait_for_timeout(100)
    raise AssertionError("The service did not follow.")


@pytest.mark.browser
def test_a_new_version_answers_what_was_a_gap_and_forgets_what_was_removed(
    browser: Browser, server: Server, bench: Bench, medicine: Small, shot: Shot
) -> None:
    # Patients ask whether they may drive: it is known that nothing answers that.
    known = {"document": "made-up", "topic": "driving", "q": DRIVING}
    gap = bench.changes.propose(Account("rita", Role.REVIEWER), Kind.GAP, known, "asked often", medicine.corpus)
    bench.trials.run(gap.id)
    bench.changes.approve(Account("anna", Role.APPROVER), gap.id)
    bench.changes.write_approved(bench.corpus)
    patient = browser.new_page(viewport={"width": 900, "height": 900})
    patient.goto(server.address)
    released_by_both(bench, server, patient)
    expect(ask_patient(patient, DRIVING)).not_to_contain_text(SENTENCE)

    # The new version says it, and says nothing of a rash any more.
    rita = signed_in(browser, server.address, "rita")
    tab(rita, "Monograph")
    fill(rita, "#markdown", VERSION_2)
    click(rita, "#compare", "#update", "driving")
    says(rita.locator("#update"), DRIVING)
    says(rita.locator("#dangling"), "not covered")
    for place, text in (("version", "2"), ("review", "2030-09-01"), ("reason", "new data")):
        fill(rita, f"#new-{place}", text)
    rita.locator("#propose-monograph").click()
    says(rita.locator("#monograph-said"), "is pending")
    number = bench.changes.listed(Status.PENDING)[-1].id

    # The page is closed while it is tried: the trial goes on, and is found again.
    says(rita.locator("#fix-said"), f"hange {number}")  # 'Trying change', or what it did if that was quick
    rita.close()
    rita = signed_in(browser, server.address, "rita")
    tab(rita, "Fix")
    for _ in range(PATIENCE // 100):
        if bench.changes.get(number).trial:
            break
        rita.wait_for_timeout(100)
    rita.reload()
    tab(rita, "Fix")
    says(rita.locator("#fix-said"), f"Change {number} mends 0 and breaks 0")
    says(rita.locator("#changes"), "1 known gaps undecided")

    # Nobody can approve it before each gap that it may answer is decided.
    anna = signed_in(browser, server.address, "anna")
    tab(anna, "Fix")
    expect(anna.locator("#change-number input")).to_have_value(f"Change {number}", timeout=PATIENCE)
    anna.locator("#approve").click()
    expect(anna.get_by_text("may answer 1 questions that are marked as not covered").first).to_be_visible(
        timeout=PATIENCE
    )
    anna.get_by_role("button", name="Close", exact=True).click()
    rita.locator("#gaps").get_by_role("button", name="Known gaps").click()
    click(rita, "#show-gaps", "#gaps-told", "driving")
    shot(rita, "gaps")
    click(rita, "#gaps-attach", "#gaps-said", "1 decided, 0 open")
    click(rita, "#try-again", "#fix-said", f"Change {number} mends")
    says(rita.locator("#changes"), "Known gaps: attach 1")
    click(anna, "#approve", "#fix-said", f"Change {number} is approved and written to the corpus.")
    released_by_both(bench, server, patient)
    expect(ask_patient(patient, DRIVING)).to_contain_text(SENTENCE)
    expect(ask_patient(patient, RASH)).not_to_contain_text("mild skin rash")
    gaps = {gap.question for gap in medicine.corpus.documents["made-up"].gaps}
    assert (DRIVING in gaps, RASH in gaps) == (False, True)
