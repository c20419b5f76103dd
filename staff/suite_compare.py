"""The difference between two runs of the same suites: what broke, what was mended, what shows other passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from staff.suite_run import Result

__all__ = ["Difference", "Effect", "compare"]


class Effect(StrEnum):
    """In the order in which they are shown."""

    NEWLY_FAILING = "newly failing"
    NEWLY_PASSING = "newly passing"
    STILL_FAILING = "still failing"
    OTHER_PASSAGES = "other passages"
    OTHER_DECISION = "other decision"
    NEW = "new question"
    REMOVED = "removed question"


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
    """Newly failing first, of these the ones that must pass first; a question is known by suite and key."""
    old = {result.name: result for result in before}
    new = {result.name: result for result in after}
    found = [Difference(c, old.get(n), r) for n, r in new.items() if (c := _change(old.get(n), r))]
    found += [Difference(Effect.REMOVED, r, None) for n, r in old.items() if n not in new]
    order = list(Effect)
    return tuple(sorted(found, key=lambda d: (order.index(d.change), not d.result.must_pass, d.result.name)))


def _change(before: Result | None, after: Result) -> Effect | None:
    # Another question under an old name has no history.
    if before is None or before.text != after.text:
        return Effect.NEW
    if before.passed != after.passed:
        return Effect.NEWLY_FAILING if before.passed else Effect.NEWLY_PASSING
    if not after.passed:
        return Effect.STILL_FAILING
    if before.decision != after.decision:
        return Effect.OTHER_DECISION
    return Effect.OTHER_PASSAGES if before.cited != after.cited else None
