"""The start page of a library: it lists and finds its medicines, and a link to one keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from retrieval.corpus import Corpus
from tests.web.axe import check
from tests.web.chat import Serving, ask, last_answer, open_chat, passages
from web.medicines import count_line, found, render_library


@pytest.fixture
def address(library_assistant: Assistant, serving: Serving) -> Iterator[str]:
    with serving(library_assistant) as served:
        yield served


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("", ["Bentrine", "Carvexol", "Tresolimab"]),
        ("TRE", ["Tresolimab"]),
        ("nordas", ["Bentrine", "Carvexol"]),  # a name that both have
        ("nordasil carv", ["Carvexol"]),
        ("resolimab", []),
        ("<b>", ["Bentrine"]),
    ],
)
def test_every_word_that_is_typed_begins_a_name(library_assistant: Assistant, typed: str, titles: list[str]) -> None:
    assert [monograph.title for monograph in found(library_assistant.corpus, typed)] == titles


def test_of_many_the_first_are_listed(library_assistant: Assistant) -> None:
    corpus = library_assistant.corpus
    (first, *_) = corpus.documents.values()
    many = replace(
        corpus,
        documents={
            f"m{n}": replace(first, monograph=replace(first.monograph, id=f"m{n}", title=f"Medicine {n:03}"))
            for n in range(1234)
        },
    )
    assert [m.id for m in found(many, "")] == [f"m{n}" for n in range(20)]
    assert [m.id for m in found(many, "medicine 07")] == [f"m{n}" for n in range(70, 80)]
    assert render_library(many).count("<li>") == 20
    assert count_line(1234) == "20 of 1,234 medicines. Type the first letters of yours, or ask at once and name it."


def test_one_medicine_has_no_list(corpus: Corpus) -> None:
    assert render_library(corpus) == ""


def test_the_addresses(address: str) -> None:
    kept = httpx.get(f"{address}m/carvexol")
    assert (kept.status_code, kept.headers["location"]) == (307, "../?medicine=carvexol")
    assert httpx.get(f"{address}m/gone").status_code == 404
    assert httpx.get(f"{address}medicines/gone").status_code == 404
    assert httpx.get(f"{address}medicines", params={"q": "carv"}).json() == {
        "medicines": [{"document": "carvexol", "name": "Carvexol", "generic_name": "carvexol"}],
        "all": 3,
    }
    assert len(httpx.get(f"{address}medicines/tresolimab").json()["examples"]) == 2


def test_the_page_without_scripts_keeps_to_it_too(address: str) -> None:
    held = '<input type="hidden" name="medicine" value="tresolimab">'
    first = httpx.get(address, params={"medicine": "tresolimab"}).text
    assert held in first
    assert 'name="medicine"' not in httpx.get(address, params={"medicine": "gone"}).text
    asked = {"question": "where do I keep it", "medicine": "tresolimab"}
    answered = httpx.post(f"{address}ask", data=asked).text
    assert "Keep the vials in a refrigerator away from light." in answered
    assert held in answered
    assert '<a href="./?medicine=tresolimab">Start over</a>' in answered


@pytest.mark.browser
def test_a_medicine_is_found_by_typing_and_its_page_keeps_to_it(page: Page, address: str) -> None:
    open_chat(page, address)
    links = page.locator("#medicines a")
    expect(links).to_have_text(["Bentrine", "Carvexol", "Tresolimab"])
    check(page)
    page.get_by_label("Find your medicine").fill("tre")
    expect(links).to_have_text(["Tresolimab"])
    links.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions about Tresolimab")
    check(page)
    example = page.locator("#library .choose").first
    question = example.text_content() or ""
    example.click()
    assert last_answer(page, 1).locator(".card h3").first.text_content() in (
        "Tresolimab How it is given", "Tresolimab Side effects"
    )  # fmt: skip
    assert page.locator("#conversation .asked bdi").all_text_contents() == [question]
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("#conversation .answer")).to_have_count(0)
    alone = ask(page, "how do i store it")
    assert passages(alone) == ["Keep the vials in a refrigerator away from light."]


@pytest.mark.browser
def test_another_medicine_that_is_named_on_the_page_of_one_is_another_medicine_there(page: Page, address: str) -> None:
    open_chat(page, f"{address}m/carvexol")
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions about Carvexol")
    other = ask(page, "what are the side effects of bentrine")
    expect(other).to_contain_text("a medicine that this page does not know")
    assert passages(other) == []
    together = ask(page, "where do i keep it, with my bentrine drops")
    assert passages(together) == ["Keep the tablets in a dry place below 25 degrees."]
