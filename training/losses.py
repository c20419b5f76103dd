"""What is learned in one step: from the banks of questions, and from one leaflet."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from training.batches import Sampler
from training.contrast import apart_loss, class_loss, pair_loss, ranking_loss, together
from training.embedders import Embed, embedder
from training.examples import Kind
from training.leaflet_batches import LeafletSampler

__all__ = ["LeafletLosses", "QuestionLosses"]

_ANSWER_WEIGHT = 0.4
_SUMMARY_WEIGHT = 0.2
_ANCHOR_WEIGHT = 4.0
_KIND_WEIGHT = 1.0
_KIND_SCALE = 10.0
"""A plane's inner product with a unit vector is small: without a scale its share would stay near to even."""
_QUESTION_TOKENS = 48
_ANSWER_TOKENS = 88
_SUMMARY_TOKENS = 80
_VIEW_TOKENS = 96
_NEAR_MISS_WEIGHT = 0.3
_EVERYDAY_WEIGHT = 0.1
_WHOLE_WEIGHT = 0.3
_EVERYDAY_DISTANCE = 0.2
"""Messages about something else shall lie so much further from a leaflet than near misses."""


class QuestionLosses:
    """Two aims that pull against each other.

    Questions that ask the same are drawn together, whatever their words; and what the model knows of all other texts
    is to stay: on the answers about other illnesses it is held near to what it was before (the anchor). Beside, a plane
    is learned for each kind of message, so that the vectors tell these apart as well; the planes are not kept, the
    triage and the decision find their own.
    """

    def __init__(self, sampler: Sampler, published: Any) -> None:
        """`published` is the SentenceTransformer before any training."""
        self._sampler = sampler
        network = published[0].auto_model
        self._known = embedder(copy.deepcopy(network).eval(), published.tokenizer)
        self._plane = torch.nn.Linear(network.config.hidden_size, len(Kind))

    @property
    def planes(self) -> Sequence[torch.nn.Linear]:
        return (self._plane,)

    def step(self, embed: Embed) -> Iterator[Tensor]:
        batch = self._sampler.draw()
        vectors = embed((*batch.questions, *batch.messages), _QUESTION_TOKENS)
        kinds = cross_entropy(self._plane(_KIND_SCALE * vectors), torch.tensor(batch.kinds))
        asked = class_loss(vectors[: len(batch.questions)], torch.tensor(batch.classes))
        yield asked + _KIND_WEIGHT * kinds
        for pairs, tokens, weight in (
            (batch.answers, _ANSWER_TOKENS, _ANSWER_WEIGHT),
            (batch.summaries, _SUMMARY_TOKENS, _SUMMARY_WEIGHT),
        ):
            if pairs:
                texts = [*(p.question for p in pairs), *(p.answer for p in pairs)]
                vectors = embed(texts, tokens)
                with torch.no_grad():
                    known = self._known(texts, tokens)
                apart = 1 - (vectors * known).sum(1).mean()
                yield weight * pair_loss(vectors[: len(pairs)], vectors[len(pairs) :]) + _ANCHOR_WEIGHT * apart


class LeafletLosses:
    """A question is drawn to the lines that answer it among all others of its leaflet; what it does not answer,
    and what is about something else, is pushed from the lines that share its words."""

    def __init__(self, sampler: LeafletSampler) -> None:
        self._sampler = sampler

    @property
    def planes(self) -> Sequence[torch.nn.Linear]:
        return ()

    def step(self, embed: Embed) -> Iterator[Tensor]:
        """A question that leans on one before is read as the product reads it (docs/decisions/0006-follow-ups.md), and
        drawn to the same question in whole words as well."""
        batch = self._sampler.draw()
        asked = [question.readings for question in (*batch.answered, *batch.near_misses)]
        texts = [text for readings in asked for text in readings]
        leaning = [question for question in batch.answered if question.whole]
        others = (batch.everyday, batch.views, [question.whole for question in leaning])
        vectors = embed([*texts, *(text for some in others for text in some)], _VIEW_TOKENS)
        read, everyday, views, whole = torch.split(vectors, [len(texts), *map(len, others)])
        queries = together(read, [len(readings) for readings in asked])
        answered, misses = queries[: len(batch.answered)], queries[len(batch.answered) :]
        scores = answered @ views.T
        right = torch.from_numpy(batch.right)
        best = scores.masked_fill(~right, -1.0).max(dim=1).values
        loss = (
            ranking_loss(scores, right, torch.from_numpy(batch.neutral))
            + _NEAR_MISS_WEIGHT * apart_loss(best, misses @ views.T, 0.0)
            + _EVERYDAY_WEIGHT * apart_loss(best, everyday @ views.T, _EVERYDAY_DISTANCE)
        )
        if len(leaning) > 1:
            loss = loss + _WHOLE_WEIGHT * pair_loss(answered[[bool(q.whole) for q in batch.answered]], whole)
        yield loss
