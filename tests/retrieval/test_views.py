"""Views: what is searched of a monograph, beside what is quoted of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.corpus import Corpus, read_corpus
from retrieval.views import ViewKind, corpus_views
from tests.retrieval.test_corpus import BODY, write


def test_views_of_plain_text_are_its_own_words(corpus: Corpus) -> None:
    (document,) = corpus.documents.values()
    source = document.monograph.source
    for view in corpus_views(corpus):
        if view.kind == ViewKind.SENTENCE:
            assert view.text.endswith(source[view.start : view.end])


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("The sub\u00adstance is a \ufb02uid.", "The substance is a fluid."),
        ("Give 6\u201110\u00a0mg.", "Give 6-10 mg."),
        ("Un cafe\u0301 zero\u200bwidth.", "Un café zerowidth."),
    ],
)
def test_what_hides_a_word_is_not_searched_but_quoted(tmp_path: Path, written: str, searched: str) -> None:
    write(tmp_path, body=BODY.replace("A medicine.", written))
    corpus = read_corpus(tmp_path)
    (document,) = corpus.documents.values()
    view = next(view for view in corpus_views(corpus) if view.kind == ViewKind.TEXT)
    assert view.text == f"What: {searched}"
    assert document.monograph.source[view.start : view.end] == written
