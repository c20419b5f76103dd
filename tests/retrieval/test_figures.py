"""The figures of a search, computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from retrieval.corpus import Corpus
from retrieval.figures import ABSENT, MESSAGE, PASSAGE, message_figures, passage_figures, words_of
from retrieval.ranking import Ranked
from retrieval.store import NONE, Matches, ranked
from retrieval.views import View, ViewKind, view_table

VIEWS = [
    View("a", ViewKind.TEXT, "the dose", 0, 1),
    View("a", ViewKind.PHRASING, "how much do i get", 0, 1),
    View("b", ViewKind.TEXT, "the price", 0, 1),
    View("b", ViewKind.PHRASING, "how long do i get it", 0, 1),
    View("", ViewKind.GAP, "how much does it cost", 0, 0, "cost"),
    View("", ViewKind.GAP, "is it dear", 0, 0, "cost"),
]
TABLE = view_table(VIEWS)
RANKED = [Ranked("a", 0.8, 0.9, 0.5, 0.25), Ranked("b", 0.6, 0.4, 0.3, 0.0)]


def matches(scores: list[float]) -> Matches:
    return ranked(np.arange(len(scores)), np.array(scores, dtype=np.float32))


def named(
    found: Matches, alone: Matches, *, follow_up: bool = False, odds: tuple[float, float] = (0.0, 0.0)
) -> dict[str, float]:
    row = message_figures(found, alone, TABLE, RANKED, RANKED, odds, 4, follow_up)
    assert row.shape == (len(MESSAGE) - 1,)
    return dict(zip(MESSAGE, row.tolist(), strict=False))


def test_what_is_nearest_of_each_kind() -> None:
    found = matches([0.5, 0.9, 0.3, 0.7, 0.6, 0.2])
    row = named(found, found, odds=(0.75, 0.25))
    assert row["margin"] == pytest.approx(0.8 - 0.4)
    assert (row["phrasing"], row["phrasings"]) == (pytest.approx(0.9), pytest.approx(0.8))
    assert (row["gap"], row["gaps"], row["text"], row["texts"]) == pytest.approx((0.6, 0.4, 0.5, 0.4))
    assert (row["same_passage"], row["same_topic"]) == (0.5, 1.0)
    assert (row["odds"], row["unknown"]) == (0.75, 0.25)
    assert (row["score"], row["lead"], row["lexical"]) == pytest.approx((0.8, 0.2, 0.25))
    votes = [sum(math.exp((s - 0.9) / 0.05) for s in some) for some in ((0.9, 0.7), (0.6, 0.2))]
    assert row["vote"] == pytest.approx(math.log((votes[0] + 1e-9) / (votes[1] + 1e-9)), abs=1e-4)
    assert row["length"] == pytest.approx(math.log(5))


def test_a_follow_up_has_figures_of_its_own_words() -> None:
    row = named(matches([0.5, 0.9, 0.3, 0.7, 0.6, 0.2]), matches([0.1, 0.2, 0.3, 0.15, 0.4, 0.2]), follow_up=True)
    assert row["follow_up"] == 1
    assert (row["phrasing_alone"], row["gap_alone"], row["text_alone"]) == pytest.approx((0.2, 0.4, 0.3))


def test_what_a_monograph_does_not_have_is_absent() -> None:
    row = dict(zip(MESSAGE, message_figures(NONE, NONE, TABLE, (), (), (0, 0), 1, False).tolist(), strict=False))
    assert {row[name] for name in ("phrasing", "phrasings", "gap", "text", "score", "alone")} == {ABSENT}
    assert (row["margin"], row["vote"], row["lead"]) == (0, 0, 0)


def test_words_of_answered_questions_and_of_gaps() -> None:
    words = words_of([(view, view.text.split()) for view in VIEWS], ["the", "dose"])
    assert words.questions == (2, 2)
    # "how" stands in two answered questions and in one gap, "zebra" nowhere.
    how = math.log(2.5 / 3) - math.log(1.5 / 3)
    assert words.odds(["how"]) == (pytest.approx(how), 0.0)
    assert words.odds(["how", "zebra", "how"]) == (pytest.approx(how / 2), 0.5)
    # A question of the bank does not count for itself.
    assert words.odds(["dear"]) == (pytest.approx(math.log(0.5 / 3) - math.log(1.5 / 3)), 0.0)
    assert words.odds(["dear"], ViewKind.GAP) == (pytest.approx(0.0), 1.0)


def test_without_questions_only_the_text_knows_words() -> None:
    words = words_of([], ["the", "dose"])
    assert words.odds(["dose", "zebra"]) == (0.0, 0.5)
    assert words.odds([]) == (0.0, 0.0)


def test_each_passage_has_figures(corpus: Corpus) -> None:
    block, other = corpus.documents["istiratumab"].passages.showable()[:2]
    rows = passage_figures(matches([0.5, 0.9, 0.3, 0.7, 0.6, 0.2]), TABLE, RANKED, [block, other])
    assert rows.shape == (2, len(PASSAGE))
    first, second = (dict(zip(PASSAGE, row.tolist(), strict=True)) for row in rows)
    assert (first["behind"], second["behind"]) == (0, pytest.approx(0.2))
    assert (first["own_phrasing"], second["own_phrasing"]) == pytest.approx((0.9, 0.7))
    assert (first["own_share"], second["own_share"]) == (0.5, 0.5)
    assert (first["rank"], second["rank"]) == (0, 1)
    assert (first["sibling"], second["sibling"]) == (0, float(block.section == other.section))
