"""The types refuse every answer that the product must not give."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.answer import Answer, Citation, Decision, Disclaimer, Quote
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.blocks import Span
from retrieval.corpus import Corpus, Document
from retrieval.errors import ContractError
from retrieval.retriever import Retriever
from tests.legal import legal


@pytest.fixture
def document(corpus: Corpus) -> Document:
    return corpus.documents["istiratumab"]


@pytest.fixture
def citation(document: Document, retriever: Retriever) -> Citation:
    return Citation.of(document, retriever.search("how long will the drip take", 1).hits[0])


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5), (0, 10**6), (10**6, 10**6 + 1)])
def test_a_quote_is_a_slice(document: Document, start: int, end: int) -> None:
    with pytest.raises(ContractError, match="istiratumab has no text at"):
        Quote(document.monograph, start, end)


def test_no_type_has_room_for_a_text_of_its_own() -> None:
    for kind in (Quote, Citation, Disclaimer, Answer):
        assert "text" not in {field.name for field in dataclasses.fields(kind)}


def test_a_citation_quotes_its_passage_and_marks_inside_it(citation: Citation) -> None:
    assert citation.quote.text == citation.passage.text
    assert (citation.quote.start, citation.quote.end) == (4176, 4300)
    with pytest.raises(ContractError, match="is not the passage"):
        dataclasses.replace(citation, quote=dataclasses.replace(citation.quote, end=4299))
    passage = dataclasses.replace(citation.passage, text="| Infusion Time | Ten minutes. |")
    with pytest.raises(ContractError, match="not of this version"):
        dataclasses.replace(citation, passage=passage)
    for mark in (Span(4175, 4200), Span(4200, 4301), Span(4200, 4200)):
        with pytest.raises(ContractError, match="The highlight .* lies outside"):
            dataclasses.replace(citation, highlight=mark)


def test_an_answer_without_its_disclaimer_cannot_be(citation: Citation) -> None:
    with pytest.raises(ContractError, match="lacks its disclaimer"):
        Answer(Decision.ANSWER, (), citations=(citation,))


def test_an_answer_needs_the_disclaimer_of_what_it_cites(citation: Citation, document: Document) -> None:
    other = dataclasses.replace(document, monograph=dataclasses.replace(document.monograph, id="other"))
    with pytest.raises(ContractError, match="lacks its disclaimer"):
        Answer(Decision.ANSWER, (legal(other),), citations=(citation,))


def test_what_each_decision_shows(citation: Citation, document: Document, assistant: Assistant) -> None:
    disclaimer, abstain = (legal(document),), assistant.notices[NoticeName.ABSTAIN]
    for count in (0, 4):
        with pytest.raises(ContractError, match=f"1 to 3 citations, not {count}"):
            Answer(Decision.ANSWER, disclaimer, citations=(citation,) * count)
    for decision in (Decision.ABSTAIN, Decision.GREETING, Decision.REJECTED):
        with pytest.raises(ContractError, match=f"'{decision}' has 0 to 0 citations, not 1"):
            Answer(decision, disclaimer, (abstain,), (citation,))
        with pytest.raises(ContractError, match=f"'{decision}' needs a notice"):
            Answer(decision, disclaimer)
    with pytest.raises(ContractError, match="'related' needs a notice"):
        Answer(Decision.RELATED, disclaimer, citations=(citation,))
    with pytest.raises(ContractError, match="A crisis shows nothing of the medicine"):
        Answer(Decision.CRISIS, disclaimer, (abstain,))
    with pytest.raises(ContractError, match="'related' has 1 to 3 citations, not 0"):
        Answer(Decision.RELATED, disclaimer, (abstain,))


def test_answers_cannot_be_changed(citation: Citation) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        citation.quote.start = 0  # type: ignore[misc]
