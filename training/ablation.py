"""What each kind of figure buys the decision: learned without it, judged on sources that it did not learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.figures import MESSAGE, PASSAGE
from retrieval.forest import sigmoid
from training.curves import GROUPS
from training.decision import out_of_fold, passage_rows
from training.forest import grown
from training.judged import Judgement

__all__ = ["PARTS", "ablation_table"]

_ALL = (*MESSAGE, *PASSAGE)

PARTS: Mapping[str, frozenset[str]] = {
    "nothing": frozenset(),
    "the nearest phrasings": frozenset(("phrasing", "phrasings", "phrasing_alone", "own_phrasing", "own_phrasings")),
    "the nearest gaps": frozenset(("gap", "gaps", "gap_alone", "same_topic")),
    "the nearest texts": frozenset(("text", "texts", "text_alone", "own_text")),
    "margin and soft vote": frozenset(("margin", "vote")),
    "words (odds, unknown, length)": frozenset(("odds", "unknown", "length")),
    "words of the passage": frozenset(("lexical", "own_lexical")),
    "the domain part": frozenset(("domain",)),
    "the message read alone": frozenset(("alone", "phrasing_alone", "gap_alone", "text_alone", "follow_up")),
    "scores and leads": frozenset(("score", "lead", "behind", "own_score")),
    "agreement of the nearest": frozenset(("same_passage", "own_share", "same_topic")),
    "place and kind of the passage": frozenset(("rank", "sibling", "whole")),
}
"""What is left out, by the names of figures."""

_FOLDS = 4
_HEAD = "| without | " + " | ".join(GROUPS) + " | first right |\n|---|" + "---:|" * (len(GROUPS) + 1)
_ANSWERED = 0.75
"""Each way is judged where it answers so many of the answerable: what it lets through can be compared then."""


def ablation_table(messages: Sequence[Judgement], alarms: Vectors) -> str:
    """A row for each of PARTS: the share of each group that is answered, with thresholds so that all ways answer the
    same share of what is answerable; and of those answered the share whose first passage is right. Sources stand
    whole in one fold."""
    domain = out_of_fold(messages, alarms)
    sources = sorted({message.source for message in messages})
    fold = np.array([sources.index(message.source) % _FOLDS for message in messages])
    return "\n".join([_HEAD, *(_row(name, left_out, messages, domain, fold) for name, left_out in PARTS.items())])


def _row(
    name: str, left_out: frozenset[str], messages: Sequence[Judgement], domain: NDArray[np.float64],
    fold: NDArray[np.int64],
) -> str:  # fmt: skip
    kept = [number for number, figure in enumerate(_ALL) if figure not in left_out]
    likely = np.zeros(len(messages))
    for number in range(_FOLDS):
        others = fold != number
        some = [message for message, one in zip(messages, others, strict=True) if one]
        rows, right, heavy = passage_rows(some, domain[others])
        forest = grown(rows[:, kept], right, heavy)
        for place, message in enumerate(messages):
            if not others[place] and len(message.passages):
                figures = np.concatenate([message.message, [domain[place]], message.passages[0]])[kept]
                likely[place] = sigmoid(forest.log_odds(figures[None]))[0]
    groups = [np.array([wanted(message) for message in messages]) for wanted in GROUPS.values()]
    threshold = np.quantile(likely[groups[0]], 1 - _ANSWERED)
    answered = likely >= threshold
    shown = answered & (groups[0] | groups[1])
    first = np.mean([bool(message.right[0]) for message, one in zip(messages, shown, strict=True) if one])
    return f"| {name} | " + " | ".join(f"{answered[group].mean():.3f}" for group in groups) + f" | {first:.3f} |"
