"""Questions of patients on the real index, with the real encoder."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.retriever import Retriever
from retrieval.views import ViewKind


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("how long will the drip take", "| Infusion Time | Usually administered slowly over 60 to 90 minutes"),
        ("what are the common side effects", "### Common Side Effects (>10%)\n\n- Infusion-Related Reactions"),
        ("can my mom take turmeric pills", "- DON’T start any new over-the-counter medications or supplements"),
        ("MM-141?", "- Generic Name: Istiratumab (formerly known as MM-141)"),
    ],
)
def test_the_passage_that_answers_is_first(retriever: Retriever, question: str, words: str) -> None:
    hits = retriever.search(question, 3).hits
    assert hits[0].passage.text.startswith(words)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_score_is_what_its_parts_say(retriever: Retriever, encoder: Encoder, index: Index) -> None:
    question = "how long will the drip take"
    hit = retriever.search(question, 1).hits[0]
    similar = index.store.vectors(range(len(index.views))) @ encoder.encode([question])[0]
    own = [n for n, view in enumerate(index.views) if view.passage == hit.passage.id]
    phrasing = np.sort([similar[n] for n in own if index.views[n].kind == ViewKind.PHRASING])[-3:].mean()
    text = next(similar[n] for n in own if index.views[n].kind == ViewKind.TEXT)
    assert hit.evidence.lexical == 0  # no word of it but stop words is in the monograph
    assert hit.score == pytest.approx((phrasing + 0.2 * text) / 1.2, abs=1e-5)
    assert hit.evidence.phrasing == pytest.approx(phrasing, abs=1e-5)
    assert hit.evidence.text == pytest.approx(text, abs=1e-5)


def test_the_sentence_that_answers_is_highlighted(retriever: Retriever, corpus: Corpus) -> None:
    source = corpus.documents["istiratumab"].monograph.source

    def highlighted(question: str) -> str:
        mark = retriever.search(question, 1).hits[0].highlight
        return source[mark.start : mark.end]

    assert highlighted("how long will the drip take") == (
        "Usually administered slowly over 60 to 90 minutes to monitor for allergic or infusion-related reactions."
    )
    assert highlighted("who bought the rights to the drug in 2021") == (
        "In 2021, the intellectual property for the drug was acquired by a new medical group, "
        "shifting the focus toward rare pediatric cancers."
    )


def test_a_follow_up_is_read_with_the_question_before_it(retriever: Retriever) -> None:
    alone = retriever.search("how do they treat it", 1).hits[0]
    after = retriever.search("how do they treat it", 1, before="will i get a skin rash").hits[0]
    assert not alone.passage.text.startswith("- For Skin Rash")
    assert after.passage.text.startswith("- For Skin Rash")


def test_a_new_topic_is_not_pulled_back(retriever: Retriever) -> None:
    hit = retriever.search("do i need a pregnancy test before the trial", 1, before="how long will the drip take").hits[
        0
    ]
    assert hit.passage.text.startswith("- Pregnancy Test")


def test_the_readings_are_one_query_half_of_it_the_question_alone(retriever: Retriever, encoder: Encoder) -> None:
    readings = retriever.readings("how do they treat it", "will i get a skin rash")
    assert readings.texts == ("how do they treat it", "will i get a skin rash. how do they treat it")
    one, other = encoder.encode(readings.texts)
    np.testing.assert_allclose(readings.together[0], (one + other) / np.linalg.norm(one + other), atol=1e-5)
    assert readings.together.dtype == np.float32

    shown = "For Skin Rash. Doctors often prescribe topical creams."
    readings = retriever.readings("how do they treat it", "will i get a skin rash", shown)
    assert readings.texts[2:] == (f"{shown} how do they treat it",)
    alone, *others = encoder.encode(readings.texts)
    whole = 2 * alone + others[0] + others[1]
    np.testing.assert_allclose(readings.together[0], whole / np.linalg.norm(whole), atol=1e-5)
    assert retriever.readings("how do they treat it", "", shown).texts == ("how do they treat it",)


def test_context_is_named_where_it_changed_the_first_passage(retriever: Retriever) -> None:
    assert retriever.search("how do they treat it", 1, before="will i get a skin rash").in_context
    assert not retriever.search("how long will the drip take", 1, before="will i get a skin rash").in_context
    assert not retriever.search("how do they treat it", 1).in_context


def test_a_code_is_lexical_evidence(retriever: Retriever) -> None:
    first, second = (hit.evidence for hit in retriever.search("what was MM-141", 2).hits)
    assert first.lexical > 0.4 > second.lexical
    assert first.phrasing is not None
