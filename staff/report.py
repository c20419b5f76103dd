"""What the staff bench says on a terminal, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from staff.answerable import Answerable, GapKey, by_topic
from staff.change_kinds import unexplained
from staff.changes import Change
from staff.suite_compare import Difference
from staff.suite_run import Figure, Result
from staff.updates import Dangling, Update

__all__ = ["change_lines", "difference_lines", "gap_lines", "result_lines", "update_lines"]

_FEW = 5


def result_lines(results: Sequence[Result], found: Iterable[Figure]) -> Iterator[str]:
    """What failed, then the figures with their intervals."""
    for result in results:
        if not result.passed:
            mark = "MUST PASS  " if result.must_pass else ""
            yield f"fail  {result.suite}/{result.key}  {mark}{result.problem}: {result.text}"
    for figure in found:
        low, high = figure.interval
        yield f"{figure.name:24} {figure.share:.3f} ({low:.2f}–{high:.2f})  {figure.hits} of {figure.trials}"


def difference_lines(differences: Iterable[Difference]) -> Iterator[str]:
    """Each question that is not as it was, newly failing first."""
    lines = [
        f"{d.change}{'  MUST PASS' if d.breaks_must_pass else ''}  {'/'.join(d.result.name)}  {_what(d)}"
        for d in differences
    ]
    yield from lines or ["no difference"]


def change_lines(change: Change) -> Iterator[str]:
    """A change that waits."""
    yield f"change {change.id}  {change.status}  {change.kind} by {change.author}: {change.reason}"
    for key, value in change.content.items():
        yield f"    {key}: {_short(value['name'] if key == 'original' else value)}"
    yield from (f"    DIFFERS FROM THE ORIGINAL  {difference}" for difference in unexplained(change.content))
    if change.trial is None:
        yield "    not tried yet"
    else:
        broken, mended = (len(change.trial[key]) for key in ("newly_failing", "newly_passing"))
        worse = sum(change.trial.get(asked, {}).get("worse", 0) for asked in ("intents", "patients"))
        shown = worse + len(change.trial.get("worse", ()))
        yield f"    tried: mends {mended}, breaks {broken}, {shown} worse otherwise"


def gap_lines(gaps: Sequence[Answerable], done: Mapping[GapKey, str] = MappingProxyType({})) -> Iterator[str]:
    """By topic: how many and how many of them are decided, the nearest, and the passage."""
    for (_, of, topic), group in by_topic(gaps).items():
        yield f"    {topic} ({of}): {len(group)}, {sum(one.key in done for one in group)} decided"
        yield from (
            f"        {g.score:.2f}  {g.gap.question}  ->  {g.passage}  {_short(g.words)}" for g in group[:_FEW]
        )


def update_lines(update: Update) -> Iterator[str]:
    """What a new version of a monograph would touch: first the known gaps that it may answer."""
    yield f"{len(update.gaps)} questions marked as not covered may be answered now: decide each once it is proposed"
    yield from gap_lines(update.gaps)
    for change in update.changes:
        for sign, passage in (("-", change.before), ("+", change.after)):
            if passage is not None:
                yield f"{change.fate:8} {sign} {passage.id}  {_short(passage.text)}"
    yield f"{len(update.phrasings)} phrasings dangle"
    for gone in dict.fromkeys(d.passage for d in update.phrasings):
        loose = [d for d in update.phrasings if d.passage == gone]
        yield from _dangling_lines(loose)
    yield f"{len(update.instructions)} instructions dangle"
    yield from _dangling_lines(update.instructions)
    yield f"{len(update.questions)} questions of suites expect a passage that is gone"
    yield from (f"    {suite}/{question.key}  {question.text}" for suite, question in update.questions)


def _dangling_lines(dangling: Sequence[Dangling]) -> Iterator[str]:
    """By passage: how many, an example, and where the first of them may belong."""
    if dangling:
        first = dangling[0]
        yield f"    {len(dangling)} on {first.passage}, such as “{first.question}”"
        moved = sum(bool(d.to) for d in dangling)
        yield f"        {moved} go along, {len(dangling) - moved} are dropped, if nobody says otherwise"
        for suggestion in first.suggestions:
            yield f"        {suggestion.score:.2f}  {suggestion.passage.id}  {_short(suggestion.passage.text)}"


def _what(difference: Difference) -> str:
    result = difference.result
    now = result.problem or f"{result.decision} {' '.join(result.cited)}".strip()
    return f"{result.text}  ->  {now}"


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 100 else f"{text[:97]}…"
