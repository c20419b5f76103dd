"""Data sets of the package ir_datasets, which is needed for these alone."""

from __future__ import annotations

from pathlib import Path

from evaluation.datasets import Dataset, Judgement, Query, TextDocument, judged
from evaluation.errors import DataError

__all__ = ["read_irds"]


def read_irds(name: str) -> Dataset:
    """The data set that ir_datasets knows by this name; it may fetch it over the network.

    Raises DataError if the package is not there, or if it knows no such data set or cannot get it.
    """
    where = Path(f"irds:{name}")
    try:
        import ir_datasets
    except ImportError:
        raise DataError(where, None, "ir_datasets is not installed.", "Run: pip install ir-datasets.") from None
    try:
        source = ir_datasets.load(name)
        documents = {d.doc_id: _document(d) for d in source.docs_iter()}
        queries = {q.query_id: Query(q.query_id, q.default_text()) for q in source.queries_iter()}
        judgements = [Judgement(j.query_id, j.doc_id, j.relevance, 0) for j in source.qrels_iter()]
    except Exception as error:  # each source raises its own kinds; each means: not to be had
        raise DataError(where, None, f"the data set cannot be read ({error}).", "See ir-datasets.com.") from error
    return judged(where.name, documents, queries, judgements, where)


def _document(record: object) -> TextDocument:
    title = getattr(record, "title", "") or ""
    text = getattr(record, "text", None)
    # Some sets name their parts otherwise; all can give one text.
    return TextDocument(record.doc_id, title, (record.default_text() or "") if text is None else text)  # type: ignore[attr-defined]
