"""Proposals: for each intent the passage of a monograph that answers it, and how likely it is that one does.

Each pair of an intent and a passage has some figures (FIGURES); a logistic model over them, learned from leaflets that
were read through (training/onboarding), makes a probability. No phrasing of the monograph is needed, and what was
decided for other monographs helps: leaflets say the same things in nearly the same words.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.corpus import Corpus, Document
from retrieval.encoder import Encoder, Vectors
from retrieval.intents import NOT_COVERED, Intent, SectionKinds
from retrieval.passages import Level, Passage, Role
from retrieval.views import View, ViewKind, corpus_views

__all__ = [
    "FIGURES",
    "Experience",
    "Model",
    "Proposal",
    "experience",
    "figures",
    "propose",
    "read_model",
    "section_kinds",
]

FIGURES = ("best", "mean", "share", "behind", "asks", "kind", "known", "alike", "never", "whole")
"""Names of the figures of an intent and a passage:

best, mean    similarity of the passage to the wordings: the three nearest, and all
share         of the wordings that have the passage first
behind        how much nearer the nearest passage is, by `best`
asks          similarity to what is asked, in one line
kind          1 / place among the intent's kinds of section, 0 elsewhere
known         log odds that other monographs answer the intent, 0 where none was read through
alike         similarity to the passages that answer it in other monographs, 0 where none was read through
never         1 where others were read through and none answers it
whole         whether the passage is a whole list or table
"""

MODEL = Path(__file__).parent / "proposals.json"

_NEAREST = 3
_MOST = 5
"""Passages that are proposed for one intent."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An intent, the passages that may answer it, likeliest first, each with its probability."""

    intent: Intent
    passages: tuple[tuple[str, float], ...]

    @property
    def likely(self) -> float:
        """Probability that some passage answers: that not each of the first three fails to."""
        return 1.0 - math.prod(1.0 - likely for _, likely in self.passages[:_NEAREST])

    @property
    def doubt(self) -> float:
        """1 where nothing speaks for either, 0 where it is plain."""
        return 1.0 - abs(2.0 * self.likely - 1.0)


@dataclass(frozen=True, eq=False)
class Model:
    """Two logistic models over FIGURES, in their order: for an intent that no monograph was decided on, and for one
    that some were."""

    weights: NDArray[np.float64]
    """Shape (2, len(FIGURES))."""
    bias: NDArray[np.float64]
    """Shape (2,)."""

    def probabilities(self, rows: NDArray[np.float64], known: bool) -> NDArray[np.float64]:
        """For rows of FIGURES, shape (n, len(FIGURES)), the probability that the passage answers the intent."""
        return np.asarray(1.0 / (1.0 + np.exp(-(rows @ self.weights[int(known)] + self.bias[int(known)]))))


@dataclass(frozen=True, eq=False)
class Experience:
    """What was decided of one intent for other monographs."""

    answered: int
    decided: int
    vectors: Vectors
    """The texts of the passages that answer; shape (n, dimension)."""


def read_model(path: Path = MODEL) -> Model:
    """Raises ValueError for a file of other figures."""
    stored = json.loads(path.read_text("utf-8"))
    if tuple(stored["figures"]) != FIGURES:
        raise ValueError(f"{path} was made for other figures: make it anew (python -m training proposals).")
    return Model(np.array(stored["weights"]), np.array(stored["bias"]))


def propose(
    corpus: Corpus, document: Document, kinds: SectionKinds, encoder: Encoder, model: Model
) -> tuple[Proposal, ...]:
    """A proposal for each intent of the corpus, most doubtful first. Encodes what the encoder does not remember."""
    others = experience(corpus, document.monograph.id, encoder)
    names, rows = figures(document, tuple(corpus.intents.values()), kinds, encoder, others)
    found = []
    for intent, of in zip(corpus.intents.values(), rows, strict=True):
        row = model.probabilities(of, intent.id in others)
        order = np.argsort(-row, kind="stable")[:_MOST]
        found.append(Proposal(intent, tuple((names[n], float(row[n])) for n in order)))
    return tuple(sorted(found, key=lambda proposal: (-proposal.doubt, proposal.intent.id)))


