"""txtai, as in its RAG quick start.

Textractor with sections=True (a Markdown text is cut at its headings), an Embeddings database that keeps the
content, search.
"""

from __future__ import annotations

from collections.abc import Sequence

from txtai import Embeddings
from txtai.pipeline import Textractor

from benchmarks.peers.command import run_peer
from benchmarks.peers.peer_io import Chunking, Document, Hit, Index, Search, counted

DEFAULT = {"sections": True}
GRID = [
    {"paragraphs": True},
    {"lines": True},
    *({"chunker": "recursive", "chunk_size": size} for size in (100, 150, 200, 300, 400, 500, 750, 1000)),
    *(
        {"chunker": "sentence", "chunk_size": size, "chunk_overlap": overlap}
        for size in (100, 150, 200, 300, 400, 500, 750, 1000)
        for overlap in (0, size // 5)
    ),
]


def load(model: str) -> Index:
    """txtai loads the encoder with each Embeddings, so there is nothing to share."""

    def index(documents: Sequence[Document], chunking: Chunking | None) -> Search:
        owners, embeddings = _indexed(model, documents, chunking)
        return _search(embeddings, owners)

    return index


def keep(model: str, documents: Sequence[Document], folder: str) -> None:
    """Index with the documented chunking and save, as txtai saves; of one document, so nothing else need be kept."""
    _indexed(model, documents, DEFAULT)[1].save(folder)


def reopen(_: str, folder: str) -> Search:
    """Search what `keep` saved. The model is the one that the index names."""
    embeddings = Embeddings()
    embeddings.load(folder)
    return _search(embeddings, [""] * embeddings.count())


def _indexed(model: str, documents: Sequence[Document], chunking: Chunking | None) -> tuple[list[str], Embeddings]:
    """The document of each chunk, and the chunks."""
    if chunking is None:
        chunks = [(document.id, document.text) for document in documents]
    else:
        cut = Textractor(**chunking)
        chunks = [(document.id, text) for document in documents for text in cut(document.text)]
    embeddings = Embeddings(path=model, content=True)
    rows = ((number, text, None) for number, (_, text) in enumerate(chunks))
    embeddings.index(counted(rows, len(chunks), "txtai indexing"))
    return [document for document, _ in chunks], embeddings


def _search(embeddings: Embeddings, owners: Sequence[str]) -> Search:
    def search(question: str, k: int) -> list[Hit]:
        return [
            Hit(owners[int(found["id"])], found["text"], found["score"]) for found in embeddings.search(question, k)
        ]

    return search


if __name__ == "__main__":
    run_peer("txtai", ["txtai", "chonkie", "faiss-cpu", "transformers", "torch"], load, DEFAULT, GRID)
