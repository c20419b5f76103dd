from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.ablation import STEPS, Asked, Bench, ablate, ablation_markdown, figures, held_out_questions
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.questions import held_out
from retrieval.retriever import Retriever
from retrieval.views import ViewKind

ASKED = [
    ("how long will the drip take", ""),
    ("how do they treat it", "will i get a skin rash"),
    ("im on gliclazide, can it mess up my a1c", ""),
    ("wat r the comon side afects", ""),
    ("MM-141?", ""),
]


@pytest.fixture(scope="module")
def bench(corpus: Corpus, index: Index, encoder: Encoder) -> Bench:
    return Bench(corpus, index, encoder)


def test_all_steps_together_are_what_the_product_shows(bench: Bench, retriever: Retriever) -> None:
    asked = [Asked(text, before, frozenset()) for text, before in ASKED]
    shown = list(bench.first(STEPS[0], asked))
    assert shown == [[hit.passage.id for hit in retriever.search(a.text, 3, a.before).hits] for a in asked]


def test_a_phrasing_is_left_out_of_the_index_when_it_is_asked(bench: Bench, index: Index) -> None:
    asked = held_out_questions(index)
    assert [index.views[a.own or 0].text for a in asked] == [
        view.text for view in index.views if view.kind == ViewKind.PHRASING and held_out(view.text)
    ]
    known = replace(asked[0], own=None)
    with_itself, without = ablate(bench, bench, [known], STEPS[:1]), ablate(bench, bench, asked[:1], STEPS[:1])
    assert with_itself[0].first.tolist() == [1.0]
    assert without[0].step == "as shipped"


def test_without_the_question_before_a_follow_up_loses_its_subject(bench: Bench, retriever: Retriever) -> None:
    right = retriever.search("how do they treat it", 1, "will i get a skin rash").hits[0].passage.id
    steps = [step for step in STEPS if step.name in ("as shipped", "without the question before")]
    rows = figures(ablate(bench, bench, [Asked(*ASKED[1], frozenset({right}))] * 20, steps))
    assert [row["hit@1"]["mean"] for row in rows] == [1.0, 0.0]
    assert rows[1]["hit@1"]["p"] < 0.001
    assert np.isclose(rows[0]["hit@3"]["low"], 1)
    assert (
        ablation_markdown(rows)
        .split("\n")[3]
        .startswith("| without the question before | 0.000 (0.000–0.000) | <0.001 |")
    )
