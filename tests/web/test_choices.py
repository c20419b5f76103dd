"""A library of three medicines on the page and through the API: which one, chosen by a button or by `document`."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from tests.contract import expected
from tests.web.axe import check
from tests.web.chat import Serving, ask, last_answer, open_chat, passages
from web.fixed import fixed_parts
from web.lifecycle import Lifecycle
from web.render import Asides, render_answer

ITCH = 'does the <ear> canal "itch"'


@pytest.fixture
def address(library_assistant: Assistant, serving: Serving) -> Iterator[str]:
    with serving(library_assistant) as served:
        yield served


@pytest.mark.browser
def test_a_medicine_is_chosen_by_the_keyboard_and_kept(page: Page, address: str) -> None:
    box = open_chat(page, address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions about your medicine")
    asked = ask(page, ITCH)
    assert asked.locator("[data-notice]").get_attribute("data-notice") == "which-medicine"
    buttons = asked.get_by_role("group", name="Medicines to choose from").get_by_role("button")
    assert sorted(buttons.all_text_contents()) == ["Bentrine", "Carvexol", "Tresolimab"]
    assert buttons.first.text_content() == "Bentrine"
    assert passages(asked) == []
    box.fill("half a question")
    buttons.first.focus()
    page.keyboard.press("Enter")
    answer = last_answer(page, 2)
    assert page.locator("#conversation .asked bdi").all_text_contents() == [ITCH, ITCH]
    heading = answer.locator(".card h3").first
    assert heading.text_content() == "Bentrine Side effects"
    expect(box).to_have_value("half a question")
    follow_up = ask(page, "when do i throw it away")
    assert passages(follow_up)[0] == "Throw the bottle away four weeks after you open it."


@pytest.mark.browser
def test_choices_and_two_medicines_are_accessible(page: Page, address: str) -> None:
    open_chat(page, address)
    check(page)
    ask(page, ITCH)
    check(page)
    both = ask(page, "side effects of carvexol and bentrine")
    names = both.locator(".card .medicine").all_text_contents()
    assert sorted(names[:2]) == ["Bentrine", "Carvexol"]
    assert both.locator(".card:visible").count() == 2
    check(page)


def test_the_api_gives_choices_and_takes_one(address: str, library_assistant: Assistant) -> None:
    def post(**request: str) -> httpx.Response:
        return httpx.post(f"{address}api/ask", json={"text": ITCH, **request}, timeout=60)

    asked = post().json()
    conversation = asked.pop("conversation")
    assert asked == expected(library_assistant.ask(ITCH).as_json())
    schemas = httpx.get(f"{address}openapi.json").json()["components"]["schemas"]
    assert set(schemas["ChoiceItem"]["properties"]) == set(asked["choices"][0])
    chosen = post(conversation=conversation, document=asked["choices"][0]["document"]).json()
    assert {citation["document"] for citation in chosen["citations"]} == {"bentrine"}
    follow_up = post(conversation=conversation, text="when do i throw it away").json()
    assert follow_up["citations"][0]["document"] == "bentrine"
    unknown = post(document="gone")
    assert (unknown.status_code, unknown.json()) == (404, {"error": "There is no such document. Send none."})


def test_what_could_be_asked_next_is_asked_about_the_medicine_of_the_answer(library_assistant: Assistant) -> None:
    answer = library_assistant.ask("tresolimab: how many minutes does the drip run")
    documents = library_assistant.corpus.documents
    markup = render_answer(answer, documents, asides=Asides("", 0, ("does the skin go red",)))
    assert 'class="choose" data-choose="tresolimab does the skin go red">does the skin go red</button>' in markup
    assert "data-ask" not in markup


def test_a_choice_is_no_miss_to_share(library_assistant: Assistant) -> None:
    markup = render_answer(library_assistant.ask(ITCH), {}, asides=Asides(ITCH, 0, kept_days=90))
    assert 'data-choose="bentrine does the &lt;ear&gt; canal &quot;itch&quot;"' in markup
    assert "Share this question" not in markup


def test_the_start_shows_no_example_and_no_disclaimer_where_medicines_differ(library_assistant: Assistant) -> None:
    parts = fixed_parts(library_assistant)
    assert set(parts) == {"emergency", "about", "disclaimer", "library"}
    assert parts["disclaimer"] == ""


def test_a_library_is_ready(library_assistant: Assistant) -> None:
    # The golden question names no medicine: it is asked about its own.
    assert Lifecycle(library_assistant).problem() == ""
