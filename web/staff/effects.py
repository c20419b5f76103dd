"""What a change or a release does to the questions of suites and patients, worse first, by medicine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from staff.patients import WEEKS
from staff.suite_compare import BAD, Difference, Effect, effects_by_medicine
from staff.suite_run import Result
from web.layout import escaped
from web.staff.tables import Markup, mark, table

__all__ = ["differences_markup", "intents_line", "patients_line"]

_SHOWN = 50
_GOOD = (Effect.NEWLY_PASSING, Effect.BETTER)


def differences_markup(differences: Sequence[Difference], caption: str = "What is different") -> str:
    """The counts of each medicine, then each question, the first fifty."""
    counts = effects_by_medicine(differences)
    told = [[name or "any medicine", Markup(" ".join(_counted(e, of[e]) for e in Effect if e in of))]
            for name, of in counts.items()]  # fmt: skip
    rows = [
        [Markup(_effect(d.change)), d.result.document, Markup(_name(d.result)), d.result.text,
         Markup(_was(d.before)), Markup(_was(d.after))]
        for d in differences[:_SHOWN]
    ]  # fmt: skip
    more = f": {len(differences)}, the first {_SHOWN}" if len(differences) > _SHOWN else ""
    summary = table("By medicine", ["", ""], told) if told else ""
    return summary + table(f"{caption}{more}", ["", "medicine", "suite, id", "question", "was", "now"], rows)


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


def _was(result: Result | None) -> str:
    if result is None:
        return ""
    first = f'<div class="id">{escaped(result.cited[0])}</div>' if result.cited else ""
    return f"<div>{escaped(result.decision)}</div><div>{escaped(result.problem)}</div>{first}"
