"""What can be asked next: approved phrasings of what stands near, never one that was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.answer import Answer, Decision
from assistant.notices import NoticeName, Notices
from retrieval.corpus import Document
from tests.legal import legal
from web.suggestions import example_questions, follow_ups


def test_they_are_the_nearest_passages_that_are_not_shown(answer_of: Callable[..., Answer], document: Document) -> None:
    documents = {"istiratumab": document}
    answer = answer_of("| Infusion Time", "| Frequency")
    offered = follow_ups(answer, documents, [])
    first: dict[str, str] = {}
    for phrasing in document.phrasings:
        first.setdefault(phrasing.passage, phrasing.question)
    by_question = {question: document.passages.by_id[passage] for passage, question in first.items()}
    starts = [by_question[question].text.split("|")[1].strip() for question in offered]
    assert starts == ["Dose Adjustments (Renal/Hepatic)", "Route", "Standard Dose"]


def test_what_was_asked_is_not_offered_however_it_was_written(
    answer_of: Callable[..., Answer], document: Document
) -> None:
    documents = {"istiratumab": document}
    answer = answer_of("| Infusion Time")
    first, second, third = follow_ups(answer, documents, [])
    again = follow_ups(answer, documents, [f" {first.upper()}?! "])
    assert again[:2] == (second, third)
    assert len(again) == 3
    assert first not in again


def test_where_nothing_is_shown_or_phrased_nothing_is_offered(
    answer_of: Callable[..., Answer], document: Document, notices: Notices
) -> None:
    abstain = Answer(Decision.ABSTAIN, (legal(document),), (notices[NoticeName.ABSTAIN],))
    assert follow_ups(abstain, {"istiratumab": document}, []) == ()
    bare = replace(document, phrasings=())
    assert follow_ups(answer_of("| Infusion Time"), {"istiratumab": bare}, []) == ()
    assert example_questions(bare) == ()
