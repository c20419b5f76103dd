"""Haystack, as in its guides: an indexing pipeline and a query pipeline over the in-memory store.

DocumentSplitter with its defaults (200 words, no overlap), SentenceTransformersDocumentEmbedder,
DocumentWriter; SentenceTransformersTextEmbedder, InMemoryEmbeddingRetriever.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haystack import Document as Source
from haystack import Pipeline
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.command import run_peer
from benchmarks.peers.peer_io import Chunking, Document, Hit, Index, Search

DEFAULT = {"split_by": "word", "split_length": 200, "split_overlap": 0}
GRID = [
    {"split_by": "word", "split_length": length, "split_overlap": overlap}
    for length in (20, 30, 40, 50, 75, 100, 150, 200)
    for overlap in (0, length // 5)
]


def load(model: str) -> Index:
    """The embedders of all indexes share one loaded encoder: Haystack caches it by name."""
    return lambda documents, chunking: _search(model, _store(model, documents, chunking))


def keep(model: str, documents: Sequence[Document], folder: str) -> None:
    """Index with the documented chunking and save, as Haystack saves its in-memory store."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    _store(model, documents, DEFAULT).save_to_disk(f"{folder}/store.json")


def reopen(model: str, folder: str) -> Search:
    """Search what `keep` saved."""
    return _search(model, InMemoryDocumentStore.load_from_disk(f"{folder}/store.json"))


def _store(model: str, documents: Sequence[Document], chunking: Chunking | None) -> InMemoryDocumentStore:
    store = InMemoryDocumentStore()
    sources = [Source(content=document.text, meta={"source": document.id}) for document in documents]
    indexing = Pipeline()
    indexing.add_component("embedder", SentenceTransformersDocumentEmbedder(model=model, local_files_only=True))
    indexing.add_component("writer", DocumentWriter(document_store=store))
    indexing.connect("embedder", "writer")
    if chunking is not None:
        indexing.add_component("splitter", DocumentSplitter(**chunking))
        indexing.connect("splitter", "embedder")
    indexing.run({"splitter" if chunking is not None else "embedder": {"documents": sources}})
    return store


def _search(model: str, store: InMemoryDocumentStore) -> Search:
    query = Pipeline()
    query.add_component(
        "text_embedder", SentenceTransformersTextEmbedder(model=model, local_files_only=True, progress_bar=False)
    )
    query.add_component("retriever", InMemoryEmbeddingRetriever(document_store=store))
    query.connect("text_embedder.embedding", "retriever.query_embedding")

    def search(question: str, k: int) -> list[Hit]:
        found = query.run({"text_embedder": {"text": question}, "retriever": {"top_k": k}})
        return [
            Hit(chunk.meta["source"], chunk.content, chunk.score, chunk.meta.get("split_idx_start"))
            for chunk in found["retriever"]["documents"]
        ]

    return search


if __name__ == "__main__":
    run_peer(
        "haystack",
        ["haystack-ai", "sentence-transformers-haystack", "sentence-transformers", "torch"],
        load,
        DEFAULT,
        GRID,
    )
