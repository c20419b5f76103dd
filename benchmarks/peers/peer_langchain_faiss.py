"""LangChain with FAISS, as in its tutorial 'Build a semantic search engine'.

RecursiveCharacterTextSplitter (1,000 characters, 200 of overlap, start index kept), HuggingFaceEmbeddings,
FAISS.from_documents (IndexFlatL2), similarity_search_with_score.
"""

from __future__ import annotations

from collections.abc import Sequence

from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document as Page
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.peers.command import run_peer
from benchmarks.peers.peer_io import Chunking, Document, Hit, Index, Search

DEFAULT = {"chunk_size": 1000, "chunk_overlap": 200}
GRID = [
    {"chunk_size": size, "chunk_overlap": overlap}
    for size in (150, 200, 300, 400, 500, 750, 1000, 1500)
    for overlap in (0, size // 5)
]


def load(model: str) -> Index:
    """Load the encoder once for every index."""
    embeddings = HuggingFaceEmbeddings(model_name=model)
    return lambda documents, chunking: _search(_store(embeddings, documents, chunking))


def keep(model: str, documents: Sequence[Document], folder: str) -> None:
    """Index with the documented chunking and save, as LangChain saves."""
    _store(HuggingFaceEmbeddings(model_name=model), documents, DEFAULT).save_local(folder)


def reopen(model: str, folder: str) -> Search:
    """Search what `keep` saved."""
    return _search(open_store(model, folder))


def open_store(model: str, folder: str) -> FAISS:
    # It loads a pickle; this one is our own.
    return FAISS.load_local(folder, HuggingFaceEmbeddings(model_name=model), allow_dangerous_deserialization=True)


def _store(embeddings: HuggingFaceEmbeddings, documents: Sequence[Document], chunking: Chunking | None) -> FAISS:
    pages = [Page(page_content=document.text, metadata={"id": document.id}) for document in documents]
    if chunking is not None:
        pages = RecursiveCharacterTextSplitter(**chunking, add_start_index=True).split_documents(pages)
    embeddings.show_progress = True
    store = FAISS.from_documents(pages, embeddings)
    embeddings.show_progress = False  # it would show a bar for each question
    return store


def _search(store: FAISS) -> Search:
    def search(question: str, k: int) -> list[Hit]:
        # The score is the squared distance d of unit vectors, smaller is better: cosine = 1 - d / 2.
        return [
            Hit(page.metadata["id"], page.page_content, 1 - float(distance) / 2, page.metadata.get("start_index"))
            for page, distance in store.similarity_search_with_score(question, k=k)
        ]

    return search


if __name__ == "__main__":
    run_peer(
        "langchain_faiss",
        [
            "langchain-core",
            "langchain-community",
            "langchain-huggingface",
            "langchain-text-splitters",
            "faiss-cpu",
            "sentence-transformers",
            "torch",
        ],
        load,
        DEFAULT,
        GRID,
    )
