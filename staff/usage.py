"""How many answers of which decision, by day and medicine, and what became of them: rates and their trend by week.

Counts only: no words, no hour, no address. A question that was asked back (which medicine?) is of none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from assistant.answer import ALARM_DECISIONS, Answer, Decision
from staff.state import State
from staff.unanswered import Signal

__all__ = ["NO_MEDICINE", "RATES", "Rates", "Usage", "document_of", "usage_rows"]

NO_MEDICINE = ""
"""In the place of a medicine's id: a message about none, or about several."""
RATES = ("answered", "related", "abstained", "alarms", "no")
"""Of the answers; 'no' are those that patients said no to."""
_OF = {Decision.ANSWER: "answered", Decision.RELATED: "related", Decision.ABSTAIN: "abstained"}


@dataclass(slots=True)
class Rates:
    """What became of the answers about a medicine, over days or in a week."""

    document: str
    since: str = ""
    """The Monday of the week; empty for all the days."""
    answers: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RATES, 0))

    def share(self, name: str) -> float | None:
        """Of the answers; None where there was none."""
        return self.counts[name] / self.answers if self.answers else None

    def add(self, decision: str, count: int) -> None:
        self.answers += count
        name = "alarms" if decision in ALARM_DECISIONS else _OF.get(Decision(decision))
        if name:
            self.counts[name] += count


class Usage:
    """Counts answers and gives their rates back. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, counts: Mapping[tuple[str, Decision], int]) -> None:
        """Add answers of today by medicine and decision, in one write to the disk."""
        with self._state.writing() as transaction:
            for (document, decision), count in counts.items():
                transaction.execute(
                    "INSERT INTO answer_counts VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET count = count + excluded.count",
                    self._today.isoformat(), document, decision, count,
                )  # fmt: skip

    def rates(self, days: int) -> tuple[Rates, ...]:
        """Of each medicine over the last days, the one with most answers first."""
        first = self._today - timedelta(days=days - 1)
        found = _gathered(self._rows(first), lambda _: "")
        return tuple(sorted(found, key=lambda r: (-r.answers, r.document)))

    def weeks(self, weeks: int, document: str | None = None) -> tuple[Rates, ...]:
        """Of all together, or of one medicine, in each of the last weeks from Monday on, the latest first."""
        monday = _monday(self._today) - timedelta(weeks=weeks - 1)
        rows = [
            (day, document or NO_MEDICINE, decision, count, says_no)
            for day, of, decision, count, says_no in self._rows(monday)
            if document is None or of == document
        ]
        found = {r.since: r for r in _gathered(rows, lambda day: _monday(date.fromisoformat(day)).isoformat())}
        starts = [(monday + timedelta(weeks=n)).isoformat() for n in range(weeks)]
        return tuple(found.get(start, Rates(document or NO_MEDICINE, start)) for start in reversed(starts))

    def _rows(self, first: date) -> list[tuple[str, str, str, int, bool]]:
        """Day, medicine, decision, count, and whether it counts those who said no."""
        answers = self._state.query(
            "SELECT day, document, decision, count FROM answer_counts WHERE day >= ?", first.isoformat()
        )
        refused = self._state.query(
            "SELECT day, document, decision, count FROM unanswered_counts WHERE signal = ? AND day >= ?",
            Signal.THUMBS_DOWN, first.isoformat(),
        )  # fmt: skip
        return [*((*row, False) for row in answers), *((*row, True) for row in refused)]

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self._state.now, UTC).date()


def document_of(answer: Answer) -> str:
    """The medicine that an answer is about: that of what it shows, or the one that the message was about."""
    cited = dict.fromkeys(c.passage.document for c in answer.citations)
    about = answer.about or tuple(d.document.monograph.id for d in answer.disclaimers)
    names = tuple(cited) or about
    return names[0] if len(names) == 1 and not answer.choices else NO_MEDICINE


def usage_rows(found: Iterable[Rates]) -> list[list[str]]:
    """A table with its heads: counts, and shares of the answers."""
    heads = ["medicine", "week from", "answers", *(part for name in RATES for part in (name, f"{name}, share"))]
    rows = []
    for r in found:
        parts = (part for name in RATES for part in (str(r.counts[name]), _share(r, name)))
        rows.append([r.document, r.since, str(r.answers), *parts])
    return [heads, *rows]


def _gathered(rows: Sequence[tuple[str, str, str, int, bool]], since: Callable[[str], str]) -> list[Rates]:
    found: dict[tuple[str, str], Rates] = {}
    for day, document, decision, count, says_no in rows:
        key = document, since(day)
        rates = found.setdefault(key, Rates(*key))
        if says_no:
            rates.counts["no"] += count
        else:
            rates.add(decision, count)
    return list(found.values())


def _share(rates: Rates, name: str) -> str:
    share = rates.share(name)
    return "" if share is None else f"{share:.3f}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
