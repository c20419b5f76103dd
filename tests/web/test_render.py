"""An answer as markup: exact, escaped, and the same as the golden files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer, Context, Decision, Section
from assistant.contacts import Contact
from assistant.notices import Direction, NoticeName, Notices
from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.passages import Level
from tests.conftest import CORPUS
from tests.legal import legal
from tests.web.conftest import citation_of
from tests.web.documents import document_of
from tests.web.markup import marked_texts, text_content
from web.cards import section_link
from web.glossary import read_glossary
from web.render import (
    Asides,
    render_answer,
    render_busy,
    render_failed,
    render_notice,
    render_pending,
    render_question,
)

GOLDEN = Path(__file__).parent / "golden"


def readable(markup: str) -> str:
    """A line for each element that starts a block, for people who compare golden files."""
    return re.sub(r"(?=<(?:article|section|h\d|p|div|blockquote|table|tbody|tr|ul|li|details)\b)", "\n", markup) + "\n"


def test_every_passage_is_shown_exactly(document: Document) -> None:
    for passage in document.passages.showable():
        citation = citation_of(document, passage, Span(passage.content[0].start, passage.content[0].end))
        answer = Answer(Decision.ANSWER, (legal(document),), citations=(citation,))
        markup = render_answer(answer, {"istiratumab": document})
        assert marked_texts(markup, "data-passage") == [(passage.id, passage.text)]
        assert marked_texts(markup, "data-disclaimer") == [("istiratumab", document.monograph.source[10261:10839])]


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("paragraph", ["Black Box Warning"]),
        ("bullet", ["- Blocking the Signals"]),
        ("table-row", ["| Infusion Time"]),
        ("list", ["### Common Side Effects"]),
        ("list-under-its-section", ["## Drug Overview"]),
        ("table", ["| Treatment Detail"]),
        ("three-passages", ["| Frequency", "- Fatigue", "- DON’T start"]),
    ],
)
def test_answers_look_as_approved(
    answer_of: Callable[..., Answer],
    document: Document,
    golden: Callable[[Path, str], None],
    name: str,
    starts: list[str],
) -> None:
    answer = answer_of(*starts)
    golden(GOLDEN / f"{name}.html", readable(render_answer(answer, {"istiratumab": document})))


def test_what_may_not_answer_says_so_first_and_in_its_label(
    answer_of: Callable[..., Answer], document: Document, notices: Notices, golden: Callable[[Path, str], None]
) -> None:
    related = replace(answer_of("- Fatigue"), decision=Decision.RELATED, notices=(notices[NoticeName.RELATED],))
    markup = render_answer(related, {"istiratumab": document})
    assert markup.index("data-notice") < markup.index("data-passage")
    assert "From the monograph" not in markup
    assert "<mark>" not in markup
    golden(GOLDEN / "related.html", readable(markup))


@pytest.mark.parametrize(
    ("name", "decision", "notices_shown", "sections"),
    [
        ("abstain", Decision.ABSTAIN, [NoticeName.ABSTAIN, NoticeName.PAST_REVIEW], [0, 2]),
        ("greeting", Decision.GREETING, [NoticeName.GREETING], []),
        ("rejected", Decision.REJECTED, [NoticeName.REJECTED_EMPTY], []),
    ],
)
def test_what_is_no_answer_looks_as_approved(
    document: Document,
    notices: Notices,
    golden: Callable[[Path, str], None],
    name: str,
    decision: Decision,
    notices_shown: list[NoticeName],
    sections: list[int],
) -> None:
    named = [document.passages.level(Level.SECTION)[number] for number in sections]
    see_also = tuple(Section.of(document, section) for section in named)
    shown = tuple(notices[notice] for notice in notices_shown)
    markup = render_answer(Answer(decision, (legal(document),), shown, see_also=see_also), {"istiratumab": document})
    assert marked_texts(markup, "data-passage") == []
    golden(GOLDEN / f"{name}.html", readable(markup))


def test_the_context_of_a_passage_is_quoted_above_it(answer_of: Callable[..., Answer], document: Document) -> None:
    markup = render_answer(answer_of("- Blocking the Signals"), {"istiratumab": document})
    lead_in = (
        "Istiratumab is a “bispecific” antibody, meaning it has two distinct arms designed to do two jobs at once:"
    )
    assert marked_texts(markup, "data-context") == [("", lead_in)]
    assert markup.index("data-context") < markup.index("data-passage")


TAKEN_BACK = (
    "Because istiratumab is an investigational drug, it does not currently have official FDA-approved indications for "
    "routine clinical practice."
)


@pytest.mark.parametrize("start", ["- Ewing Sarcoma", "- Pancreatic Cancer", "- Currently, there are no"])
def test_a_heading_that_the_text_takes_back_is_quoted_with_the_sentence_that_does(
    answer_of: Callable[..., Answer], document: Document, start: str
) -> None:
    markup = render_answer(answer_of(start), {"istiratumab": document})
    [(_, context)] = marked_texts(markup, "data-context")
    assert TAKEN_BACK in context
    assert ">FDA Approved Clinical Indications<" in markup


def test_the_link_to_its_section_says_so_too(document: Document) -> None:
    [section] = [s for s in document.passages.level(Level.SECTION) if s.section == "FDA Approved Clinical Indications"]
    found = Section.of(document, section)
    assert section_link(found).endswith(f"FDA Approved Clinical Indications</a> <q>{TAKEN_BACK}</q>")
    assert found.as_json()["correction"]["text"] == TAKEN_BACK


def test_the_failed_card_says_first_what_to_do_in_an_emergency(notices: Notices) -> None:
    assert marked_texts(render_failed(notices), "data-notice") == [
        (name.value, notices[name].text) for name in (NoticeName.EMERGENCY, NoticeName.FAILED)
    ]


def test_a_version_and_an_id_cannot_leave_their_address() -> None:
    made = document_of("## A\n\nFirst.\n\nSecond.")
    answer = Answer(
        Decision.ANSWER,
        (legal(made),),
        citations=(citation_of(made, made.passages.showable()[0], Span(6, 12)),),
    )
    markup = render_answer(answer, {"made-up": made})
    assert 'href="source/made-up/2.1%20%CE%B2?start=6&amp;end=12&amp;sha256=' in markup


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("how long", "how long"),
        ("", "(an empty message)"),
        (" \u200b\x07 ", "(an empty message)"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("abc\u202egnihton", "abcgnihton"),
        ("two\n\nlines\tand \x1b[31mred", "two lines and [31mred"),
        ("x" * 2000, "x" * 2000),
        ("x" * 100_000, "x" * 300 + " (the first 300 of 100,000 characters)"),
    ],
)
def test_the_question_is_shown_back_without_what_could_disturb(message: str, shown: str) -> None:
    markup = render_question(message, 2000)
    assert "\n" not in markup
    assert "<img" not in markup
    assert text_content(markup) == "You asked" + shown


def test_what_stands_around_an_answer_looks_as_approved(
    answer_of: Callable[..., Answer], document: Document, golden: Callable[[Path, str], None]
) -> None:
    answer = replace(answer_of("| Infusion Time"), context=Context(0, "Safety Profile and Side Effects"))
    asides = Asides('and "how" <long>?', 7, ("how often is it given", "does it hurt & burn"))
    glossary = read_glossary(CORPUS / "glossary")
    markup = render_answer(answer, {"istiratumab": document}, glossary, asides)
    assert marked_texts(markup, "data-passage") == [(answer.citations[0].passage.id, answer.citations[0].quote.text)]
    golden(GOLDEN / "asides.html", readable(markup))


def test_every_passage_is_shown_exactly_with_its_terms(document: Document) -> None:
    glossary = read_glossary(CORPUS / "glossary")
    for passage in document.passages.showable():
        citation = citation_of(document, passage, Span(passage.content[0].start, passage.content[0].end))
        answer = Answer(Decision.ANSWER, (legal(document),), citations=(citation,))
        markup = render_answer(answer, {"istiratumab": document}, glossary)
        assert marked_texts(markup, "data-passage") == [(passage.id, passage.text)]
        terms = [name for name, _ in marked_texts(markup, "data-term")]
        assert len(terms) == len(set(terms))


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (0, "Looking in the monograph…"),
        (1, "Looking in the monograph… Many people are asking now: 1 question is before yours."),
        (12, "Looking in the monograph… Many people are asking now: 12 questions are before yours."),
    ],
)
def test_a_wait_is_told_in_words(ahead: int, text: str) -> None:
    assert text_content(render_pending(ahead)).startswith(text)


def test_a_service_that_is_full_says_so_after_what_to_do_in_an_emergency(notices: Notices) -> None:
    markup = render_busy(notices)
    assert marked_texts(markup, "data-notice") == [("emergency", notices[NoticeName.EMERGENCY].text)]
    assert "Please try again in a minute." in text_content(markup)


def test_the_numbers_of_a_notice_call_and_its_text_stays(notices: Notices) -> None:
    contacts = (Contact("One", "116 123"), Contact("Two", "116"), Contact("Three", "911"))
    wording = "Call 116 123, or 116 or 911 & not 9112.\n\nAgain: 116 123."
    notice = replace(
        notices[NoticeName.URGENT], wording=wording, contacts=contacts, language="ar", direction=Direction.RIGHT_TO_LEFT
    )
    markup = render_notice(notice)
    buttons = "116 123One116Two911Three"  # an English 'Call' would not be read in a card of another language
    assert text_content(markup) == wording.replace("\n\n", buttons)
    assert re.findall(r'href="(tel:\d+)">([^<]+)<', markup) == [
        *(("tel:116123", "116 123"), ("tel:116", "116"), ("tel:911", "911")) * 2, ("tel:116123", "116 123"),
    ]  # fmt: skip
    assert '<a class="call-now" href="tel:911">Call 911<' in render_notice(replace(notice, language="en"))
    assert 'lang="ar" dir="rtl" role="alert"' in markup
