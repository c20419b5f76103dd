"""What can be asked next: approved phrasings of what stands near, never one that was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.answer import Answer, Decision
from assistant.assistant import Assistant
from assistant.notices import NoticeName, Notices
from retrieval.corpus import Document
from retrieval.questions import read_phrasings
from retrieval.ranking import holds
from tests.legal import legal
from web.suggestions import example_questions, follow_ups


def test_they_are_the_nearest_passages_that_are_not_shown(answer_of: Callable[..., Answer], document: Document) -> None:
    documents = {"istiratumab": document}
    answer = answer_of("| Infusion Time", "| Frequency")
    offered = follow_ups(answer, documents, [])
    by_question = {question: document.passages.by_id[passage] for passage, question in document.suggestions.items()}
    assert [by_question[question].text[:20] for question in offered] == [
        "| Dose Adjustments (", "| Standard Dose | De", "In 2020, the results",
    ]  # fmt: skip


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


def test_each_is_a_clear_question_that_its_own_passage_answers(assistant: Assistant, document: Document) -> None:
    assert len(document.suggestions) > 40
    for name, question in document.suggestions.items():
        assert question[0].isupper()
        assert question.endswith("?")
        answer = assistant.ask(question)
        assert answer.decision == Decision.ANSWER, question
        passage = document.passages.by_id[name]
        assert any(holds(citation.passage, passage) for citation in answer.citations), question


def test_a_phrasing_without_an_approved_wording_is_not_offered(
    answer_of: Callable[..., Answer], document: Document
) -> None:
    plain = tuple(replace(phrasing, suggestion="") for phrasing in document.phrasings)
    assert follow_ups(answer_of("| Infusion Time"), {"istiratumab": replace(document, phrasings=plain)}, []) == ()


def test_none_is_offered_beside_an_alarm(assistant: Assistant, document: Document) -> None:
    answer = assistant.ask("the drip is running and my throat feels tight")
    assert answer.decision == Decision.URGENT
    assert follow_ups(answer, {"istiratumab": document}, []) == ()


def test_a_wording_without_words_is_a_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "made-up.jsonl"
    good = '{"passage": "a:b", "q": "how", "suggestion": "How?"}'
    path.write_text(f"{good}\n{good.replace('How?', ' ')}\n{good.replace('suggestion', 'suggests')}\n", "utf-8")
    read, bad = read_phrasings(path, ["a:b"])
    assert [phrasing.suggestion for phrasing in read] == ["How?"]
    assert [error.line for error in bad] == [2, 3]
