"""Names that the corpus hardly uses, with what kind of thing each is: a small encoder does not know that an A1c is a
blood sugar test, and nobody writes a phrasing for every medicine in the cupboard.

What is added is only searched with; nothing of it is ever shown as the patient's words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.questions import read_records
from retrieval.spelling import Repair
from retrieval.text import plain_words

__all__ = ["Names", "read_names"]

_KNOWN = 3
"""A name that so many texts of the corpus use needs no explanation (docs/decisions/0005-ranking.md)."""

_LONGEST = 3
_WORD = re.compile(r"\w+(?:[.'’&-]+\w+)*")


class Names:
    """Explains the names of a glossary that a corpus hardly uses."""

    def __init__(self, names: Mapping[str, str], texts: Iterable[str]) -> None:
        """`names` are names in plain words with what each is; `texts` what the corpus says and is asked."""
        used = Counter(run for text in texts for run in _runs(plain_words(text).split()) if run in names)
        self._names = {name: kind for name, kind in names.items() if used[name] < _KNOWN}

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


def _runs(words: list[str]) -> set[str]:
    """Every run of one to three words, once."""
    return {" ".join(words[at : at + n]) for n in range(1, _LONGEST + 1) for at in range(len(words) - n + 1)}
