"""What changed between two versions of a monograph, passage by passage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from retrieval.corpus import Corpus
from retrieval.passages import Passage, Passages

__all__ = ["Fate", "PassageChange", "corpus_difference", "passage_difference"]

_ALIKE = 0.5
"""Share of words in common from which one passage counts as another, changed."""


class Fate(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PassageChange:
    """One passage that did not stay as and where it was. `before` is None for a new one, `after` for one gone."""

    fate: Fate
    before: Passage | None
    after: Passage | None

    @property
    def dangles(self) -> bool:
        """Whether what was attached to the old passage is now attached to nothing."""
        return self.before is not None and (self.after is None or self.after.id != self.before.id)

    def as_json(self) -> dict[str, Any]:
        return {
            "fate": self.fate.value,
            "before": None if self.before is None else self.before.id,
            "after": None if self.after is None else self.after.id,
        }


def corpus_difference(old: Corpus | None, new: Corpus) -> tuple[PassageChange, ...]:
    """The differences of all monographs; of the first release everything is new."""
    before: Mapping[str, Any] = old.documents if old else {}
    found: list[PassageChange] = []
    for identifier in sorted({*before, *new.documents}):
        olds, news = (documents.get(identifier) for documents in (before, new.documents))
        found += passage_difference(olds.passages if olds else None, news.passages if news else None)
    return tuple(found)


def passage_difference(old: Passages | None, new: Passages | None) -> tuple[PassageChange, ...]:
    """Compare what can be shown, in the order of the new version, the removed passages last.

    A passage keeps its id while its words and headings stay (decision 0003). One with the same words under
    other headings has moved, one in another order too; one that shares at least half of its words with a
    passage that is gone is that passage, changed.
    """
    olds, news = (passages.showable() if passages else () for passages in (old, new))
    same = {p.id for p in olds} & {p.id for p in news}
    gone, fresh = ([p for p in of if p.id not in same] for of in (olds, news))
    pairs = _paired(gone, fresh)
    by_id = {p.id: p for p in olds}
    reordered = _reordered([p.id for p in olds if p.id in same], [p.id for p in news if p.id in same])
    found = []
    for passage in news:
        if passage.id in same:
            if passage.id in reordered:
                found.append(PassageChange(Fate.MOVED, by_id[passage.id], passage))
        elif before := pairs.get(passage.id):
            fate = Fate.MOVED if before.text == passage.text else Fate.CHANGED
            found.append(PassageChange(fate, before, passage))
        else:
            found.append(PassageChange(Fate.ADDED, None, passage))
    kept = {p.id for p in pairs.values()}
    found += [PassageChange(Fate.REMOVED, p, None) for p in gone if p.id not in kept]
    return tuple(found)


def _paired(gone: Sequence[Passage], fresh: Sequence[Passage]) -> dict[str, Passage]:
    """The old passage of each new one that has one, by the id of the new; the most alike first."""
    olds, news = ([(p.level, p.text.split()) for p in of] for of in (gone, fresh))
    bags = [[Counter(words) for _, words in of] for of in (olds, news)]
    alike = [
        (likeness, at, to)
        for at, (level, before) in enumerate(olds)
        for to, (other, after) in enumerate(news)
        if level == other
        and _most(bags[0][at], bags[1][to], len(before) + len(after)) >= _ALIKE
        and (likeness := SequenceMatcher(None, before, after, autojunk=False).ratio()) >= _ALIKE
    ]
    pairs: dict[str, Passage] = {}
    taken: set[int] = set()
    for _, at, to in sorted(alike, key=lambda found: (-found[0], found[1], found[2])):
        if at not in taken and fresh[to].id not in pairs:
            pairs[fresh[to].id] = gone[at]
            taken.add(at)
    return pairs


def _most(before: Counter[str], after: Counter[str], words: int) -> float:
    """What the likeness of two texts is at most, by the words that both have: quick, and it spares most comparisons."""
    fewer, more = (before, after) if len(before) < len(after) else (after, before)
    return 2 * sum(min(count, more[word]) for word, count in fewer.items() if word in more) / max(1, words)


def _reordered(olds: Sequence[str], news: Sequence[str]) -> set[str]:
    """The fewest ids whose places must have changed."""
    blocks = SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks()
    return set(news) - {news[block.b + n] for block in blocks for n in range(block.size)}
