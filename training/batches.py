"""Batches: what is set against what in one step."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.examples import Classes, Kind, Pair

__all__ = ["BESIDE_LEAFLETS", "Batch", "Sampler", "Sizes"]

_T = TypeVar("_T")

_TEXT_SHARE = 0.3
"""How often a phrasing is set beside its passage's own words in place of another phrasing."""
_TYPO_SHARE = 0.15
_WINDOW = 64
_WINDOW_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each stand in a batch."""

    passages: int = 20
    named: int = 5
    """Passages whose questions are asked of two other medicines: who asks of another asks something else."""
    gaps: int = 12
    subjects: int = 4
    of_a_subject: int = 3
    """Answers about one illness are the hard negatives of each other."""
    summaries: int = 6
    messages: tuple[tuple[Kind, int], ...] = ((Kind.URGENT, 10), (Kind.CRISIS, 6), (Kind.LOOK_ALIKE, 12))


BESIDE_LEAFLETS = Sizes(
    passages=12, named=2, gaps=8, subjects=2, summaries=3,
    messages=((Kind.URGENT, 3), (Kind.CRISIS, 2), (Kind.LOOK_ALIKE, 4), (Kind.EVERYDAY, 6)),
)  # fmt: skip
"""To keep what was learned from the banks while leaflets are learned from."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The texts of one step: questions with their classes, messages, and two lists of pairs."""

    questions: tuple[str, ...]
    classes: tuple[int, ...]
    """Equal numbers ask the same."""
    messages: tuple[str, ...]
    """Of the triage."""
    kinds: tuple[Kind, ...]
    """Of the questions, then of the messages."""
    answers: tuple[Pair, ...]
    summaries: tuple[Pair, ...]


_WHOLE = Sizes()


class Sampler:
    """Draws batches; the same seed draws the same."""

    def __init__(
        self, classes: Classes, answers: Sequence[Pair], summaries: Sequence[Pair], seed: int, sizes: Sizes = _WHOLE
    ) -> None:
        self._classes = classes
        self._sizes = sizes
        self._summaries = summaries
        self._random = random.Random(seed)  # noqa: S311 - sampling, not secrecy
        subjects: dict[str, list[Pair]] = defaultdict(list)
        for pair in answers:
            subjects[pair.subject].append(pair)
        self._subjects = list(subjects.values())
        self._own_name = re.compile("|".join(map(re.escape, classes.names)) or r"\b\B", re.IGNORECASE)

    def draw(self) -> Batch:
        size = self._sizes
        questions: list[str] = []
        kinds: list[Kind] = []
        drawn = self._sample(list(self._classes.passages), size.passages + size.named)
        for passage in drawn[: size.passages]:
            questions += [self._typo(text) for text in self._two(passage)]
        kinds += [Kind.ANSWERED] * len(questions)
        for passage in drawn[size.passages :]:
            for name in self._sample(self._classes.others, 2):
                questions += [self._of(text, name) for text in self._two(passage)]
        for topic in self._sample(list(self._classes.gaps), size.gaps):
            questions += [self._typo(text) for text in self._random.sample(self._classes.gaps[topic], 2)]
        kinds += [Kind.NOT_COVERED] * (len(questions) - len(kinds))
        messages: list[str] = []
        for kind, count in size.messages:
            drawn = self._sample(self._classes.messages.get(kind, ()), count)
            messages += [self._typo(text) for text in drawn]
            kinds += [kind] * len(drawn)
        answers = [
            Pair(pair.question, self._window(pair.answer), pair.subject)
            for subject in self._sample(self._subjects, size.subjects)
            for pair in self._sample(subject, size.of_a_subject)
        ]
        classes = tuple(number // 2 for number in range(len(questions)))
        summaries = self._sample(self._summaries, size.summaries)
        return Batch(tuple(questions), classes, tuple(messages), tuple(kinds), tuple(answers), tuple(summaries))

    def _two(self, passage: str) -> tuple[str, str]:
        """Two phrasings of a passage, or one and the passage's own words."""
        one, other = self._random.sample(self._classes.passages[passage], 2)
        return one, self._classes.texts.get(passage, other) if self._random.random() < _TEXT_SHARE else other

    def _of(self, text: str, name: str) -> str:
        """The text, asked of another medicine."""
        if self._own_name.search(text):
            return self._own_name.sub(name, text)
        return self._random.choice((f"{name}: {text}", f"{name} {text}", f"{text} ({name})", f"{text} with {name}"))

    def _sample(self, items: Sequence[_T], count: int) -> list[_T]:
        return self._random.sample(items, min(count, len(items)))

    def _window(self, text: str) -> str:
        """The beginning of a long answer, or a stretch from its middle: passages are shorter than articles."""
        words = text.split()
        if len(words) > _WINDOW and self._random.random() < _WINDOW_SHARE:
            words = words[self._random.randrange(len(words) - _WINDOW * 2 // 3) :]
        return " ".join(words[:_WINDOW])

    def _typo(self, text: str) -> str:
        """Now and then a letter left out, doubled, or changed with the next."""
        if self._random.random() >= _TYPO_SHARE or len(text) < 8:
            return text
        at = self._random.randrange(1, len(text) - 2)
        kinds = (text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:])
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return self._random.choice((*kinds, swapped))
