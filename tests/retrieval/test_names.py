from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import Corpus
from retrieval.names import Names, read_names
from retrieval.retriever import Retriever
from retrieval.spelling import Repair

NAMES = {"a1c": "blood sugar test", "st johns wort": "herbal supplement", "wort": "plant", "iv": "into a vein"}
KNOWN = ["is it an iv", "an IV drip", "by iv?"]


def test_a_name_is_explained_where_it_stands_the_longest_first() -> None:
    text, explained = Names(NAMES, KNOWN).explain("Can St. John's wort, or an IV, move my A1c?")
    assert text == "Can St. John's wort (herbal supplement), or an IV, move my A1c (blood sugar test)?"
    assert explained == (
        Repair("St. John's wort", "St. John's wort (herbal supplement)"),
        Repair("A1c", "A1c (blood sugar test)"),
    )


def test_a_name_in_three_texts_needs_no_explanation() -> None:
    assert Names(NAMES, KNOWN[:2]).explain("by iv") == ("by iv (into a vein)", (Repair("iv", "iv (into a vein)"),))
    assert Names(NAMES, KNOWN).explain("by iv") == ("by iv", ())


def test_texts_count_and_not_how_often_a_name_stands_in_one_or_across_two() -> None:
    names, other = {"st johns wort": "herb"}, ["of something else"] * 120
    for texts in (["st johns wort, st johns wort, St. John's wort"], ["st", "johns wort"] * 3, ["johns wort st"] * 3):
        assert Names(names, [*texts, *other, *texts[:1]]).explain("st johns wort")[1]
    thrice = ["st johns wort", *other, "my st johns wort", *other, "St. John's wort?"]
    assert Names(names, thrice).explain("st johns wort")[1] == ()


@given(st.text())
def test_a_text_without_names_stays_as_it_is(text: str) -> None:
    assert Names({}, ()).explain(text) == (text, ())


@given(st.lists(st.sampled_from(["a1c", "A1C", "my", ",", "wort.", "st johns wort", "ünd"]), max_size=8))
def test_what_is_added_can_be_taken_away_again(words: list[str]) -> None:
    text = " ".join(words)
    explained, repairs = Names(NAMES, ()).explain(text)
    for repair in repairs:
        explained = explained.replace(repair.meant, repair.written, 1)
    assert explained == text


def test_a_bad_line_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "en.jsonl"
    path.write_text(
        '{"name": "A1c", "is": "blood sugar test"}\n{"name": "a1C", "is": "x"}\n'
        '{"name": "one two three four", "is": "x"}\n'
        '{"name": "…", "is": "x"}\n{"name": "b"}\n',
        "utf-8",
    )
    names, bad = read_names(path)
    assert names == {"a1c": "blood sugar test"}
    assert sorted(error.line or 0 for error in bad) == [2, 3, 4, 5]
    assert "the same name as in line 1." in str(next(error for error in bad if error.line == 2))


def test_the_glossary_is_read_and_searched_with(corpus: Corpus, retriever: Retriever) -> None:
    assert corpus.names["metformin"] == "diabetes medicine"
    readings = retriever.readings("im on gliclazide, can i join")
    assert readings.texts == ("im on gliclazide (diabetes medicine), can i join",)
    assert readings.repairs == (Repair("gliclazide", "gliclazide (diabetes medicine)"),)
