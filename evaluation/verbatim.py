"""The product's own retriever as a system: Retriever.search, so that what is measured is what is shown.

On the product's corpus it searches the product's index. On any other data set each document becomes a
monograph of one passage, found by its text alone: there are no phrasings of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.cache import cached_vectors
from evaluation.datasets import Dataset, Query, TextDocument
from evaluation.systems import Found, Searcher, need_documents
from retrieval.blocks import Kind, Span
from retrieval.corpus import Corpus, Document
from retrieval.decision import read_decision
from retrieval.encoder import Encoder, Progress
from retrieval.index import Index, open_index
from retrieval.monograph import Monograph, text_sha256
from retrieval.passages import Level, Passage, Passages
from retrieval.results import Hit
from retrieval.retriever import Retriever
from retrieval.store import FaissStore
from retrieval.views import View, ViewKind

__all__ = ["Verbatim"]

_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Verbatim:
    """The product's retriever."""

    encoder: Encoder
    cache: Path
    """Folder of embeddings."""
    indexes: Path
    """Folder of the product's indexes."""
    name: str = "verbatim"

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"encoder": self.encoder.name, "encoder_sha256": self.encoder.fingerprint}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:
        if dataset.corpus is not None:
            return _Searcher(
                dataset.corpus, open_index(self.indexes, dataset.corpus, self.encoder, progress), self.encoder
            )
        words = need_documents(dataset)
        documents = {d.id: _document(d) for d in dataset.documents.values()}
        views = tuple(View(i, ViewKind.TEXT, text, 0, len(text)) for i, text in words.items())
        vectors = cached_vectors(self.cache, self.encoder, list(words.values()), progress)
        store = FaissStore(self.encoder.dimension)
        store.add(range(len(views)), vectors)
        return _Searcher(
            Corpus(documents=documents, gaps=(), problems=(), inputs={}),
            Index(self.cache, views, store, read_decision(), manifest={}),
            self.encoder,
        )


class _Searcher:
    def __init__(self, corpus: Corpus, index: Index, encoder: Encoder) -> None:
        self._retriever = Retriever(corpus, index, encoder)
        self.index_bytes = len(index.store) * index.store.dimension * 4

    def search(self, query: Query, k: int) -> Sequence[Found]:
        hits = self._retriever.search(query.text, k, query.before).hits
        return [Found(hit.passage.id, hit.score, _why(hit)) for hit in hits]


def _why(hit: Hit) -> str:
    """The parts of the score and the view that matched best."""
    evidence = hit.evidence
    view, score = evidence.views[0]
    phrasing = "" if evidence.phrasing is None else f"phrasings {evidence.phrasing:.3f}, "
    parts = f"{phrasing}text {evidence.text:.3f}, lexical {evidence.lexical:.2f}"
    return f"{parts}; best view: {view.kind} {score:.3f} “{view.text[:120]}”"


def _document(text: TextDocument) -> Document:
    """A monograph that is one passage; its title is not part of its text, as with headings."""
    # A store takes a document without text; a quote of it could not be shown.
    source = text.text or text.title or " "
    monograph = Monograph(
        text.id, text.title, text.title, (), "", _DAY, _DAY, "", source, text_sha256(source), Path(text.id), 1
    )
    span = Span(0, len(source))
    passage = Passage(text.id, text.id, Level.BLOCK, Kind.PARAGRAPH, 0, len(source), source, None, "", (span,), ())
    passages = Passages(text.id, source, given=(passage,))
    return Document(monograph=monograph, passages=passages, phrasings=(), gaps=(), disclaimer=None)
