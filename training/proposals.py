"""Learning to propose which passage answers an intent, from leaflets that were read through (staff/proposals.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, read_corpus
from retrieval.encoder import Encoder
from retrieval.intents import read_section_kinds
from staff.proposals import FIGURES, Model, experience, figures
from training.leaflets import document_lines
from training.onboarded import ONBOARDING, answering, leaflet_document, read_answers, reviewed

__all__ = ["Example", "examples", "learned", "measured", "train_proposals"]

_STEPS = 3000
_SURE = (0.1, 0.75)


@dataclass(frozen=True, eq=False)
class Example:
    """A leaflet: its figures in a library that has decided nothing, and in one that has decided on the others."""

    name: str
    rows: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Each of shape (intents, passages, len(FIGURES))."""
    right: NDArray[np.bool_]
    """Whether the passage answers; shape (intents, passages)."""


def train_proposals(corpus: Path, data: Path, work: Path, encoder: Encoder, out: Path) -> str:
    """Learn from every leaflet and write `out`. Returns what each leaflet gets from the others, as Markdown."""
    found = examples(corpus, data / "leaflets", CachedEncoder(encoder, work))
    told = [f"| {e.name} | {' | '.join(measured(learned([o for o in found if o is not e]), e))} |" for e in found]
    model = learned(found)
    stored = {"figures": FIGURES, "weights": model.weights.round(4).tolist(), "bias": model.bias.round(4).tolist()}
    out.write_text(json.dumps(stored) + "\n", "utf-8")
    head = "| leaflet | library | first right | among three | sure | of those right |"
    return "\n".join([head, "|---|---|---:|---:|---:|---:|", *told])


def examples(corpus: Path, leaflets: Path, encoder: Encoder, answers: Path = ONBOARDING) -> list[Example]:
    """The leaflets that were read through, each with the others as its library."""
    read = read_corpus(corpus)
    intents, kinds = read.intents, read_section_kinds(corpus / "section_kinds" / "en.jsonl")
    documents, right = {}, {}
    for path in sorted(answers.glob("*.jsonl")):
        document = leaflet_document(leaflets / f"{path.stem}.md")
        lines = document_lines(path.stem, document.monograph.source)
        right[path.stem] = answering(document, read_answers(path), lines)
        documents[path.stem] = replace(document, reviewed=reviewed(right[path.stem], intents))
    library = Corpus(documents, (), (), {}, intents=intents)
    found = []
    for name, document in documents.items():
        alone = figures(document, tuple(intents.values()), kinds, encoder, {})
        known = figures(document, tuple(intents.values()), kinds, encoder, experience(library, name, encoder))
        found.append(Example(name, (alone[1], known[1]), _right(library, name, alone[0], right[name])))
    return found


def learned(found: Sequence[Example]) -> Model:
    from sklearn.linear_model import LogisticRegression

    labels = np.concatenate([example.right.ravel() for example in found])
    weights, bias = [], []
    for library in (0, 1):
        rows = np.concatenate([example.rows[library].reshape(-1, len(FIGURES)) for example in found])
        model = LogisticRegression(max_iter=_STEPS).fit(rows, labels)
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    return Model(np.array(weights), np.array(bias))


def measured(model: Model, example: Example) -> list[str]:
    """With the library: of intents that are answered how many find a right passage first, and among three; how many
    intents are sure, by what the page accepts at first, and of those how many are right."""
    likely = model.probabilities(example.rows[1], known=True)
    order = np.argsort(-likely, axis=1, kind="stable")[:, :3]
    hits = np.take_along_axis(example.right, order, axis=1)
    answered: NDArray[np.bool_] = np.asarray(example.right.any(axis=1))
    some = 1 - np.prod(1 - np.take_along_axis(likely, order, axis=1), axis=1)
    low, high = _SURE
    sure = np.concatenate([hits[some >= high, 0], ~answered[some < low]])
    figures_of = (hits[answered, 0].mean(), hits[answered].any(axis=1).mean(), len(sure) / len(some), sure.mean())
    return ["others", *(f"{figure:.3f}" for figure in figures_of)]


def _right(library: Corpus, name: str, names: Sequence[str], right: Mapping[str, tuple[str, ...]]) -> NDArray[np.bool_]:
    """A passage answers if it holds one that does, or lies within it."""
    places = library.documents[name].passages.by_id
    rows = []
    for intent in library.intents:
        wanted = [places[passage] for passage in right.get(intent, ())]
        rows.append(
            [
                any((p.start <= w.start and w.end <= p.end) or (w.start <= p.start and p.end <= w.end) for w in wanted)
                for p in (places[passage] for passage in names)
            ]
        )
    return np.array(rows)
