"""Systems of this bench as retrievers that BEIR's EvaluateRetrieval and MTEB's RetrievalEvaluator call.

Nothing of theirs is imported here until MTEB asks for its own metadata. benchmarks/interop/agree.py runs both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evaluation.datasets import Dataset, Query, TextDocument
from evaluation.systems import Searcher, System

__all__ = ["BeirRetriever", "MtebRetriever"]

Found = dict[str, dict[str, float]]
"""Score by query id and document id, as both benches have it."""


class BeirRetriever:
    """A system as beir.retrieval.search.BaseSearch has it: `EvaluateRetrieval(BeirRetriever(system))`."""

    def __init__(self, system: System) -> None:
        self.system = system

    def search(
        self,
        corpus: Mapping[str, Mapping[str, str]],
        queries: Mapping[str, str],
        top_k: int,
        score_function: str | None = None,  # noqa: ARG002 - BEIR gives the cosine or the dot product; systems have their own
        **_: Any,
    ) -> Found:
        """The `top_k` best documents of each query; `corpus` has {"title", "text"} by id.

        Raises DataError if it is empty.
        """
        searcher = self.system.index(_dataset((i, d.get("title", ""), d.get("text", "")) for i, d in corpus.items()))
        return _search(searcher, queries.items(), top_k)


class MtebRetriever:
    """A system as mteb.models.SearchProtocol has it: index(), then search()."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._searcher: Searcher | None = None

    def index(self, corpus: Iterable[Mapping[str, Any]], **_: Any) -> None:
        """Make a corpus searchable, rows of id, title and text. Raises DataError if it is empty."""
        self._searcher = self.system.index(
            _dataset((row["id"], row.get("title") or "", row.get("text") or "") for row in corpus)
        )

    def search(
        self,
        queries: Iterable[Mapping[str, Any]],
        *,
        top_k: int,
        top_ranked: Mapping[str, Iterable[str]] | None = None,
        **_: Any,
    ) -> Found:
        """The `top_k` best documents of each query, rows of id and text.

        Raises ValueError before index(), and for a task of reranking (`top_ranked`): a system searches all it has.
        """
        if self._searcher is None:
            raise ValueError("index() must come before search().")
        if top_ranked:
            raise ValueError("This retriever does not rerank.")
        return _search(self._searcher, ((row["id"], row["text"]) for row in queries), top_k)

    @property
    def mteb_model_meta(self) -> Any:
        """MTEB's own description of a model, of which it needs a name."""
        from mteb.models import ModelMeta  # type: ignore[import-not-found]  # in an environment of its own

        return ModelMeta.create_empty({"name": f"verbatim/{self.system.name.replace(':', '-').replace('/', '-')}"})


def _dataset(documents: Iterable[tuple[str, str, str]]) -> Dataset:
    return Dataset("given", {i: TextDocument(i, title, text) for i, title, text in documents}, {}, {})


def _search(searcher: Searcher, queries: Iterable[tuple[str, str]], top_k: int) -> Found:
    return {
        name: {found.document: float(found.score) for found in searcher.search(Query(name, text), top_k)}
        for name, text in queries
    }
