"""Labelled leaflets as a retrieval data set: each question is searched in the passages of its own leaflet alone.

A patient asks about the medicine in hand, and the assistant knows which it is. A system that searches gets no more and
no less: one index for each leaflet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation.asked import Asked
from evaluation.builtin import passage_documents, query_id
from evaluation.datasets import Dataset, Judgement, Query, judged
from evaluation.errors import DataError
from evaluation.spans import covered_by_spans
from evaluation.systems import Found, Searcher, System
from evaluation.texts import find_text
from retrieval.corpus import Corpus, Document, own_disclaimer
from retrieval.encoder import Progress
from retrieval.errors import CorpusError
from retrieval.monograph import read_monograph
from retrieval.passages import cut

__all__ = ["Alone", "leaflet_dataset", "read_document"]


@dataclass(frozen=True)
class Alone:
    """A system that is given one part of a data set at a time, as if there were no other."""

    inner: System

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {**self.inner.parameters, "alone": True}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        return _Searcher([(part, self.inner.index(part, progress)) for part in dataset.parts])


class _Searcher:
    def __init__(self, parts: Sequence[tuple[Dataset, Searcher]]) -> None:
        self._searchers = {query: searcher for part, searcher in parts for query in part.queries}
        self.index_bytes = sum(searcher.index_bytes for _, searcher in parts)

    def search(self, query: Query, k: int) -> Sequence[Found]:
        return self._searchers[query.id].search(query, k)


def leaflet_dataset(asked: Asked) -> Dataset:
    """Every turn that a line answers, over the passages of its document; a part for each document.

    A passage is relevant (grade 1) if it covers a gold line. Raises DataError for a text that is no monograph.
    """
    parts = []
    for document in dict.fromkeys(turn.document for turn in asked.labels if turn.document):
        read = read_document(find_text(asked.texts, document))
        lines = [line for line in asked.lines if line.document == document]
        covered = {p.id: covered_by_spans({document: [(p.start, p.end)]}, lines) for p in read.passages.showable()}
        turns = [t for t in asked.labels if t.document == document and t.gold and not t.unsure]
        if not turns:
            continue
        parts.append(
            replace(
                judged(
                    document,
                    {text.id: text for text in passage_documents(read)},
                    {name: Query(name, t.text, t.before) for t in turns for name in [query_id(t)]},
                    [Judgement(query_id(t), p, 1, 0) for t in turns for p in covered if covered[p] & t.gold],
                    asked.path,
                ),
                corpus=Corpus({document: read}, (), (), {}),
            )
        )
    if not parts:
        raise DataError(asked.path, None, "no line answers any turn.", "Label gold lines of a named document.")
    return Dataset(
        "leaflets",
        {identifier: text for part in parts for identifier, text in part.documents.items()},
        {name: query for part in parts for name, query in part.queries.items()},
        {name: grades for part in parts for name, grades in part.qrels.items()},
        parts=tuple(parts),
    )


def read_document(path: Path) -> Document:
    """A leaflet without phrasings. Raises DataError for a text that is no monograph, or one of another id."""
    try:
        monograph = read_monograph(path)
    except CorpusError as error:
        raise DataError(path, None, f"the text is no monograph ({error})", "See corpus/README.md.") from error
    if monograph.id != path.stem:
        problem = f"its front matter says that it is '{monograph.id}'."
        raise DataError(path, None, problem, "Give file and monograph one id, the one that the labels name.")
    passages = cut(monograph.id, monograph.source)
    return Document(monograph, passages, (), (), own_disclaimer(passages))
