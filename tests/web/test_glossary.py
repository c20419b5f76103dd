"""The glossary: what is read, what is refused, and where terms stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.errors import CorpusError
from tests.conftest import CORPUS
from web.glossary import Glossary, read_glossary

LINE: dict[str, Any] = {
    "term": "antibody",
    "forms": ["antibodies"],
    "explanation": "A protein that holds on to one kind of thing.",
    "owner": "Medical Information",
    "version": "1.0",
    "effective": "2026-01-09",
    "review_by": "2027-01-09",
    "status": "approved",
}


def glossary(folder: Path, *lines: dict[str, Any]) -> Glossary:
    (folder / "any.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return read_glossary(folder)


def found(made: Glossary, text: str) -> list[tuple[str, str]]:
    return [(text[p.span.start : p.span.end], p.term.term) for p in made.places(text, [Span(0, len(text))])]


def test_every_term_that_staff_explain_stands_in_the_monograph(document: Document) -> None:
    real, source = read_glossary(CORPUS / "glossary"), document.monograph.source
    places = real.places(source, [Span(0, len(source))])
    assert {place.term.term for place in places} == {term.term for term in real.terms}
    assert len(places) >= 40


def test_each_term_is_found_once_whole_and_the_longer_of_two(tmp_path: Path) -> None:
    made = glossary(
        tmp_path,
        LINE,
        LINE | {"term": "monoclonal antibody", "forms": []},
        LINE | {"term": "PET", "forms": []},
    )
    text = "Antibodies (a monoclonal antibody), an antibody; a pet, PET."
    assert found(made, text) == [
        ("Antibodies", "antibody"),
        ("monoclonal antibody", "monoclonal antibody"),
        ("PET", "PET"),
    ]
    assert found(made, "antibodylike and proantibody") == []
    assert made.places(text, [Span(0, 5)]) == ()


def test_no_folder_is_an_empty_glossary(tmp_path: Path) -> None:
    assert read_glossary(tmp_path / "none") == Glossary()
    assert found(Glossary(), "antibody") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "draft"}, "status is 'draft', and only 'approved' explanations are shown."),
        ({"explanation": " "}, "'explanation' is not a text with words."),
        ({"forms": "antibodies"}, "'forms' is not a list of texts."),
        ({"effective": "9 January"}, "Invalid isoformat string: '9 January'."),
        ({"colour": "red"}, "not an object with the keys expected."),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(CorpusError) as raised:
        glossary(tmp_path, LINE | {"term": "another", "forms": []}, LINE | change)
    assert str(raised.value).startswith(f"{tmp_path}/any.jsonl:2: {problem}")


def test_a_form_is_explained_once(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"any\.jsonl:2: 'Antibodies' is explained in any\.jsonl:1 too\."):
        glossary(tmp_path, LINE, LINE | {"term": "Antibodies", "forms": []})
