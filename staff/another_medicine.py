"""Whether a new text is of another medicine: a leaflet dropped in at the wrong place must not become a version."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retrieval.corpus import Corpus
from retrieval.monograph import Monograph

__all__ = ["another_medicine"]

_ALIKE = 0.25
"""Share of the old text's words that a new version has at the least; the leaflets of two medicines share a template."""


def another_medicine(document: str, text: str, corpus: Corpus) -> str:
    """Why a text seems to be of another medicine than this document; empty if it does not.

    It names another medicine of the corpus more often than this one, or does not name this one where the version in
    use does, or has hardly a word of that version.
    """
    monograph = corpus.documents[document].monograph
    own, before = _named(text, _names(monograph)), _named(monograph.source, _names(monograph))
    for other in corpus.documents.values():
        if other.monograph.id != document and (count := _named(text, _names(other.monograph))) > own:
            return f"The text names {other.monograph.title} {_times(count)} and {monograph.title} {_times(own)}."
    if before and not own:
        names = ", ".join(dict.fromkeys(_names(monograph)))
        return f"The text never names {monograph.title} ({names}), which the version in use does {_times(before)}."
    old, new = set(_words(monograph.source)), set(_words(text))
    if old and len(old & new) / len(old) < _ALIKE:
        return f"The text has hardly a word of the version in use of {monograph.title}."
    return ""


def _names(monograph: Monograph) -> tuple[str, ...]:
    return (monograph.title, monograph.generic_name, *monograph.aliases)


def _named(text: str, names: Iterable[str]) -> int:
    pattern = "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))
    return len(re.findall(rf"(?i)(?<!\w)(?:{pattern})(?!\w)", text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}", text.casefold())


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")
