"""Lexical evidence: BM25 over the passages' own words, for names, codes, numbers and abbreviations.

BM25 as Lucene has it (Kamphuis et al., ECIR 2020), k1 = 1.2, b = 0.75, over stemmed English words
without stop words, by bm25s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

__all__ = ["LEXICAL_WEIGHT", "Lexical", "words"]

LEXICAL_WEIGHT = 0.3
"""What a lexical match that stands alone adds to a passage's cosine similarity (docs/decisions/0005-ranking.md)."""

_K1, _B = 1.2, 0.75

_WORD = re.compile(r"\b\w\w+\b")

_FEW = 0.005
"""The best text must stand above the last of so small a share of all texts, and at least above the second."""


class Lexical:
    """The words of texts that are known by a key."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        """`texts` are pairs of a key and a text; a key may have several."""
        import bm25s

        self._keys = [key for key, _ in texts]
        self._bm25 = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        tokens = bm25s.tokenize([text for _, text in texts], stopwords="en", stemmer=_stems, show_progress=False)
        # bm25s cannot index texts that have no word at all between them.
        self._empty = not tokens.vocab
        if not self._empty:
            self._bm25.index(tokens, show_progress=False)

    def scores(self, question: str, most: int) -> Mapping[str, float]:
        """The evidence for the `most` best keys that share a word with the question, from 0 to 1.

        That is the share of the best score that a text has, times how far the best stands above the last of
        the best 0.5% of all texts (the second of a few), as a share of the best. Words that single out a few
        texts (a name, a code, a claim's terms) count so; words that many texts have count for little, however
        high they score.
        """
        known = [] if self._empty else [word for word in words(question) if word in self._bm25.vocab_dict]
        if not known:
            return {}
        scores = self._bm25.get_scores(known)
        best = scores.max()
        if best <= 0:
            return {}
        few = max(2, int(_FEW * len(scores)))
        stands = float(1 - np.partition(scores, -few)[-few] / best) if len(scores) >= few else 1.0
        found: dict[str, float] = {}
        for number in (-scores).argsort(kind="stable")[:most]:
            if scores[number] > 0:
                found.setdefault(self._keys[number], stands * float(scores[number] / best))
        return found


def words(question: str) -> list[str]:
    """The stems of a question's words, as bm25s takes them from the texts; its own way is made for many texts."""
    from bm25s.stopwords import STOPWORDS_EN

    return [_stem(word) for word in _WORD.findall(question.lower()) if word not in STOPWORDS_EN]


def _stems(words: list[str]) -> list[str]:
    return [_stem(word) for word in words]


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """Each word once: the monographs of a library share most of theirs, and a stemmer is slow."""
    import snowballstemmer

    # A stemmer of its own: it keeps its word in itself, and questions are answered in threads.
    return str(snowballstemmer.stemmer("english").stemWord(word))
