"""BM25 by bm25s."""

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

__all__ = ["Bm25"]


@dataclass(frozen=True)
class Bm25:
    """BM25 as Lucene has it (Kamphuis et al., ECIR 2020), over stemmed English words without stop words."""

    k1: float = 1.2
    b: float = 0.75
    name: str = "bm25"

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"method": "lucene", "k1": self.k1, "b": self.b, "stemmer": "snowball english", "stop_words": "lucene"}

    def index(self, dataset: Dataset, progress: Progress | None = None) -> Searcher:  # noqa: ARG002 - the protocol has it
        return _Bm25Searcher(need_documents(dataset), self.k1, self.b)


class _Bm25Searcher:
    def __init__(self, documents: Mapping[str, str], k1: float, b: float) -> None:
        self._ids = list(documents)
        self._stemmer = snowballstemmer.stemmer("english")
        self._bm25 = bm25s.BM25(method="lucene", k1=k1, b=b)
        tokens = bm25s.tokenize(list(documents.values()), stopwords="en", stemmer=self._stems, show_progress=False)
        if not any(map(len, tokens.ids)):
            raise without_words("bm25")
        self._bm25.index(tokens, show_progress=False)

    @property
    def index_bytes(self) -> int:
        return sum(array.nbytes for array in self._bm25.scores.values() if isinstance(array, np.ndarray))

    def search(self, query: Query, k: int) -> Sequence[Found]:
        [words] = bm25s.tokenize(
            [query.words], stopwords="en", stemmer=self._stems, return_ids=False, show_progress=False
        )
        known = [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return []
        scores = self._bm25.get_scores(known)
        # A document without a word of the query has the score 0: it was not found.
        matching = np.flatnonzero(scores > 0)
        best = trec_order((self._ids[i], float(scores[i])) for i in matching)[:k]
        return [Found(document, score) for document, score in best]

    def _stems(self, words: list[str]) -> list[str]:
        return list(self._stemmer.stemWords(words))
