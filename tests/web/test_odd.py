"""Odd messages and an odd monograph: nothing disturbs the page, and nothing is changed on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from assistant.assistant import Assistant
from assistant.cues import read_cues
from assistant.notices import NoticeName, Notices
from assistant.triage.gate import Label, Triage
from retrieval.corpus import Document, read_corpus
from retrieval.encoder import Vectors
from retrieval.index import open_index
from retrieval.monograph import text_sha256
from retrieval.retriever import Retriever
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder
from tests.web.chat import Serving, ask, open_chat, passages
from tests.web.conftest import Server

pytestmark = pytest.mark.browser


ODD = {
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


ODD_TEXT = (
    "## Odd & <b>bold</b>\r\n\r\nUse `code` of $x$ and $$y$$, *stars*, <10 mg\tper day &amp; {{value}} ${1}.\r\n"
    "A second\u2028line\u0085and\u00a0more\u200b; <script>alert(1)</script>.\r\n\r\n"
    "| Dose | <i>Note</i> |\r\n| --- | --- |\r\n| 5 \\| 6 mg | \\*once\\* ~~not~~ |\r\n\r\n"
    "1. first -- step\r\n2. second --- step\r\n\r\n## Legal Disclaimer\r\n\r\nAsk    somebody.\r\n"
)


class _NoAlarm(Triage):
    """Lets every message through: what is tested is the way of the text, with vectors that mean nothing."""

    def __init__(self) -> None: ...

    def read(
        self,
        text: str,
        vector: Vectors,
        previous_alarm: Label | None = None,
        english: bool = True,
        medical: float = 1.0,
        readable: bool = True,
    ) -> None: ...


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
    assistant = Assistant(retriever, _NoAlarm(), notices, frozenset(), read_cues(CORPUS, corpus))
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
