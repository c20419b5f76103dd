"""The buttons inside an answer: copy, read aloud, yes and no, and words that are explained."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assistant.answer import Decision
from assistant.assistant import Assistant
from assistant.notices import NoticeName, Notices
from retrieval.corpus import Document
from tests.conftest import CORPUS
from tests.web.chat import Serving, ask, open_chat, passages
from tests.web.conftest import PATIENCE, Server
from web.feedback import Feedback, FeedbackCounts
from web.glossary import read_glossary

pytestmark = pytest.mark.browser


def pasted(page: Page) -> str:
    """What is in the clipboard: a page may not look without asking, and whoever pastes may."""
    page.evaluate("document.body.append(document.createElement('textarea'))")
    box = page.locator("body > textarea")
    box.press("Control+v")
    return box.input_value()


def test_copy_takes_the_words_their_place_and_the_disclaimer(page: Page, server: Server, document: Document) -> None:
    browser = page.context.browser
    if browser and browser.browser_type.name == "chromium":  # a Firefox gives it to whoever clicks
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    answer.get_by_role("button", name="Copy").first.click()
    expect(page.locator("#said")).to_have_text("Copied, with what is said of it, where it stands and the disclaimer.")
    source = document.monograph.source
    address = answer.get_by_role("link", name="Show in the monograph").first.evaluate("e => e.href")
    assert pasted(page) == (
        "Treatment Detail\tProtocol Specification\n"
        f"Infusion Time\t{source[4194:4298]}\n\n"
        "Dosage and Administration Protocols\n"
        "Istiratumab · version 1.0 · effective 22 November 2026\n"
        f"{address}\n\n"
        f"Legal Disclaimer\n\n{source[10261:10839]}"
    )


def test_copy_takes_along_that_a_passage_may_not_answer(page: Page, server: Server, notices: Notices) -> None:
    open_chat(page, server.address)
    answer = ask(page, "does it work for everyone")
    answer.get_by_role("button", name="Copy").first.click()
    expect(page.locator("#said")).to_contain_text("Copied")
    copied = pasted(page)
    assert copied.startswith(f"{notices[NoticeName.RELATED].text}\n\nNot an answer: something close to it")
    assert answer.locator(".tell-us").count() == 0  # it is not asked whether what is no answer was one


@pytest.mark.parametrize(
    "kept",
    ["delete Navigator.prototype.clipboard", "Clipboard.prototype.writeText = () => Promise.reject(new Error('no'))"],
    ids=["without https", "in a frame"],
)
def test_copy_works_where_the_browser_keeps_the_clipboard(page: Page, server: Server, kept: str) -> None:
    page.add_init_script(kept)
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    page.evaluate("addEventListener('copy', () => { document.title = getSelection().toString().slice(0, 16); })")
    answer.get_by_role("button", name="Copy").first.click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    assert page.title() == "Treatment Detail"


SPEECH = """
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  speak(utterance) { window.spoken.push([utterance.text, utterance.lang]); window.last = utterance; },
  cancel() { window.spoken.push("cancel"); },
} });
"""


def test_an_answer_is_read_aloud_and_stopped(page: Page, server: Server, document: Document) -> None:
    page.add_init_script(SPEECH)
    open_chat(page, server.address)
    answer = ask(page, "is there a black box warning")
    source = document.monograph.source
    words = source[source.index("Black Box Warning: ") :].split("\n")[0]
    assert passages(answer)[0] == words
    answer.get_by_role("button", name="Read aloud").first.click()
    text = f"Safety Profile and Side Effects.\nSerious Adverse Events\n{words}"
    assert page.evaluate("window.spoken") == ["cancel", [text, "en"]]
    answer.get_by_role("button", name="Stop reading").click()
    assert page.evaluate("window.spoken").count("cancel") == 2
    expect(answer.get_by_role("button", name="Stop reading")).to_have_count(0)
    answer.get_by_role("button", name="Read aloud").first.click()
    page.evaluate("window.last.onend()")
    expect(answer.get_by_role("button", name="Stop reading")).to_have_count(0)
    page.get_by_role("button", name="Start over").click()
    assert page.evaluate("window.spoken").count("cancel") == 4


def test_what_is_spoken_has_no_soft_hyphens_and_keeps_raised_digits(page: Page, server: Server) -> None:
    page.add_init_script(SPEECH)
    open_chat(page, server.address)
    answer = ask(page, "is there a black box warning")
    odd = "sub\u00adstance \ufb02uid cafe\u0301 10\u2076 cells"
    page.evaluate("text => { document.querySelector('.card h3').innerText = text; }", odd)
    answer.get_by_role("button", name="Read aloud").first.click()
    assert page.evaluate("window.spoken")[1][0].split("\n")[0] == "substance fluid café 10⁶ cells."


def test_a_browser_that_cannot_speak_offers_no_reading(page: Page, server: Server) -> None:
    page.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    expect(answer.get_by_role("button", name="Copy").first).to_be_visible()
    assert answer.get_by_role("button", name="Read aloud").count() == 0


def test_a_term_is_explained_by_pointer_and_by_key_and_the_passage_stays(
    page: Page, server: Server, document: Document
) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    assert answer.locator(".card").first.locator(".term").all_inner_texts() == [
        "Treatment Detail",
        "Protocol Specification",
        "Infusion",
        "infusion-related reactions",
    ]
    term = answer.get_by_role("button", name="Infusion", exact=True).first
    sheet = page.get_by_role("dialog", name="infusion", exact=True)
    meaning = next(t for t in read_glossary(CORPUS / "glossary").terms if t.term == "infusion").explanation
    term.click()
    expect(sheet).to_be_visible()
    assert sheet.locator("#glossary-meaning").inner_text() == meaning
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()
    term.focus()
    page.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(term).to_be_focused()
    page.keyboard.press("Space")
    expect(sheet).to_be_visible()
    assert passages(answer)[0].encode() == document.monograph.source[4176:4300].encode()


def test_a_yes_or_no_is_taken_once_by_ids(
    page: Page, assistant: Assistant, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = FeedbackCounts()
    monkeypatch.setattr("web.page.FeedbackCounts", lambda: counts)
    with serving(assistant) as address:
        open_chat(page, address)
        answer = ask(page, "how long will the drip take")
        ask(page, "what is the weather")
        assert page.locator(".tell-us").count() == 1
        answer.get_by_role("button", name="No", exact=True).click()
        thanks = answer.get_by_text("Thank you. Only your yes or no is kept, not your question.")
        expect(thanks).to_be_focused()
        elsewhere = answer.locator(".after-no")
        expect(elsewhere.get_by_role("heading")).to_have_text("You can look in, or ask your care team")
        assert elsewhere.get_by_role("link").count() > 5
        for _ in range(PATIENCE // 50):  # the page thanks at once, and the server counts after it
            if counts.counts:
                break
            page.wait_for_timeout(50)
        page.goto("about:blank")
    asked = assistant.ask("how long will the drip take")
    told = Feedback(Decision.ANSWER, tuple(c.passage.id for c in asked.citations), False, asked.topic, "istiratumab")
    assert counts.counts == {told: 1}
