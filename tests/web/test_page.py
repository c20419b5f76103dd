"""The chat page in a real Chromium, served by a real process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.answer import Answer, Conversation
from assistant.assistant import Assistant
from assistant.notices import NoticeName, Notices
from assistant.triage.gate import Label, Triage
from retrieval.corpus import Document, read_corpus
from retrieval.encoder import Vectors
from retrieval.index import open_index
from retrieval.monograph import text_sha256
from retrieval.retriever import Retriever
from tests.conftest import Parts
from tests.hashing import HashingEncoder
from tests.web.conftest import PATIENCE, Server
from web.page import example_questions

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)

Serving = Callable[[Assistant], AbstractContextManager[str]]


def open_chat(page: Page, address: str) -> Locator:
    """Open the chat. Returns the question box."""
    page.goto(address)
    box = page.get_by_label("Your question")
    box.wait_for()
    return box


def ask(page: Page, text: str) -> Locator:
    """Ask, and wait for the answer. Returns it."""
    answers = page.locator("#conversation .answer")
    before = answers.count()
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Enter")
    expect(answers).to_have_count(before + 1)
    return answers.nth(before)


def passages(answer: Locator) -> list[str]:
    return [str(text) for text in answer.locator("[data-passage]").evaluate_all("es => es.map(e => e.textContent)")]


def test_the_first_passage_is_the_monograph_byte_for_byte(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    shown = passages(answer)
    assert shown[0].encode() == document.monograph.source[4176:4300].encode()
    assert all(text in document.monograph.source for text in shown)
    card = answer.locator(".card").first
    assert card.get_by_role("heading", name="Dosage and Administration Protocols").is_visible()
    assert card.get_by_role("columnheader").all_inner_texts() == ["Treatment Detail", "Protocol Specification"]
    row = ["Infusion Time", document.monograph.source[4194:4298]]
    assert card.get_by_role("cell").all_inner_texts() == row
    assert card.locator("mark").all_inner_texts() == row[1:]
    assert "version 1.0 · effective 22 November 2026" in card.inner_text()
    disclaimer = answer.locator("[data-disclaimer]")
    assert disclaimer.text_content() == document.monograph.source[10261:10839]
    assert disclaimer.is_visible()


def test_a_whole_list_is_shown_with_its_heading(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    answer = ask(page, "what are the common side effects")
    first = passages(answer)[0]
    start = document.monograph.source.index("### Common Side Effects")
    assert first == document.monograph.source[start : start + len(first)]
    card = answer.locator(".card").first
    assert card.get_by_role("heading", level=4).inner_text() == "Common Side Effects (>10%)"
    bullets = card.get_by_role("listitem").all_inner_texts()
    assert [bullet.split(":")[0] for bullet in bullets] == [
        "Infusion-Related Reactions",
        "Fatigue",
        "Gastrointestinal Issues",
        "Dermatological Effects",
        "Metabolic Changes",
    ]


def test_further_passages_are_folded_and_stay_as_the_reader_left_them(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    first = ask(page, "how long will the drip take")
    folded = first.locator("details .card").first
    assert not folded.is_visible()
    first.get_by_text("2 more passages").click()
    assert folded.is_visible()
    ask(page, "what are the common side effects")
    assert folded.is_visible()


def test_what_the_monograph_does_not_know_shows_no_passage(page: Page, server: Server, notices: Notices) -> None:
    open_chat(page, server.address)
    answer = ask(page, "what is the weather")
    assert passages(answer) == []
    assert answer.locator(".notice").inner_text() == notices[NoticeName.ABSTAIN].text
    assert answer.get_by_role("link").count() > 0
    assert answer.locator("[data-disclaimer]").is_visible()


def test_the_start_says_what_it_is_and_offers_questions(
    page: Page, server: Server, notices: Notices, document: Document
) -> None:
    open_chat(page, server.address)
    assert page.title() == "Questions about istiratumab"
    assert page.get_by_role("heading", level=1).inner_text() == "Questions about istiratumab"
    assert page.locator("#start .notice").inner_text() == notices[NoticeName.ABOUT].text
    assert page.locator("#start [data-disclaimer]").text_content() == document.monograph.source[10261:10839]
    questions = example_questions(document)
    assert [text.strip() for text in page.locator(".example").all_text_contents()] == list(questions)
    sections = {document.passages.by_id[p.passage].section for p in document.phrasings if p.question in questions}
    assert len(questions) == len(sections) == 3
    for number, question in enumerate(questions):
        page.get_by_role("button", name=question).click()
        expect(page.locator("#conversation .answer")).to_have_count(number + 1)
        assert page.locator("#conversation .asked p").nth(number).inner_text() == question
        assert passages(page.locator("#conversation .answer").nth(number))


def test_the_emergency_line_stays_in_view(page: Page, server: Server, notices: Notices) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    open_chat(page, server.address)
    for question in ["what are the common side effects", "what tests do I need before treatment"]:
        ask(page, question)
    page.mouse.wheel(0, -400)
    line = page.locator("#emergency")
    expect(line).to_be_in_viewport(ratio=1)
    assert line.inner_text().strip() == notices[NoticeName.EMERGENCY].text


def test_a_follow_up_is_read_in_the_light_of_the_conversation(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    alone = passages(ask(page, "how are those treated"))
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("#conversation .answer")).to_have_count(0)
    ask(page, "what are the common side effects")
    assert passages(ask(page, "how are those treated")) != alone


def test_start_over_forgets_the_conversation(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    alone = passages(ask(page, "how are those treated"))
    ask(page, "what are the common side effects")
    box.fill("half a question")
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("#conversation .asked")).to_have_count(0)
    expect(box).to_have_value("")
    assert passages(ask(page, "how are those treated")) == alone


ODD = {
    "empty": ("", NoticeName.REJECTED_EMPTY, "(an empty message)"),
    "controls": ("\u0007\u200b\u202e", NoticeName.REJECTED_EMPTY, "(an empty message)"),
    "emoji": ("🙏🙏", NoticeName.REJECTED_NOT_TEXT, "🙏🙏"),
    "long": ("x" * 100_000, NoticeName.REJECTED_LONG, "x" * 300 + " (the first 300 of 100,000 characters)"),
    "html": (
        "<img src=x onerror=document.title='owned'><b>hm</b>",
        None,
        "<img src=x onerror=document.title='owned'><b>hm</b>",
    ),
    "right-to-left": ("ما هو الطقس اليوم؟", None, "ما هو الطقس اليوم؟"),
    "markdown": ("# zxcv **qwer** $x$ `asdf`", None, "# zxcv **qwer** $x$ `asdf`"),
    "override": ("zxcv \u202eqwer\u202c asdf", None, "zxcv qwer asdf"),
}


@pytest.mark.parametrize(("message", "notice", "shown"), ODD.values(), ids=ODD.keys())
def test_an_odd_message_gets_a_clear_answer_and_the_conversation_goes_on(
    page: Page,
    server: Server,
    notices: Notices,
    document: Document,
    message: str,
    notice: NoticeName | None,
    shown: str,
) -> None:
    open_chat(page, server.address)
    answer = ask(page, message)
    if notice is not None:
        assert answer.locator(".notice").inner_text() == notices[notice].text
        assert passages(answer) == []
    assert answer.get_attribute("class") in ("answer rejected", "answer abstain", "answer related", "answer answer")
    assert page.locator("#conversation .asked p").inner_text() == shown
    assert page.locator("#conversation img").count() == 0
    assert page.title() == "Questions about istiratumab"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert passages(ask(page, "how long will the drip take"))[0] == document.monograph.source[4176:4300]


def test_show_in_the_monograph_opens_the_place(page: Page, server: Server, document: Document) -> None:
    open_chat(page, server.address)
    answer = ask(page, "how long will the drip take")
    with page.context.expect_page() as opening:
        answer.get_by_role("link", name="Show in the monograph").first.click()
    source = opening.value
    source.wait_for_load_state()
    assert source.url == f"{server.address}source/istiratumab/1.0?start=4176&end=4300#cited"
    cited = source.locator("#cited")
    expect(cited).to_be_in_viewport(ratio=1)
    assert cited.inner_text() == "Infusion Time"
    assert source.locator("[data-source]").evaluate("e => e.textContent") == document.monograph.source
    assert source.evaluate("window.opener") is None


def test_a_section_link_opens_the_section(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    link = ask(page, "what is the weather").get_by_role("link").first
    name = link.inner_text()
    with page.context.expect_page() as opening:
        link.click()
    expect(opening.value.get_by_role("heading", name=name, exact=True, level=2)).to_be_in_viewport(ratio=1)


def test_the_focus_stays_in_the_box(page: Page, server: Server) -> None:
    box = open_chat(page, server.address)
    ask(page, "how long will the drip take")
    expect(box).to_be_focused()
    box.fill("what are the common side effects")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#conversation .answer")).to_have_count(2)
    expect(box).to_be_focused()


def test_screen_readers_get_a_log_with_speakers(page: Page, server: Server) -> None:
    open_chat(page, server.address)
    ask(page, "how long will the drip take")
    log = page.get_by_role("log", name="Conversation")
    assert log.get_by_role("heading", level=2).all_text_contents() == ["You asked", "Answer"]
    assert "- |" not in log.aria_snapshot()
    assert "| Infusion" not in log.aria_snapshot()


def test_nothing_leaves_for_another_host_and_nothing_stays_in_the_browser(page: Page, server: Server) -> None:
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.url))
    open_chat(page, server.address)
    answer = ask(page, "can my mom take turmeric pills")
    with page.context.expect_page() as opening:
        answer.get_by_role("link", name="Show in the monograph").first.click()
    opening.value.wait_for_load_state()
    assert requests
    assert [url for url in requests if not url.startswith((server.address, "data:"))] == []
    assert not any("turmeric" in url for url in requests)
    stored = page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases()])"
    )
    assert stored == "[{},{},[]]"
    assert page.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_needs_no_sideways_scroll(page: Page, server: Server, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 640})
    open_chat(page, server.address)
    for question in ["how long will the drip take", "what are the common side effects", "y" * 200]:
        answer = ask(page, question)
        if answer.locator("summary").count():
            answer.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    targets = page.locator("#page :is(a, button, summary, textarea):visible").evaluate_all(
        "es => es.map(e => [e.innerText, e.getBoundingClientRect().height, e.getBoundingClientRect().width])"
    )
    assert targets
    assert [target for target in targets if min(target[1:]) < 24] == []


class _Waiting(Assistant):
    """Answers once it is told to."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(*parts)
        self.go = Event()

    def ask(self, text: str, conversation: Conversation = ()) -> Answer:
        assert self.go.wait(PATIENCE / 1000)
        return super().ask(text, conversation)


