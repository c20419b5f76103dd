"""The figures of one search: what is known of a message and of each passage found before anything is decided."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.passages import Level, Passage
from retrieval.ranking import Ranked
from retrieval.store import Matches
from retrieval.views import NOWHERE, View, ViewKind, ViewTable

__all__ = ["ABSENT", "MESSAGE", "PASSAGE", "Words", "message_figures", "passage_figures", "words_of"]

ABSENT = -1.0
"""In the place of a similarity to something that a monograph does not have."""

MESSAGE = (
    "margin", "vote", "phrasing", "phrasings", "gap", "gaps", "text", "texts", "same_passage", "same_topic",
    "odds", "unknown", "length", "score", "lead", "lexical", "follow_up", "alone", "phrasing_alone", "gap_alone",
    "text_alone", "order", "domain",
)  # fmt: skip
"""Names of the figures of a message, in their order; `domain` is the decision's own (retrieval/decision.py)."""

PASSAGE = (
    "behind", "own_score", "own_phrasings", "own_phrasing", "own_text", "own_lexical", "own_share", "rank", "sibling",
    "whole", "own_order",
)  # fmt: skip
"""Names of the figures of a passage, which follow those of the message."""

_NEAR = 5
_FEW = 3
_AGREE = 10
_NEIGHBOURS = 60
_WIDTH = 0.05
_LEAST = 1e-9
_RARE = 0.5
"""Added to each count of a word: one that stands nowhere says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """In how many questions of a monograph a word stands: of those answered, and of those known not to be."""

    answered: Mapping[str, int]
    gaps: Mapping[str, int]
    questions: tuple[int, int]
    """How many there are of either kind."""
    text: frozenset[str]
    """The words of the monograph itself."""

    def odds(self, words: Iterable[str], own: ViewKind | None = None) -> tuple[float, float]:
        """The mean log odds of a message's words between answered questions and gaps, and the share that is unknown.

        `own` is the kind of the question itself where it is one of those counted: it does not count for itself.
        """
        answered, gaps = self.questions
        seen = list(dict.fromkeys(words))
        if not seen or not answered or not gaps:
            return 0.0, sum(word not in self.text for word in seen) / max(1, len(seen))
        total, unknown = 0.0, 0
        for word in seen:
            known = self.answered.get(word, 0) - (own == ViewKind.PHRASING)
            missed = self.gaps.get(word, 0) - (own == ViewKind.GAP)
            total += math.log((known + _RARE) / (answered + 1)) - math.log((missed + _RARE) / (gaps + 1))
            unknown += not known and not missed and word not in self.text
        return total / len(seen), unknown / len(seen)


def words_of(views: Iterable[tuple[View, Sequence[str]]], text: Iterable[str]) -> Words:
    """The counts over a monograph's views, each given with its words, and gaps that hold for every one."""
    counts: dict[ViewKind, Counter[str]] = {ViewKind.PHRASING: Counter(), ViewKind.GAP: Counter()}
    totals: Counter[ViewKind] = Counter()
    for view, words in views:
        if view.kind in counts:
            counts[view.kind].update(set(words))
            totals[view.kind] += 1
    answered, gaps = counts[ViewKind.PHRASING], counts[ViewKind.GAP]
    return Words(answered, gaps, (totals[ViewKind.PHRASING], totals[ViewKind.GAP]), frozenset(text))


