"""Known gaps that the new text of a monograph may answer: each changed or new passage is asked against all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.corpus import ANY_MEDICINE, Corpus, Document
from retrieval.encoder import Encoder, Vectors
from retrieval.monograph import text_sha256
from retrieval.passages import Level, cut
from retrieval.questions import Gap
from retrieval.views import ViewKind, document_views
from staff.differences import Fate, passage_difference
from staff.gap_decisions import Deed

__all__ = [
    "Answerable", "GapKey", "answerable", "asked_of", "by_topic", "decided", "decisions", "with_text",
]  # fmt: skip

_NEAR = 0.5
"""A gap as near as this to new text, and nearer than to any text before, may be answered now …"""
_NEARER = 0.02
"""… by this much: a number that changes moves a vector a little."""
_FEW = 3
"""A topic with so many of these, or with all that it has, is asked about whole: its other gaps would go on to silence
what is new. Of twelve sentences on twelve known topics of a real monograph this finds the topic of each, and two topics
beside it at most (docs/decisions/0028-new-text.md)."""

GapKey = tuple[str, str, str]
"""The monograph whose text is new, whose gap it is (its id, or 'any'), and the question."""


@dataclass(frozen=True, slots=True)
class Answerable:
    """A known gap, and the new passage nearest to it by cosine similarity, higher is nearer."""

    document: str
    """Id of the monograph whose text is new."""
    of: str
    """Whose gap it is: the monograph's, or 'any'."""
    gap: Gap
    passage: str
    words: str
    """The passage's."""
    score: float

    @property
    def key(self) -> GapKey:
        return self.document, self.of, self.gap.question


def answerable(old: Corpus, new: Corpus, encoder: Encoder) -> tuple[Answerable, ...]:
    """The gaps of the new corpus that the changed and new passages of its monographs may answer; topics whose gaps are
    nearest first, in each the nearest first.

    A monograph that only one of the two has is not asked: it is measured as a whole.
    """
    found: list[Answerable] = []
    for identifier, document in new.documents.items():
        before = old.documents.get(identifier)
        if before is not None and before.monograph.source != document.monograph.source:
            found += _of_document(before, document, new.gaps, encoder)
    found.sort(key=lambda one: (-one.score, one.gap.question))
    # A topic of which several are near counts for more than a chance neighbour.
    weight = {topic: sum(one.score for one in group[:_FEW]) for topic, group in by_topic(found).items()}
    return tuple(sorted(found, key=lambda one: (-weight[_topic(one)], _topic(one))))


def by_topic(found: Sequence[Answerable]) -> Mapping[tuple[str, str, str], tuple[Answerable, ...]]:
    """In their order, by monograph, whose gaps they are, and topic."""
    groups: dict[tuple[str, str, str], list[Answerable]] = {}
    for one in found:
        groups.setdefault(_topic(one), []).append(one)
    return {key: tuple(group) for key, group in groups.items()}


def with_text(corpus: Corpus, document: str, text: str) -> Corpus:
    """The corpus as it would be with another text of a monograph, to be compared and not served: nothing is attached to
    its new passages. Raises KeyError for a document that is not there."""
    before = corpus.documents[document]
    monograph = replace(before.monograph, source=text, sha256=text_sha256(text))
    after = replace(before, monograph=monograph, passages=cut(document, text), phrasings=())
    return replace(corpus, documents={**corpus.documents, document: after})


def _of_document(before: Document, after: Document, shared: Sequence[Gap], encoder: Encoder) -> Iterator[Answerable]:
    """Shared gaps hold for every monograph."""
    name = after.monograph.id
    fresh = [
        c.after
        for c in passage_difference(before.passages, after.passages)
        if c.after and c.fate in (Fate.ADDED, Fate.CHANGED)
    ]
    # A list is new with each bullet of it: the bullet is what says it.
    parts = {p.id: p for p in fresh if p.level == Level.BLOCK} or {p.id: p for p in fresh}
    gaps = [(name, gap) for gap in after.gaps]
    gaps += [(ANY_MEDICINE, gap) for gap in shared if gap.question not in after.covered]
    new, old = (_texts(document) for document in (after, before))
    asked = [(passage, text) for passage, text in new if passage in parts and text not in {t for _, t in old}]
    if not gaps or not asked:
        return
    questions = encoder.encode([gap.question for _, gap in gaps])
    by_text = questions @ encoder.encode([text for _, text in asked]).T
    known = _nearest(questions, encoder.encode([text for _, text in old]))
    best = by_text.max(axis=1)
    near = (best >= _NEAR) & (best > known + _NEARER)
    for row in np.flatnonzero(near | _whole_topics(gaps, near)):
        of, gap = gaps[row]
        passage = parts[asked[int(by_text[row].argmax())][0]]
        words = " ".join(passage.text.split())
        yield Answerable(name, of, gap, passage.id, words, float(best[row]))


def _texts(document: Document) -> list[tuple[str, str]]:
    """What is searched of each passage, with the headings above it and without them."""
    views = [v for v in document_views(document) if v.kind in (ViewKind.TEXT, ViewKind.SENTENCE)]
    bare = [(v.passage, " ".join(document.monograph.source[v.start : v.end].strip("-*| \n").split())) for v in views]
    return list(dict.fromkeys([*((v.passage, v.text) for v in views), *(pair for pair in bare if pair[1])]))


def _nearest(questions: Vectors, texts: Vectors) -> NDArray[np.float32]:
    """The similarity of each question to the text nearest to it; shape (len(questions),)."""
    nearest: NDArray[np.float32] = (questions @ texts.T).max(axis=1)
    return nearest


def _whole_topics(gaps: Sequence[tuple[str, Gap]], near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those whose topic has several that are near. What holds for every medicine has no topics that a text answers."""
    topics = [(of, gap.topic) for of, gap in gaps]
    total, hits = Counter(topics), Counter(topic for topic, hit in zip(topics, near, strict=True) if hit)
    return np.array([of != ANY_MEDICINE and hits[of, t] >= min(_FEW, total[of, t]) for of, t in topics], dtype=bool)


def _topic(one: Answerable) -> tuple[str, str, str]:
    return one.document, one.of, one.gap.topic


def _as_decision(one: Answerable, do: Deed, to: str = "") -> dict[str, str]:
    """What a change says of a gap: attached to a passage, to the nearest if `to` is empty."""
    to = (to or one.passage) if do == Deed.ATTACH else ""
    return {
        "document": one.of,
        "topic": one.gap.topic,
        "q": one.gap.question,
        "intent": one.gap.intent,
        "do": do.value,
        "to": to,
    }


def asked_of(content: Mapping[str, Any], corpus: Corpus, encoder: Encoder) -> tuple[Answerable, ...]:
    """All gaps that the text of a change of the kind `monograph` may answer, decided or not; `corpus` is without it."""
    name = content["document"]
    return answerable(corpus, with_text(corpus, name, content["text"]), encoder) if name in corpus.documents else ()


def decisions(content: Mapping[str, Any]) -> Mapping[GapKey, str]:
    """What a change of the kind `monograph` does with each gap that it decides on."""
    return {(content["document"], one["document"], one["q"]): one["do"] for one in content.get("gaps", ())}


def decided(content: Mapping[str, Any], found: Sequence[Answerable], do: Deed, to: str = "") -> dict[str, Any]:
    """The content with this decision on these gaps, in the place of one that it had."""
    keys = {one.key for one in found}
    others = [d for d in content.get("gaps", ()) if (content["document"], d["document"], d["q"]) not in keys]
    return {**content, "gaps": [*others, *(_as_decision(one, do, to) for one in found)]}
