"""Headings that the sentence under them takes back: "FDA Approved Uses", and then "It is not approved for any use".

Such a heading claims the opposite of what the text says, so nothing that stands below it is read without the sentence.
"""

from __future__ import annotations

import re

from retrieval.blocks import Block, Kind, Span
from retrieval.sentences import split_sentences

__all__ = ["correction"]

_CLAIMS = re.compile(r"\b(?:approv|licen[cs]ed|authori[sz]ed|indicat|registered)\w*", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|no|none|never|without|nor)\b|n['’]t\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHARE = 0.5
"""So much of a heading's words stand in the sentence that takes it back."""


def correction(source: str, heading: Block, below: Block) -> Span | None:
    """The first sentence of the paragraph right below a heading that denies what the heading claims, if one does.

    A heading claims something if it speaks of approval or indications, and does not deny it itself.
    """
    claim = source[heading.start : heading.end]
    if below.kind != Kind.PARAGRAPH or not _CLAIMS.search(claim) or _DENIES.search(claim):
        return None
    words = set(_WORD.findall(claim.lower()))
    sentences = (sentence for span in below.content for sentence in split_sentences(source, span))
    for sentence in sentences:
        text = source[sentence.start : sentence.end]
        known = words & set(_WORD.findall(text.lower()))
        if _CLAIMS.search(text) and _DENIES.search(text) and len(known) >= _SHARE * len(words):
            return sentence
    return None
