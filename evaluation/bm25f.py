"""BM25F: BM25 over two fields, the section (a document's title) and its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import bm25s
import numpy as np
import snowballstemmer

from evaluation.datasets import Dataset, Query
from evaluation.systems import Found, Searcher, need_documents, without_words
from evaluation.trec import trec_order
from retrieval.encoder import Progress

__all__ = ["Bm25f"]


@dataclass(frozen=True)
class Bm25f:
    """Weighted counts of both fields, each by its own length, in one saturation (Robertson et al., CIKM 2004).

    A word counts tf = Σ weight · count / (1 − b + b · length / mean length) over the fields, and a document
    Σ idf · tf / (k1 + tf) over the words of the query, with Lucene's idf over documents.
    """

    k1: float = 1.2
    b: float = 0.75
    title: float = 2.0
    """Weight of the section; the text's is 1."""
    name: str = "bm25f"

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"k1": self.k1, "b": self.b, "title": self.title, "stemmer": "snowball english", "stop_words": "lucene"}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:  # noqa: ARG002 - the protocol has it
        need_documents(dataset)
        return _Searcher(self, dataset)


class _Searcher:
    def __init__(self, system: Bm25f, dataset: Dataset) -> None:
        self._system, self._ids = system, list(dataset.documents)
        self._stemmer = snowballstemmer.stemmer("english")
        self._postings: dict[str, dict[int, float]] = {}
        documents = dataset.documents.values()
        for weight, texts in ((system.title, [d.title for d in documents]), (1.0, [d.text for d in documents])):
            fields = self._tokens(texts)
            mean = sum(map(len, fields)) / len(fields) or 1.0
            for at, words in enumerate(fields):
                share = weight / (1 - system.b + system.b * len(words) / mean)
                for word in words:
                    of = self._postings.setdefault(word, {})
                    of[at] = of.get(at, 0.0) + share
        if not self._postings:
            raise without_words("bm25f")

    @property
    def index_bytes(self) -> int:
        """A number of four bytes and a weight of eight for each posting."""
        return sum(12 * len(of) for of in self._postings.values())

    def search(self, query: Query, k: int) -> Sequence[Found]:
        scores: dict[int, float] = {}
        [words] = self._tokens([query.words])
        for word in words:
            of = self._postings.get(word, {})
            idf = np.log(1 + (len(self._ids) - len(of) + 0.5) / (len(of) + 0.5))
            for at, count in of.items():
                scores[at] = scores.get(at, 0.0) + float(idf) * count / (self._system.k1 + count)
        best = trec_order((self._ids[at], score) for at, score in scores.items())[:k]
        return [Found(document, score) for document, score in best]

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(
            texts, stopwords="en", stemmer=self._stems, return_ids=False, show_progress=False
        )
        return tokens

    def _stems(self, words: list[str]) -> list[str]:
        return list(self._stemmer.stemWords(words))
