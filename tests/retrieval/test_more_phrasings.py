"""With more phrasings the right passage of a real leaflet is first no less often: none, one, a few, many.

One question in four hundred that was right by a hair may turn: a phrasing lifts its own passage past the right one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from retrieval.index import build_index
from retrieval.multilingual import load_multilingual
from retrieval.ranking import overlap
from retrieval.retriever import Retriever
from tests.ready import shared_folder

COUNTS = (0, 1, 5, 25, 125)
BY_A_HAIR = 1
EVERY = 37
"""So that those attached, and those asked, are spread over the passages."""


def test_the_right_passage_is_first_no_less_often(
    corpus: Corpus, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (document,) = corpus.documents.values()
    name, attached = document.monograph.id, document.phrasings[::EVERY]
    # Other phrasings stand in for what patients ask: none of them is attached.
    asked = document.phrasings[EVERY // 2 :: EVERY]
    kept = CachedEncoder(encoder, shared_folder())
    other = load_multilingual(encoder.fingerprint)
    assert other
    monkeypatch.setattr("retrieval.retriever.load_multilingual", lambda _: other.kept_in(shared_folder()))

    def first(count: int) -> int:
        small = replace(corpus, documents={name: replace(document, phrasings=attached[:count])})
        retriever = Retriever(
            small, build_index(tmp_path_factory.mktemp("few"), small, encoder, vectors=shared_folder()), kept
        )
        hits = ((retriever.search(p.question, 1).hits[0].passage, corpus.passages[p.passage]) for p in asked)
        return sum(overlap(found, right) for found, right in hits)

    found = [first(count) for count in COUNTS]
    assert all(more >= fewer - BY_A_HAIR for fewer, more in pairwise(found)), dict(zip(COUNTS, found, strict=True))
    assert found[-1] == max(found)
    assert found[0] > len(asked) / 2
