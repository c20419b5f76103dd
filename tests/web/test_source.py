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
    assert response.text.count("<script") == 1  # the reader's text size and colours


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
    ("path", "text"),
    [
        ("/source/nobody/1.0", "There is no monograph at this address."),
        ("/source/%3Cb%3E/1.0", "There is no monograph at this address."),
        (f"{PATH}?start=5", "This address names no place in the monograph."),
        (f"{PATH}?end=5", "This address names no place in the monograph."),
        (f"{PATH}?start=5&end=5", "This address names no place in the monograph."),
        (f"{PATH}?start=-1&end=5", "This address names no place in the monograph."),
        (f"{PATH}?start=a&end=5", "This address names no place in the monograph."),
        (f"{PATH}?start=٣&end=5", "This address names no place in the monograph."),
        (f"{PATH}?start=0&end=999999", "This address names no place in the monograph."),
        (f"{PATH}?start=0&end={'9' * 5000}", "This address names no place in the monograph."),
    ],
)
def test_other_addresses_get_a_clear_page(client: httpx.Client, path: str, text: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert text in response.text
    assert "%3Cb" not in response.text
    assert "<b>" not in response.text
    assert marked_texts(body(response.text), "data-source") == []


PASSAGE = "istiratumab:infusion-time-cefb456807"


def marked(markup: str) -> bool:
    return "<mark" in markup


def test_a_link_of_this_text_marks_its_place_and_says_nothing_more(client: httpx.Client, document: Document) -> None:
    sha256 = document.monograph.sha256
    for digits in (sha256, sha256[:16]):
        markup = client.get(PATH, params={"start": 4176, "end": 4300, "sha256": digits, "passage": PASSAGE}).text
        assert '<mark id="cited">Infusion Time</mark>' in markup
        assert "data-other-text" not in markup


@pytest.mark.parametrize("path", ["/source/istiratumab/0.9", "/source/istiratumab/1.0/2", PATH])
def test_a_link_of_another_text_says_so_and_marks_nothing(client: httpx.Client, document: Document, path: str) -> None:
    response = client.get(path, params={"start": 4176, "end": 4300, "sha256": "0" * 16, "passage": "istiratumab:gone"})
    assert response.status_code == 200
    [(_, said)] = marked_texts(body(response.text), "data-other-text")
    made_for = "another text of version 1.0." if path == PATH else f"version {path.removeprefix(PATH[:-3])} of this"
    assert said.startswith(f"This link was made for {made_for}")
    newer = "There is a newer version, 1.0, and it is what you see."
    assert (newer if "0.9" in path else "What you see is version 1.0, the one in use now.") in said
    assert said.endswith("not in it any more, or not in the same words. Nothing is marked.")
    assert not marked(response.text)
    assert marked_texts(body(response.text), "data-source") == [("", document.monograph.source)]


def test_a_passage_that_is_still_there_word_for_word_is_marked_where_it_stands_now(client: httpx.Client) -> None:
    link: dict[str, str | int] = {"start": 9, "end": 17, "sha256": "0" * 16, "passage": PASSAGE}
    markup = client.get("/source/istiratumab/0.9", params=link).text
    [(_, said)] = marked_texts(body(markup), "data-other-text")
    assert said == (
        "This link was made for version 0.9 of this monograph. There is a newer version, 1.0, and it is what you see. "
        "The passage that the link leads to is in it, word for word; it is marked."
    )
    assert '<mark id="cited">Infusion Time</mark>' in markup


def test_a_link_to_a_section_of_another_version_opens_the_one_in_use(client: httpx.Client) -> None:
    markup = client.get("/source/istiratumab/0.9").text
    [(_, said)] = marked_texts(body(markup), "data-other-text")
    assert said.endswith("There is a newer version, 1.0, and it is what you see.")
    assert not marked(markup)


@pytest.mark.parametrize(
    ("version", "newer"),
    [("0.9", True), ("0.10.3", True), ("1.1", False), ("10.0", False), ("draft", False), ("9" * 5000, False)],
)
def test_newer_is_said_of_a_version_that_is(client: httpx.Client, version: str, newer: bool) -> None:
    [(_, said)] = marked_texts(body(client.get(f"/source/istiratumab/{version}").text), "data-other-text")
    assert ("There is a newer version, 1.0," in said) == newer
    assert ("What you see is version 1.0, the one in use now." in said) != newer


@pytest.mark.parametrize("sha256", ["", "1", "11b05a1", "x" * 5000])
def test_a_hash_that_tells_nothing_marks_nothing(client: httpx.Client, sha256: str) -> None:
    response = client.get(PATH, params={"start": 4176, "end": 4300, "sha256": sha256})
    assert response.status_code == 200
    assert not marked(response.text)


def test_the_style_and_the_way_back_are_found_from_any_version(client: httpx.Client) -> None:
    for path, root in ((PATH, "../../"), ("/source/istiratumab/1.0/2", "../../../")):
        markup = client.get(path).text
        assert f'href="{root}web/verbatim.css"' in markup
        assert f'<a href="{root}">Ask a question</a>' in markup
