"""Where sentences end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.blocks import Span
from retrieval.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Use 1.5 mg/kg, e.g. Monday. Then rest.", ["Use 1.5 mg/kg, e.g. Monday.", "Then rest."]),
        ("Ask Dr. Smith vs. Dr. Jones.", ["Ask Dr. Smith vs. Dr. Jones."]),
        ("E. coli was found. It was mild.", ["E. coli was found.", "It was mild."]),
        ("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]),
        ("Rare (see the U.S. label. It is long). Next.", ["Rare (see the U.S. label. It is long).", "Next."]),
        ("Wait… Éclair. 60 minutes.", ["Wait…", "Éclair.", "60 minutes."]),
        ("没有批准。正在研究。", ["没有批准。", "正在研究。"]),
        ("no stop at all", ["no stop at all"]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[s.start : s.end] for s in split_sentences(text, Span(0, len(text)))] == sentences


@given(st.text(st.sampled_from("aB1 .!?…()“”\n。")), st.integers(0, 3))
def test_no_character_is_lost(text: str, margin: int) -> None:
    source = "x" * margin + text + "x" * margin
    found = split_sentences(source, Span(margin, margin + len(text)))
    assert "".join("".join(source[s.start : s.end] for s in found).split()) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(found))
