"""The page of a monograph, where the permanent link of a citation leads."""

from __future__ import annotations

import httpx
import pytest

from retrieval.corpus import Document
from tests.web.markup import marked_texts

PATH = "/source/istiratumab/1.0"


def body(markup: str) -> str:
    return markup[markup.index("<body") : markup.index("</body>")] + "</body>"


def test_it_holds_every_character_and_marks_the_place(client: httpx.Client, document: Document) -> None:
    response = client.get(PATH, params={"start": 4176, "end": 4300})
    assert response.status_code == 200
    markup = body(response.text)
    assert marked_texts(markup, "data-source") == [("", document.monograph.source)]
    assert markup.count('id="cited"') == 1
    assert markup.count("<mark") == 2  # the label and the words of the row
    assert '<mark id="cited">Infusion Time</mark>' in markup
    assert "<script" not in response.text


def test_every_passage_has_a_place(client: httpx.Client, document: Document) -> None:
    for passage in document.passages.showable():
        markup = client.get(PATH, params={"start": passage.start, "end": passage.end}).text
        first = passage.content[0]
        if document.monograph.source[first.start : first.end].isascii():
            text = document.monograph.source[first.start : first.end].replace(">", "&gt;")
            assert f'<mark id="cited">{text}</mark>' in markup
        assert markup.count('<mark id="cited">') == 1


def test_it_says_which_version_it_is_and_whom_to_trust(client: httpx.Client, document: Document) -> None:
    markup = body(client.get(PATH).text)
    assert '<h1 dir="auto">Istiratumab</h1>' in markup
    assert "Istiratumab · version 1.0 · effective" in markup
    assert marked_texts(markup, "data-disclaimer") == [("istiratumab", document.monograph.source[10261:10839])]
    assert [name for name, _ in marked_texts(markup, "data-notice")] == ["emergency"]
    assert "<mark" not in markup


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/source/nobody/1.0", 404, "There is no monograph at this address."),
        ("/source/%3Cb%3E/1.0", 404, "There is no monograph at this address."),
        ("/source/istiratumab/0.9", 404, "The version here is 1.0."),
        ("/source/istiratumab/1.0/2", 404, "The version here is 1.0."),
        (f"{PATH}?start=5", 422, "This address names no place in the monograph."),
        (f"{PATH}?end=5", 422, "This address names no place in the monograph."),
        (f"{PATH}?start=5&end=5", 422, "This address names no place in the monograph."),
        (f"{PATH}?start=-1&end=5", 422, "This address names no place in the monograph."),
        (f"{PATH}?start=a&end=5", 422, "This address names no place in the monograph."),
        (f"{PATH}?start=٣&end=5", 422, "This address names no place in the monograph."),
        (f"{PATH}?start=0&end=999999", 422, "This address names no place in the monograph."),
        (f"{PATH}?start=0&end={'9' * 5000}", 422, "This address names no place in the monograph."),
    ],
)
def test_other_addresses_get_a_clear_page(client: httpx.Client, path: str, status: int, text: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert text in response.text
    assert "%3Cb" not in response.text
    assert "<b>" not in response.text
    assert marked_texts(body(response.text), "data-source") == []
