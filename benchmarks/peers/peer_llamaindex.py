"""LlamaIndex, as in its starter tutorial with a local embedding model.

VectorStoreIndex.from_documents with its default splitter (SentenceSplitter, 1,024 tokens, 200 of overlap) and
its default in-memory store, HuggingFaceEmbedding, as_retriever.
"""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core import Document as Source
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.indices.base import BaseIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from benchmarks.peers.command import run_peer
from benchmarks.peers.peer_io import Chunking, Document, Hit, Index, Search

DEFAULT = {"chunk_size": 1024, "chunk_overlap": 200}
GRID = [
    {"chunk_size": size, "chunk_overlap": overlap}
    for size in (32, 48, 64, 96, 128, 192, 256, 512)
    for overlap in (0, size // 5)
]


def load(model: str) -> Index:
    """Load the encoder once for every index."""
    encoder = HuggingFaceEmbedding(model_name=model)
    return lambda documents, chunking: _search(_store(encoder, documents, chunking))


def keep(model: str, documents: Sequence[Document], folder: str) -> None:
    """Index with the documented chunking and save, as LlamaIndex saves."""
    _store(HuggingFaceEmbedding(model_name=model), documents, DEFAULT).storage_context.persist(folder)


def reopen(model: str, folder: str) -> Search:
    """Search what `keep` saved."""
    kept = StorageContext.from_defaults(persist_dir=folder)
    return _search(load_index_from_storage(kept, embed_model=HuggingFaceEmbedding(model_name=model)))


def _store(encoder: HuggingFaceEmbedding, documents: Sequence[Document], chunking: Chunking | None) -> VectorStoreIndex:
    if chunking is None:
        nodes = [TextNode(text=document.text, id_=document.id) for document in documents]
    else:
        sources = [Source(text=document.text, id_=document.id) for document in documents]
        nodes = SentenceSplitter(**chunking).get_nodes_from_documents(sources)
    return VectorStoreIndex(nodes, embed_model=encoder, show_progress=True)


def _search(store: BaseIndex) -> Search:
    def search(question: str, k: int) -> list[Hit]:
        return [
            Hit(
                found.node.ref_doc_id or found.node.node_id,
                found.node.text,
                found.score or 0.0,
                found.node.start_char_idx,
            )
            for found in store.as_retriever(similarity_top_k=k).retrieve(question)
        ]

    return search


if __name__ == "__main__":
    run_peer(
        "llamaindex",
        ["llama-index-core", "llama-index-embeddings-huggingface", "sentence-transformers", "torch"],
        load,
        DEFAULT,
        GRID,
    )
