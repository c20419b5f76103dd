"""Names that the corpus hardly uses, with what kind of thing each is: a small encoder does not know that an A1c is a
blood sugar test, and nobody writes a phrasing for every medicine in the cupboard.

What is added is only searched with; nothing of it is ever shown as the patient's words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.questions import read_records
from retrieval.spelling import Repair
from retrieval.text import plain_words, together

__all__ = ["Names", "read_names"]

_KNOWN = 3
"""A name that so many texts of the corpus use needs no explanation (docs/decisions/0005-ranking.md)."""

_LONGEST = 3
_WORD = re.compile(r"\w+(?:[.'’&-]+\w+)*")


class Names:
    """Explains the names of a glossary that a corpus hardly uses."""

    def __init__(self, names: Mapping[str, str], texts: Iterable[str]) -> None:
        """`names` are names in plain words with what each is; `texts` what the corpus says and is asked."""
        known = _used_often(names, texts)
        self._names = {name: kind for name, kind in names.items() if name not in known}

    def explain(self, text: str) -> tuple[str, tuple[Repair, ...]]:
        """The text with its names explained in brackets, the longest where several begin, and what was explained."""
        words = list(_WORD.finditer(text))
        parts, explained, at, done = [], [], 0, 0
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                start, end = words[at].start(), words[at + length - 1].end()
                kind = self._names.get(plain_words(text[start:end]))
                if kind is not None:
                    parts.append(f"{text[done:end]} ({kind})")
                    explained.append(Repair(text[start:end], f"{text[start:end]} ({kind})"))
                    done, at = end, at + length - 1
                    break
            at += 1
        return "".join((*parts, text[done:])), tuple(explained)


def read_names(path: Path) -> tuple[Mapping[str, str], tuple[CorpusError, ...]]:
    """The names of one file (`{"name": …, "is": what it is}` a line) in plain words, and its bad lines."""
    records, bad = read_records(path, frozenset({"name", "is"}))
    names: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, record in records:
        name = plain_words(record["name"])
        if name in lines:
            bad.append(CorpusError(path, line, f"the same name as in line {lines[name]}.", "Remove one of the two."))
        elif not 0 < len(name.split()) <= _LONGEST:
            bad.append(CorpusError(path, line, f"'{record['name']}' has not one to three words.", "Shorten it."))
        else:
            names[name], lines[name] = record["is"], line
    return names, tuple(bad)


def _used_often(names: Iterable[str], texts: Iterable[str]) -> set[str]:
    """The names that at least _KNOWN texts use."""
    by_first: dict[str, set[str]] = defaultdict(set)
    for name in names:
        by_first[name.partition(" ")[0]].add(name)
    used: Counter[str] = Counter()
    for some in together(texts):
        whole, each = f" {plain_words(' '.join(some))} ", list[str]()
        for first in by_first.keys() & set(whole.split()):
            for name in [name for name in by_first[first] if f" {name} " in whole]:
                each = each or [f" {plain_words(text)} " for text in some]
                used[name] += sum(f" {name} " in text for text in each)
                if used[name] >= _KNOWN:
                    by_first[first].remove(name)  # more need not be known
    return {name for name, count in used.items() if count >= _KNOWN}
