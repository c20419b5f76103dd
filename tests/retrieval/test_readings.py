"""What stands before a message that may lean on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import Corpus
from retrieval.readings import question_before, readings_of
from retrieval.views import shown_words


def test_of_a_long_story_the_end_counts_in_whole_words() -> None:
    story = "my husband " * 100 + "had the drip today"
    assert question_before("what is it") == "what is it"
    before = question_before(story)
    assert len(before) <= 400
    assert f" {story}".endswith(f" {before}")


@given(st.text(), st.text(min_size=1), st.text(min_size=1))
def test_the_message_stands_alone_and_at_the_end_of_each_other_reading(message: str, before: str, shown: str) -> None:
    readings = readings_of(message, before, shown)
    assert readings == (message, f"{before}. {message}", f"{shown} {message}")
    assert readings_of(message, before) == readings[:2]
    assert readings_of(message, "", shown) == (message,)


def test_the_words_of_a_passage_are_its_beginning_without_marks_in_whole_words(corpus: Corpus) -> None:
    document = corpus.documents["istiratumab"]
    for passage in document.passages.showable():
        words = shown_words(document.monograph.source, passage)
        assert 0 < len(words) <= 200
        assert not words.startswith(("- ", "#", "|"))
        assert not words.endswith(" ")
