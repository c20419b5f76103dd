"""A vector for each view, by the encoder that reads its language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus
from retrieval.encoder import Progress, Vectors
from retrieval.language import languages_of
from retrieval.multilingual import load_multilingual
from retrieval.views import View, ViewKind

__all__ = ["view_vectors"]

_ASKED = (ViewKind.PHRASING, ViewKind.GAP)


def view_vectors(
    views: Sequence[View],
    corpus: Corpus,
    encoder: CachedEncoder,
    progress: Progress | None = None,
    also: Sequence[str] = (),
) -> Vectors:
    """Shape (len(views), dimension). A question in another language is embedded by what reads it, if the encoder has
    such a companion. `also` are embedded in the same go, and kept."""
    foreign = list[int]()
    if other := load_multilingual(encoder.fingerprint):
        languages = languages_of(corpus)
        asked = (number for number, view in enumerate(views) if view.kind in _ASKED)
        foreign = [number for number in asked if languages.of(views[number].text) is not None]
    english = sorted(set(range(len(views))) - set(foreign))
    texts = [*(views[number].text for number in english), *also]
    out = np.empty((len(views), encoder.dimension), dtype=np.float32)

    before = 0

    def told(done: int, total: int) -> None:
        nonlocal before
        before = total
        if progress:
            progress(done, total + len(foreign))

    def further(done: int, total: int) -> None:
        if progress:
            progress(before + done, before + total)

    out[english] = encoder.encode(texts, told)[: len(english)]
    if other and foreign:
        kept = other.kept_in(encoder.folder)
        out[foreign] = kept.encode([views[number].text for number in foreign], further)
    return out