def message_figures(
    matches: Matches,
    alone: Matches,
    table: ViewTable,
    ranked: Sequence[Ranked],
    ranked_alone: Sequence[Ranked],
    odds: tuple[float, float],
    length: int,
    follow_up: bool,
) -> NDArray[np.float64]:
    """The figures in MESSAGE but `domain`: shape (len(MESSAGE) - 1,).

    `matches` are those that are judged, in the light of the question before it; `alone` those of the message by itself.
    """
    known, gaps, texts = _scores(matches, table)
    known_alone, gaps_alone, texts_alone = _scores(alone, table)
    first = ranked[0] if ranked else None
    second = ranked[1].score if len(ranked) > 1 else ABSENT
    return np.array(
        [
            _mean(known, _NEAR) - _mean(gaps, _NEAR),
            _vote(known, gaps),
            _mean(known, 1),
            _mean(known, _FEW),
            _mean(gaps, 1),
            _mean(gaps, _FEW),
            _mean(texts, 1),
            _mean(texts, _FEW),
            _share(_led(matches, table), table.numbers[first.passage] if first else NOWHERE),
            _same_topic(matches, table),
            *odds,
            math.log1p(length),
            first.score if first else ABSENT,
            first.score - second if first else 0.0,
            first.lexical if first else 0.0,
            float(follow_up),
            ranked_alone[0].score if ranked_alone else ABSENT,
            _mean(known_alone, 1),
            _mean(gaps_alone, 1),
            _mean(texts_alone, 1),
            first.likely if first else 0.0,
        ]
    )


def passage_figures(
    matches: Matches, table: ViewTable, ranked: Sequence[Ranked], passages: Sequence[Passage]
) -> NDArray[np.float64]:
    """The figures in PASSAGE of the passages found, best first: shape (len(ranked), len(PASSAGE))."""
    led = _led(matches, table)
    phrasings = table.are(ViewKind.PHRASING, matches.ids)
    rows = []
    for place, (of, passage) in enumerate(zip(ranked, passages, strict=True)):
        number = table.numbers[of.passage]
        own = matches.scores[phrasings & (table.passages[matches.ids] == number)]
        first = passages[0]
        rows.append(
            [
                ranked[0].score - of.score,
                of.score,
                ABSENT if of.phrasing is None else of.phrasing,
                _mean(own, 1),
                of.text,
                of.lexical,
                _share(led, number),
                float(place),
                float(place > 0 and passage.section == first.section),
                float(passage.level == Level.GROUP),
                of.likely,
            ]
        )
    return np.array(rows).reshape(len(rows), len(PASSAGE))


def _scores(matches: Matches, table: ViewTable) -> tuple[NDArray[np.float64], ...]:
    """The similarities of the phrasings, of the gaps, and of texts and sentences, nearest first."""
    known, gaps = table.are(ViewKind.PHRASING, matches.ids), table.are(ViewKind.GAP, matches.ids)
    scores = matches.scores.astype(np.float64)
    return scores[known], scores[gaps], scores[~known & ~gaps]


def _mean(scores: NDArray[np.float64] | NDArray[np.float32], most: int) -> float:
    return float(scores[:most].mean()) if len(scores) else ABSENT


def _vote(known: NDArray[np.float64], gaps: NDArray[np.float64]) -> float:
    """Log odds of a soft vote of the nearest sixty questions, where a neighbour with similarity s has the weight
    exp(s / 0.05), as in Neighbourhood Components Analysis (Goldberger et al., NIPS 2004); 0 where one kind lacks."""
    if not len(known) or not len(gaps):
        return 0.0
    nearest = np.sort(np.concatenate([known[:_NEIGHBOURS], gaps[:_NEIGHBOURS]]))[::-1][:_NEIGHBOURS]
    weights = [np.exp((of[of >= nearest[-1]] - nearest[0]) / _WIDTH).sum() + _LEAST for of in (known, gaps)]
    return math.log(weights[0] / weights[1])


def _led(matches: Matches, table: ViewTable) -> NDArray[np.int32]:
    """The passages that the nearest phrasings lead to, by number."""
    near = matches.ids[table.are(ViewKind.PHRASING, matches.ids)][:_AGREE]
    return np.asarray(table.passages[near])


def _share(led: NDArray[np.int32], number: int) -> float:
    return float((led == number).mean()) if len(led) else 0.0


def _same_topic(matches: Matches, table: ViewTable) -> float:
    near = matches.ids[table.are(ViewKind.GAP, matches.ids)][:_AGREE]
    topics = Counter(table.views[number].topic for number in near)
    return max(topics.values(), default=0) / max(1, len(near))
