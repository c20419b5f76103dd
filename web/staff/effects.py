"""What a change or a release does to the questions of suites and patients, worse first, by medicine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from staff.patients import WEEKS
from staff.suite_compare import BAD, Difference, Effect, effects_by_medicine
from staff.suite_run import Result
from web.layout import escaped
from web.staff.tables import Markup, mark, table, told

__all__ = ["differences_markup", "intents_line", "patients_line"]

_SHOWN = 50
_GOOD = (Effect.NEWLY_PASSING, Effect.BETTER)


def differences_markup(differences: Sequence[Difference], words: Mapping[str, str]) -> str:
    """The counts of each medicine, then each question, the first fifty. `words` are those of the passages, by id."""
    counts = effects_by_medicine(differences)
    by_medicine = [[name or "any medicine", Markup(" ".join(_counted(e, of[e]) for e in Effect if e in of))]
            for name, of in counts.items()]  # fmt: skip
    rows = [
        [Markup(_effect(d.change)), d.result.document, Markup(_name(d.result)), d.result.text,
         Markup(_was(d.before, words)), Markup(_was(d.after, words))]
        for d in differences[:_SHOWN]
    ]  # fmt: skip
    more = f": {len(differences)}, the first {_SHOWN}" if len(differences) > _SHOWN else ""
    summary = table("By medicine", ["", ""], by_medicine) if by_medicine else ""
    return summary + table(f"What is different{more}", ["", "medicine", "suite, id", "question", "was", "now"], rows)


def intents_line(found: Mapping[str, int]) -> str:
    """What a trial says of what patients ask of any medicine; nothing where nothing was asked."""
    if not found["asked"]:
        return ""
    of = "" if found["medicines"] == found["touched"] else f" of the {found['touched']} that it touches"
    return (
        f"Of {found['asked']} things that patients ask of any medicine, asked of {found['medicines']} medicines{of}:"
        f" {found['differ']} get something else, {found['worse']} of them are worse."
    )


def patients_line(found: Mapping[str, int]) -> str:
    """What a trial says of the last weeks' patients."""
    return (
        f"Of the last {WEEKS} weeks: {found['differ']} shared questions get something else, {found['worse']} of them"
        f" less; {found['passages']} answers that did not help showed a passage that is changed or gone,"
        f" {found['topics']} were on a topic whose known gaps change."
    )


def _effect(effect: Effect) -> str:
    return mark(effect, "bad" if effect in BAD else "good" if effect in _GOOD else "")


def _counted(effect: Effect, count: int) -> str:
    return mark(f"{count} {effect}", "bad" if effect in BAD else "good" if effect in _GOOD else "")


def _name(result: Result) -> str:
    must = " " + mark("must pass") if result.must_pass else ""
    return f'<span class="id">{escaped("/".join(result.name))}</span>{must}'


def _was(result: Result | None, words: Mapping[str, str]) -> str:
    """The decision, what is wrong with it, and the first passage."""
    if result is None:
        return ""
    problem = f"<div>{escaped(result.problem)}</div>" if result.problem else ""
    return told(result.decision, (), words) + problem + told("", [c for c in result.cited[:1] if c in words], words)
