"""Choose a peer's chunking by five-fold cross-validation.

Conversations are dealt to five folds in the order of their ids, so that each fold has its share of every
set. For each fold the chunking is chosen on the other four and answers this one; nobody's answer is scored
with a chunking that its label helped to choose.

Chosen by Hit@600 over the answerable turns: the one measure of the three that larger chunks do not win by
showing more. Equal shares: the one that comes first, the default before the grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from evaluation.jsonl import read_objects, write_objects
from evaluation.scoring import Score

__all__ = ["FOLDS", "choose_chunkings", "fold_of", "merge_answers", "share"]

FOLDS = 5


def fold_of(conversations: Iterable[str]) -> dict[str, int]:
    """The fold, 0 to 4, of each conversation."""
    return {name: place % FOLDS for place, name in enumerate(sorted(set(conversations)))}


def choose_chunkings(scores: Mapping[str, Score], folds: Mapping[str, int]) -> list[str]:
    """For each fold, the name of the chunking that is best on the other folds."""
    return [
        max(scores, key=lambda name: share(scores[name], "hit600", {c for c, f in folds.items() if f != fold}))
        for fold in range(FOLDS)
    ]


def share(score: Score, measure: str, conversations: Iterable[str] | None = None) -> float:
    """The share of answerable turns of these conversations (default: of all) that has it; 0 if there is none."""
    kept = None if conversations is None else set(conversations)
    values = [
        getattr(grade, measure)
        for turn, _, grade in score.turns
        if turn.kind == "answerable" and (kept is None or turn.id in kept)
    ]
    return sum(values) / len(values) if values else 0.0


def merge_answers(files: Mapping[str, Path], chosen: Sequence[str], folds: Mapping[str, int], out: Path) -> None:
    """Write each conversation's answers from the file of the chunking chosen for its fold.

    All files hold the same turns in the same order, for one process wrote them.
    """
    rows = {name: [row for _, row in read_objects(files[name], "id", "turn")] for name in set(chosen)}
    write_objects(out, (rows[chosen[folds[row["id"]]]][place] for place, row in enumerate(rows[chosen[0]])))
