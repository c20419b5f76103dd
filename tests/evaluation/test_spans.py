"""Which lines a quote covers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.catalogue import LINES
from evaluation.errors import DataError
from evaluation.spans import Line, covered_by_spans, covered_by_text, fold, map_lines, read_source_lines
from retrieval.corpus import Corpus

LONG = "The infusion is given slowly over sixty minutes."  # 48 characters: 24 are half
SHORT = "It is an antibody."
SOURCE = f"- {LONG}\n\n{SHORT}\n"
SPANS = (Line("m", 1, 0, 50, f"- {LONG}"), Line("m", 3, 52, 70, SHORT))


def test_fold_drops_what_markdown_may_write_differently() -> None:
    assert fold("### Side  effects") == "Side effects"
    assert fold("- **Rash:** a\u00a0rash") == "Rash: a rash"
    assert fold("| Route | By vein |") == "Route By vein"
    assert fold("a - b # c") == "a - b # c"


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (0, 50, {1}),
        (0, 26, {1}),  # the dash does not count: 24 of 48
        (0, 25, set()),
        (26, 50, {1}),
        (27, 50, set()),
        (52, 70, {3}),
        (52, 69, set()),  # a line under 39 characters must be whole
        (0, 70, {1, 3}),
        (30, 70, {3}),
    ],
)
def test_a_span_covers_a_line_from_half_of_its_characters(start: int, end: int, covered: set[int]) -> None:
    assert covered_by_spans({"m": [(start, end)]}, SPANS) == covered


def test_spans_count_together_and_overlaps_once() -> None:
    assert covered_by_spans({"m": [(2, 15), (15, 26)]}, SPANS) == {1}
    assert covered_by_spans({"m": [(2, 22), (10, 22), (2, 22)]}, SPANS) == set()


def test_a_span_of_another_document_covers_nothing() -> None:
    assert covered_by_spans({"other": [(0, 70)]}, SPANS) == set()


def test_text_covers_a_line_wherever_it_stands() -> None:
    assert covered_by_text(f"Before. {SHORT} After.", SPANS) == {3}
    assert covered_by_text(SHORT[:-1], SPANS) == set()
    assert covered_by_text(LONG[:24], SPANS) == {1}
    assert covered_by_text(LONG[:23], SPANS) == set()
    assert covered_by_text(f"x {LONG[20:]}", SPANS) == {1}  # holds the half that starts at character 20


@given(st.integers(0, 70), st.integers(0, 70), st.integers(0, 5))
def test_a_longer_span_never_covers_less(start: int, end: int, more: int) -> None:
    inner = covered_by_spans({"m": [(start, end)]}, SPANS)
    assert inner <= covered_by_spans({"m": [(start - more, end + more)]}, SPANS)


def test_lines_are_found_in_order(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text(f"- {LONG}\n\n{SHORT}\n", "utf-8")
    assert map_lines(path, "m", SOURCE) == SPANS
    path.write_text(f"{SHORT}\n{LONG}\n", "utf-8")
    with pytest.raises(DataError, match=r"plain\.txt:2: the monograph does not have this line"):
        map_lines(path, "m", SOURCE)


def test_the_built_in_lines_are_slices_of_the_monograph(corpus: Corpus) -> None:
    source = corpus.documents["istiratumab"].monograph.source
    lines = read_source_lines(LINES)
    assert [source[line.start : line.end] for line in lines] == [line.text for line in lines]
    assert len(lines) == 71
    assert [line.number for line in lines] == sorted({line.number for line in lines})


def test_offsets_must_be_as_long_as_the_text(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"document": "m", "line": 1, "start": 0, "end": 4, "text": "abc"}\n', "utf-8")
    with pytest.raises(DataError, match=r"lines\.jsonl:1: the offsets are not as long as the text"):
        read_source_lines(path)


@pytest.mark.parametrize("wrong", [{"start": "0"}, {"line": None}, {"end": 18.0}, {"document": 1}, {"text": None}])
def test_a_line_of_other_types_is_named(tmp_path: Path, wrong: dict[str, object]) -> None:
    path = tmp_path / "lines.jsonl"
    line = {"document": "m", "line": 1, "start": 0, "end": 18, "text": SHORT}
    path.write_text(f"{json.dumps(line)}\n{json.dumps(line | wrong)}\n", "utf-8")
    with pytest.raises(DataError, match=r"lines\.jsonl:2: this is no line of a document"):
        read_source_lines(path)
