"""Where sentences end: rules for the prose of monographs, with offsets."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.blocks import Span, trim

__all__ = ["split_sentences"]

# A stop, closing quotes or brackets, white space, and then something that can open a sentence.
# CJK stops need no white space.
_BOUNDARY = re.compile(
    r"""[.!?…]+["”’'»)\]]*(?=\s+["“‘'«(\[]*[^\W_a-zß-ÿ])   # Latin script: the next word is not in small letters
      | [。！？]+[”’」』）]*""",
    re.VERBOSE,
)
_ABBREVIATIONS = frozenset(
    "e.g i.e vs etc approx dr mr mrs ms prof st no nos fig figs al ca cf incl max min vol u.s u.k jr sr ph.d".split()
)
_LAST_WORD = re.compile(r"[^\s(\[“\"‘']+$")


def split_sentences(source: str, span: Span) -> tuple[Span, ...]:
    """The sentences of `source[span]`: together they hold every character of it but white space."""
    cuts = [match.end() for match in _BOUNDARY.finditer(source, span.start, span.end) if _ends(source, span, match)]
    edges = [span.start, *cuts, span.end]
    trimmed = (trim(source, a, b) for a, b in pairwise(edges))
    return tuple(s for s in trimmed if s.start < s.end)


def _ends(source: str, span: Span, match: re.Match[str]) -> bool:
    """False for the stop of an abbreviation or of an initial, and inside an open bracket."""
    if not match.group().startswith("."):
        return True
    before = source[span.start : match.start()]
    word = _LAST_WORD.search(before)
    if word and (word.group().lower() in _ABBREVIATIONS or (len(word.group()) == 1 and word.group().isalpha())):
        return False
    return before.count("(") <= before.count(")") or match.group().endswith(")")
