"""A monograph without a Legal Disclaimer is shown with the library's approved notice, whole, and no other words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer, Decision, Disclaimer
from assistant.notices import Notice, NoticeName, read_notices
from retrieval.corpus import Document, read_corpus
from retrieval.errors import ContractError
from tests.legal import legal, legal_notice
from web.render import render_answer


@pytest.fixture(scope="module")
def own() -> Document:
    return read_corpus(Path("corpus")).documents["istiratumab"]


@pytest.fixture(scope="module")
def abstain() -> Notice:
    return read_notices(Path("corpus/notices"))[NoticeName.ABSTAIN]


def bare(document: Document, name: str) -> Document:
    return replace(document, monograph=replace(document.monograph, id=name), disclaimer=None)


def test_a_monographs_own_comes_first(own: Document) -> None:
    assert own.disclaimer
    assert legal(own).text == own.monograph.source[own.disclaimer.start : own.disclaimer.end] != legal_notice().text


def test_where_there_is_none_the_notice_stands_once_and_whole(own: Document, abstain: Notice) -> None:
    two = (legal(bare(own, "a")), legal(bare(own, "b")))
    answer = Answer(Decision.ABSTAIN, two, (abstain,))
    assert answer.as_json()["notice_texts"]["disclaimer"] == legal_notice().text
    markup = render_answer(answer, {})
    assert markup.count("data-disclaimer") == 1
    assert f"<p>{legal_notice().text}</p></div></div>" in markup


def test_no_other_text_can_stand_there(own: Document, abstain: Notice) -> None:
    with pytest.raises(ContractError, match="no disclaimer for a"):
        Disclaimer(bare(own, "a"), abstain)
    with pytest.raises(ContractError, match="no disclaimer for a"):
        Disclaimer(bare(own, "a"), replace(legal_notice(), wording=""))
