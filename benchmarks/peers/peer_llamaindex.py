"""LlamaIndex, as in its starter tutorial with a local embedding model.

VectorStoreIndex.from_documents with its default splitter (SentenceSplitter, 1,024 tokens, 200 of overlap) and
its default in-memory store, HuggingFaceEmbedding, as_retriever.
"""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core import Document as Source
from llama_index.core import VectorStoreIndex
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

    def index(documents: Sequence[Document], chunking: Chunking | None) -> Search:
        if chunking is None:
            nodes = [TextNode(text=document.text, id_=document.id) for document in documents]
        else:
            sources = [Source(text=document.text, id_=document.id) for document in documents]
            nodes = SentenceSplitter(**chunking).get_nodes_from_documents(sources)
        store = VectorStoreIndex(nodes, embed_model=encoder, show_progress=True)

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

    return index


if __name__ == "__main__":
    run_peer(
        "llamaindex",
        ["llama-index-core", "llama-index-embeddings-huggingface", "sentence-transformers", "torch"],
        load,
        DEFAULT,
        GRID,
    )
