"""What is searched for one monograph: its own views, and the gaps that hold for every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from retrieval.encoder import Vectors
from retrieval.store import Match, VectorStore
from retrieval.views import ANY_DOCUMENT

__all__ = ["Ranges", "nearest", "scope"]

Ranges = Mapping[str, range]
"""The numbers of each document's views (views.view_ranges)."""


def scope(ranges: Ranges, document: str = ANY_DOCUMENT) -> tuple[range, ...] | None:
    """The ranges to search for a document; None for all that there is, as where there is no other document."""
    within = tuple(ranges[name] for name in (document, ANY_DOCUMENT) if name in ranges)
    return None if document == ANY_DOCUMENT or len(within) == len(ranges) else within


def nearest(store: VectorStore, queries: Vectors, k: int, within: tuple[range, ...] | None) -> list[list[Match]]:
    """As VectorStore.search, over ranges that do not overlap: as if the store held nothing else."""
    if within is None:
        return store.search(queries, k)
    parts: Sequence[list[list[Match]]] = [store.search(queries, k, part) for part in within]
    return [sorted(chain(*rows), key=lambda match: (-match.score, match.id))[:k] for rows in zip(*parts, strict=True)]
