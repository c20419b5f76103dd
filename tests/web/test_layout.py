"""What is laid out holds every character of the text, and shows none of Markdown's marks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.blocks import Span
from retrieval.corpus import Document
from tests.retrieval.monographs import monographs
from tests.web.documents import document_of
from tests.web.markup import text_content
from web.glossary import Glossary, Term, TermPlace
from web.layout import Marks, escaped, laid_out

HIDDEN = '<span class="mark" hidden>{}</span>'


def whole(source: str, mark: Span | None = None) -> str:
    return laid_out(document_of(source), Span(0, len(source)), Marks(mark))


def term(word: str) -> Term:
    return Term(word, (), f"Means “{word}” & <more>.", "Tests", "1.0", date(2026, 1, 9), date(2027, 1, 9))


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
    highlight = Span(start, data.draw(st.integers(start, len(source))))
    words = data.draw(st.lists(st.sampled_from(source.split() or ["x"]), unique_by=str.casefold, max_size=5))
    glossary = Glossary(tuple(term(word) for word in words))
    if made.passages.all:
        assert text_content(laid_out(made, Span(0, len(source)), Marks(highlight))) == source
    for passage in made.passages.showable():
        marks = Marks(highlight, glossary.places(source, passage.content))
        assert text_content(laid_out(made, Span(passage.start, passage.end), marks)) == passage.text


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


def test_a_term_can_be_tapped_inside_and_outside_of_the_highlight_and_not_across_its_edge() -> None:
    source = "An antibody, a drip, a scan."
    places = tuple(
        TermPlace(Span(source.index(word), source.index(word) + len(word)), term(word))
        for word in ("antibody", "drip", "scan")
    )
    tapped = (
        '<span class="term" role="button" tabindex="0" data-term="{0}" '
        'data-meaning="Means “{0}” &amp; &lt;more&gt;.">{0}</span>'
    )
    markup = laid_out(document_of(source), Span(0, len(source)), Marks(Span(0, 17), places))
    assert markup == (f"<p><mark>An {tapped.format('antibody')}, a dr</mark>ip, a {tapped.format('scan')}.</p>")
    assert text_content(markup) == source
