"""What is searched for one monograph: its own views, and the gaps that hold for every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.encoder import Vectors
from retrieval.store import Matches, VectorStore, ranked
from retrieval.views import ANY_DOCUMENT, NOWHERE, ViewTable

__all__ = ["Ranges", "joined", "nearest", "passage_ranges", "scope"]

Ranges = Mapping[str, range]
"""The numbers of each document's views (views.view_ranges)."""


def scope(ranges: Ranges, document: str = ANY_DOCUMENT) -> tuple[range, ...] | None:
    """The ranges to search for a document; None for all that there is, as where there is no other document."""
    within = tuple(ranges[name] for name in (document, ANY_DOCUMENT) if name in ranges)
    return None if document == ANY_DOCUMENT or len(within) == len(ranges) else within


def passage_ranges(ranges: Ranges, table: ViewTable, document: str = ANY_DOCUMENT) -> tuple[range, ...]:
    """The ranges of the views of a document that lead to passages, of all documents for ANY_DOCUMENT: its gaps stand
    behind them."""
    names = sorted(ranges.keys() - {ANY_DOCUMENT}) if document == ANY_DOCUMENT else [document]
    parts = [ranges[name] for name in names if name in ranges]
    ends = [part.start + int(np.count_nonzero(table.passages[part.start : part.stop] != NOWHERE)) for part in parts]
    return tuple(range(part.start, end) for part, end in zip(parts, ends, strict=True))


def nearest(store: VectorStore, queries: Vectors, k: int, within: tuple[range, ...] | None) -> list[Matches]:
    """As VectorStore.search, over ranges that do not overlap: as if the store held nothing else."""
    if within is None:
        return store.search(queries, k)
    parts = zip(*(store.search(queries, k, part) for part in within), strict=True)
    return [joined(rows).first(k) for rows in parts]


def joined(rows: Sequence[Matches]) -> Matches:
    """Matches of ranges that do not overlap, best first."""
    return ranked(np.concatenate([row.ids for row in rows]), np.concatenate([row.scores for row in rows]))
