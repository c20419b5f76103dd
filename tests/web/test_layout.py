"""What is laid out holds every character of the text, and shows none of Markdown's marks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.blocks import Span
from retrieval.corpus import Document
from tests.retrieval.monographs import monographs
from tests.web.documents import document_of
from tests.web.markup import text_content
from web.layout import escaped, laid_out

HIDDEN = '<span class="mark" hidden>{}</span>'


def whole(source: str, mark: Span | None = None) -> str:
    return laid_out(document_of(source), Span(0, len(source)), mark)


def test_the_real_monograph_is_there_to_the_last_character(document: Document) -> None:
    source = document.monograph.source
    assert text_content(laid_out(document, Span(0, len(source)))) == source
    for passage in document.passages.showable():
        assert text_content(laid_out(document, Span(passage.start, passage.end))) == passage.text


@settings(deadline=None)
@given(monographs(), st.data())
def test_any_monograph_is_there_to_the_last_character(source: str, data: st.DataObject) -> None:
    made = document_of(source)
    start = data.draw(st.integers(0, len(source)))
    mark = Span(start, data.draw(st.integers(start, len(source))))
    if made.passages.all:
        assert text_content(laid_out(made, Span(0, len(source)), mark)) == source
    for passage in made.passages.showable():
        assert text_content(laid_out(made, Span(passage.start, passage.end), mark)) == passage.text


def test_markup_is_one_line_without_characters_that_parsers_fold() -> None:
    assert escaped("a\r\n\tb < c & \"d\" 'e'") == "a&#13;&#10;&#9;b &lt; c &amp; &quot;d&quot; &#x27;e&#x27;"


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("Just words.", "<p>Just words.</p>"),
        ("# Top", f"<h2>{HIDDEN.format('# ')}Top</h2>"),
        ("### Third ###", f"<h3>{HIDDEN.format('### ')}Third{HIDDEN.format(' ###')}</h3>"),
        (
            "- a\n  - b",
            f'<ul><li class="depth-1">{HIDDEN.format("- ")}a{HIDDEN.format("&#10;  ")}</li>'
            f'<li class="depth-2">{HIDDEN.format("- ")}b</li></ul>',
        ),
        ("1. a\n2. b", f'<ul><li class="numbered depth-1">1. a{HIDDEN.format("&#10;")}</li>'
                       '<li class="numbered depth-1">2. b</li></ul>'),
        (
            "| H | I |\n| - | - |\n| a | |\n| | b |",
            f'<table><thead><tr><th scope="col">{HIDDEN.format("| ")}H</th>'
            f'<th scope="col">{HIDDEN.format(" | ")}I{HIDDEN.format(" |&#10;| - | - |&#10;")}</th></tr></thead>'
            f"<tbody><tr><td>{HIDDEN.format('| ')}a{HIDDEN.format(' | |&#10;')}</td></tr>"
            f"<tr><td></td><td>{HIDDEN.format('| | ')}b{HIDDEN.format(' |')}</td></tr></tbody></table>",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_block_has_its_element(source: str, markup: str) -> None:
    assert whole(source) == markup


def test_a_mark_over_two_blocks_is_in_both() -> None:
    assert whole("- one two\n- three", Span(6, 15)) == (
        f'<ul><li class="depth-1">{HIDDEN.format("- ")}one <mark>two</mark>{HIDDEN.format("&#10;")}</li>'
        f'<li class="depth-1">{HIDDEN.format("- ")}<mark>thr</mark>ee</li></ul>'
    )


def test_tables_that_follow_each_other_stay_apart() -> None:
    assert whole("| a |\n| - |\n| b |\n\n| c |\n| - |\n| d |").count("<table>") == 2