def experience(corpus: Corpus, but: str, encoder: Encoder) -> Mapping[str, Experience]:
    """What was decided for every monograph but one, by intent; only what is in force counts."""
    answered: dict[str, list[str]] = {}
    decided: dict[str, set[str]] = {}
    covered: dict[str, set[str]] = {}
    for name, document in corpus.documents.items():
        if name == but:
            continue
        for one in document.reviewed:
            if one.holds(corpus.intents):
                decided.setdefault(one.intent, set()).add(name)
                if one.passage != NOT_COVERED:
                    covered.setdefault(one.intent, set()).add(name)
                    answered.setdefault(one.intent, []).append(document.passages.by_id[one.passage].text)
    texts = sorted({text for some in answered.values() for text in some})
    places = {text: place for place, text in enumerate(texts)}
    vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), np.float32)
    return {
        intent: Experience(
            len(covered.get(intent, ())),
            len(names),
            vectors[[places[t] for t in dict.fromkeys(answered.get(intent, ()))]],
        )
        for intent, names in decided.items()
    }


def figures(
    document: Document,
    intents: Sequence[Intent],
    kinds: SectionKinds,
    encoder: Encoder,
    others: Mapping[str, Experience],
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The ids of the passages, and FIGURES of each intent and passage: shape (intents, passages, len(FIGURES))."""
    views = [view for view in _texts(document) if view.kind in (ViewKind.TEXT, ViewKind.SENTENCE)]
    names = tuple(dict.fromkeys(view.passage for view in views))
    numbers = {name: number for number, name in enumerate(names)}
    owners = np.array([numbers[view.passage] for view in views])
    seen = encoder.encode([view.text for view in views])
    passages = [document.passages.by_id[name] for name in names]
    own = encoder.encode([passage.text for passage in passages])
    places = section_kinds(document, kinds)
    whole = np.array([float(passage.level == Level.GROUP) for passage in passages])
    asked = encoder.encode([intent.asks for intent in intents])
    wordings = encoder.encode([question for intent in intents for question in intent.questions])
    near_asked, near = _nearest(asked @ seen.T, owners, len(names)), _nearest(wordings @ seen.T, owners, len(names))
    rows, start = np.zeros((len(intents), len(names), len(FIGURES))), 0
    for number, intent in enumerate(intents):
        some = near[start : start + len(intent.questions)]
        start += len(intent.questions)
        best = -np.sort(-some, axis=0)[:_NEAREST].mean(axis=0)
        first = np.bincount(some.argmax(axis=1), minlength=len(names)) / len(some)
        kind = np.array([_kind(places[name], intent.sections) for name in names])
        known = others.get(intent.id)
        rows[number] = np.column_stack(
            [best, some.mean(axis=0), first, best.max() - best, near_asked[number], kind, *_known(known, own), whole]
        )
    return names, rows


def section_kinds(document: Document, kinds: SectionKinds) -> Mapping[str, frozenset[str]]:
    """The kinds of section that each showable passage stands in, by its id.

    Leaflets name their smaller sections in lines of their own or at the beginning of a paragraph, so what a block
    begins with names the section too, until the next heading or the next such beginning.
    """
    source, spans = document.monograph.source, []
    for block in document.passages.level(Level.BLOCK):
        heads = [source[c.start : c.end] for c in block.context if c.role == Role.HEADING]
        above = frozenset(kind for head in heads for kind in kinds.of(head))
        begins = frozenset(kinds.of(block.text.split("\n")[0]))
        spans.append((block, above, begins))
    found: dict[Passage, frozenset[str]] = {}
    current: frozenset[str] = frozenset()
    heading: frozenset[str] | None = None
    for block, above, begins in spans:
        if above != heading:
            current, heading = frozenset(), above
        current = begins or current
        found[block] = above | current
    blocks = list(found)
    return {
        passage.id: frozenset(
            kind
            for block in blocks
            if passage.start <= block.start and block.end <= passage.end
            for kind in found[block]
        )
        for passage in document.passages.showable()
    }


def _texts(document: Document) -> Sequence[View]:
    return corpus_views(Corpus({document.monograph.id: document}, (), (), {}))


def _nearest(similar: Vectors, owners: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """The similarity of each text to each passage, by its nearest view: shape (texts, passages)."""
    found = np.full((len(similar), count), -1.0)
    for view, owner in enumerate(owners.tolist()):
        np.maximum(found[:, owner], similar[:, view], out=found[:, owner])
    return found


def _kind(places: frozenset[str], sections: Sequence[str]) -> float:
    return next((1.0 / (place + 1) for place, kind in enumerate(sections) if kind in places), 0.0)


def _known(
    known: Experience | None, own: Vectors
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    nothing = np.zeros(len(own))
    if known is None:
        return nothing, nothing, nothing
    odds = np.log((known.answered + 0.5) / (known.decided - known.answered + 0.5))
    if not len(known.vectors):
        return nothing + odds, nothing, nothing + 1.0
    return nothing + odds, (own @ known.vectors.T).max(axis=1).astype(np.float64), nothing