def test_the_question_is_there_at_once_and_what_is_typed_meanwhile_is_kept(
    page: Page, parts: Parts, serving: Serving
) -> None:
    waiting = _Waiting(parts)
    with serving(waiting) as address:
        box = open_chat(page, address)
        box.fill("how long will the drip take")
        box.press("Enter")
        expect(page.locator("#conversation")).to_have_text(
            "You asked how long will the drip take Looking in the monograph…", use_inner_text=True
        )
        expect(box).to_have_value("")
        box.fill("and th")
        waiting.go.set()
        expect(page.locator("#conversation .answer")).to_have_count(1)
        expect(page.locator(".pending")).to_have_count(0)
        expect(box).to_have_value("and th")
        page.goto("about:blank")


class _Broken(Assistant):
    """Cannot answer the first question."""

    def ask(self, text: str, conversation: Conversation = ()) -> Answer:
        if text == "turmeric":
            raise RuntimeError(text)
        return super().ask(text, conversation)


def test_a_failure_says_so_keeps_the_question_and_shows_no_passage(
    page: Page, parts: Parts, notices: Notices, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(_Broken(*parts)) as address:
        box = open_chat(page, address)
        answer = ask(page, "turmeric")
        assert answer.locator(".notice").all_inner_texts() == [
            notices[NoticeName.EMERGENCY].text,
            notices[NoticeName.FAILED].text,
        ]
        assert passages(answer) == []
        expect(box).to_have_value("turmeric")
        assert passages(ask(page, "how long will the drip take"))
        page.goto("about:blank")
    assert "RuntimeError" in caplog.text
    assert "turmeric" not in caplog.text


ODD_TEXT = (
    "## Odd & <b>bold</b>\r\n\r\nUse `code` of $x$ and $$y$$, *stars*, <10 mg\tper day &amp; {{value}} ${1}.\r\n"
    "A second\u2028line\u0085and\u00a0more\u200b; <script>alert(1)</script>.\r\n\r\n"
    "| Dose | <i>Note</i> |\r\n| --- | --- |\r\n| 5 \\| 6 mg | \\*once\\* ~~not~~ |\r\n\r\n"
    "1. first -- step\r\n2. second --- step\r\n\r\n## Legal Disclaimer\r\n\r\nAsk    somebody.\r\n"
)


class _NoAlarm(Triage):
    """Lets every message through: what is tested is the way of the text, with vectors that mean nothing."""

    def __init__(self) -> None: ...

    def read(self, text: str, vector: Vectors, previous_alarm: Label | None = None) -> None: ...


def test_no_character_of_an_odd_monograph_is_changed_on_the_way(
    page: Page, notices: Notices, serving: Serving, tmp_path: Path
) -> None:
    monograph = tmp_path / "corpus" / "monographs" / "odd.md"
    monograph.parent.mkdir(parents=True)
    fields = {
        "id": "odd",
        "title": "Odd",
        "generic_name": "odd",
        "version": '"1.0"',
        "effective": "2026-01-09",
        "review_by": "2099-01-09",
        "owner": "Tests",
        "status": "approved",
        "source": "Tests",
        "licence": "None",
        "sha256": text_sha256(ODD_TEXT),
    }
    front = "".join(f"{name}: {value}\n" for name, value in fields.items())
    monograph.write_text(f"---\n{front}---\n{ODD_TEXT}", "utf-8", newline="")
    corpus, encoder = read_corpus(tmp_path / "corpus"), HashingEncoder()
    retriever = Retriever(corpus, open_index(tmp_path / "index", corpus, encoder), encoder)
    assistant = Assistant(retriever, _NoAlarm(), notices, frozenset())
    odd = assistant.corpus.documents["odd"]
    with serving(assistant) as address:
        open_chat(page, address)
        seen: set[str] = set()
        for passage in odd.passages.showable():
            answer = ask(page, " ".join(passage.text.split()))
            shown = passages(answer)
            assert all(text in ODD_TEXT for text in shown)
            seen.update(shown)
        # A bullet may have been shown inside its list.
        assert all(any(p.text in text for text in seen) for p in odd.passages.showable())
        assert page.locator("#conversation :is(script, b, i, code, em)").count() == 0
        page.goto(f"{address}source/odd/1.0")
        assert page.locator("[data-source]").evaluate("e => e.textContent") == ODD_TEXT
        page.goto("about:blank")
