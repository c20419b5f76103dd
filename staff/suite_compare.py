"""The difference between two runs of the same suites: what broke, what was mended, what is shown otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from staff.intent_suite import INTENTS
from staff.suite_run import Result

__all__ = ["BAD", "PASSAGES_MOVED", "WORSE", "Difference", "Effect", "compare", "effects_by_medicine", "worse_first"]


class Effect(StrEnum):
    """In the order in which they are shown: what is worse first."""

    NEWLY_FAILING = "newly failing"
    SHOWS_LESS = "shows less than it should"
    SHOWS_MORE = "shows more than it should"
    OTHER_ANSWER = "another answer"
    OTHER_DECISION = "other decision"
    NEW_FAILING = "new question, failing"
    NEWLY_PASSING = "newly passing"
    BETTER = "nearer to what it should show"
    OTHER_PASSAGES = "other passages"
    STILL_FAILING = "still failing"
    NEW = "new question"
    REMOVED = "removed question"


WORSE = (Effect.NEWLY_FAILING, Effect.SHOWS_LESS, Effect.SHOWS_MORE)
BAD = (*WORSE, Effect.NEW_FAILING)
"""What stands out: what is worse, and what is wrong from the first."""
PASSAGES_MOVED = (Effect.OTHER_ANSWER, Effect.OTHER_PASSAGES)
_SHOWN = {"answer": 2, "related": 1}
"""How much a decision shows; the others show nothing of the monograph, or an alarm."""
_ANSWERED = frozenset({"answerable", "other_language", "patients", INTENTS})
_ALARMS = frozenset({"urgent", "crisis"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One question that did not stay as it was. Of a new question `before` is None, of a removed one `after`."""

    change: Effect
    before: Result | None
    after: Result | None

    @property
    def result(self) -> Result:
        result = self.after or self.before
        assert result is not None  # noqa: S101 - one of the two is always there
        return result

    @property
    def breaks_must_pass(self) -> bool:
        return self.change == Effect.NEWLY_FAILING and self.result.must_pass


def compare(before: Sequence[Result], after: Sequence[Result]) -> tuple[Difference, ...]:
    """What is worse first, of these the ones that must pass first; a question is known by suite and key."""
    old = {result.name: result for result in before}
    new = {result.name: result for result in after}
    found = [Difference(c, old.get(n), r) for n, r in new.items() if (c := _change(old.get(n), r))]
    found += [Difference(Effect.REMOVED, r, None) for n, r in old.items() if n not in new]
    return worse_first(found)


def worse_first(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """In the order in which they are shown."""
    order = list(Effect)
    return tuple(sorted(found, key=lambda d: (order.index(d.change), not d.result.must_pass, d.result.name)))


def effects_by_medicine(differences: Iterable[Difference]) -> Mapping[str, Mapping[Effect, int]]:
    """How many questions of each medicine have each effect, but those that fail as before."""
    counts: dict[str, Counter[Effect]] = {}
    for difference in differences:
        if difference.change != Effect.STILL_FAILING:
            counts.setdefault(difference.result.document, Counter())[difference.change] += 1
    return dict(sorted(counts.items()))


def _change(before: Result | None, after: Result) -> Effect | None:
    # Another question under an old name has no history.
    if before is None or before.text != after.text:
        return Effect.NEW if after.passed else Effect.NEW_FAILING
    # What is right of an intent is decided by now: what is shown as before is no worse for it.
    if before.kind == INTENTS and (before.decision, before.cited) == (after.decision, after.cited):
        return None if after.passed else Effect.STILL_FAILING
    if before.passed != after.passed:
        return Effect.NEWLY_FAILING if before.passed else Effect.NEWLY_PASSING
    if before.decision != after.decision:
        return _otherwise(before, after)
    if before.cited != after.cited:
        first = before.decision == "answer" and before.cited[:1] != after.cited[:1]
        return Effect.OTHER_ANSWER if first else Effect.OTHER_PASSAGES
    return None if after.passed else Effect.STILL_FAILING


def _otherwise(before: Result, after: Result) -> Effect:
    """Passed or failed as before, with another decision: the way it went tells whether it is worse."""
    more = _SHOWN.get(after.decision, 0) - _SHOWN.get(before.decision, 0)
    if not more or _ALARMS & {before.decision, after.decision}:
        return Effect.OTHER_DECISION
    if after.kind in _ANSWERED or after.expected:
        return Effect.BETTER if more > 0 else Effect.SHOWS_LESS
    return Effect.SHOWS_MORE if more > 0 else Effect.BETTER
