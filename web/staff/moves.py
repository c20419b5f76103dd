"""What a new version of a monograph touches, in a few groups whatever its size, and where what dangles goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from retrieval.passages import Passage
from staff.answerable import by_topic
from staff.differences import Fate, PassageChange
from staff.errors import StaffError
from staff.updates import Dangling, Update
from web.layout import escaped
from web.staff.gaps import gaps_markup
from web.staff.tables import Markup, mark, table

__all__ = ["COLUMNS", "NOT_COVERED", "PROPOSED", "WIDTHS", "dangling_rows", "moves", "update_markup"]

COLUMNS = ["what", "passage that is gone", "its words", "how many", "goes to", "such as", "or"]
WIDTHS = ["9%", "15%", "19%", "7%", "17%", "18%", "15%"]
PROPOSED = "each as proposed"
"""In the place of a passage: what is listed below the table for each."""
NOT_COVERED = "not covered"
"""In the place of a passage: dropped, and marked as not covered."""

_WHAT = ("phrasing", "instruction", "suites")
_KINDS = {"added": "good", "removed": "bad"}
_SHOWN = 25
"""Of each group."""


def update_markup(update: Update) -> str:
    """Gaps that may be answered first, then passages, questions of suites, and where each phrasing goes."""
    asked = [[f"{suite}/{question.key}", question.text] for suite, question in update.questions]
    return (
        gaps_markup(by_topic(update.gaps))
        + "".join(_passages(update, fate) for fate in Fate)
        + table(_counted("Questions of suites that expect a passage that is gone", asked), ["suite, id", "question"],
                asked[:_SHOWN])
        + _proposed(update)
    )  # fmt: skip


def dangling_rows(update: Update) -> list[list[str]]:
    """What dangles, a row for each passage that is gone; the columns are COLUMNS."""
    olds = {c.before.id: c.before for c in update.changes if c.before}
    return [
        [what, gone, _words(olds.get(gone)), str(len(group)), _goes(group), group[0].question,
         "; ".join(s.passage.id for s in group[0].suggestions)]
        for what, part in _parts(update)
        for gone, group in _by_passage(part).items()
    ]  # fmt: skip


def moves(update: Update, rows: Sequence[Sequence[str]], follow: bool = False) -> dict[str, list[dict[str, str]]]:
    """Where everything goes, as the table says; with `follow` labels of suites that it leaves go with passages that
    were changed. Raises StaffError if the table is of another text."""
    to = {(row[0], row[1]): str(row[4] or "").strip() for row in rows}
    if set(to) - {("", "")} != {(row[0], row[1]) for row in dangling_rows(update)}:
        raise StaffError("The text was changed since it was compared. Compare it again.")

    def place(what: str, dangling: Dangling) -> str:
        chosen = to[what, dangling.passage]
        if what == _WHAT[2] and follow and not chosen:
            return dangling.became
        return dangling.to if chosen == PROPOSED else "" if chosen == NOT_COVERED else chosen

    def missing(dangling: Dangling) -> str:
        chosen = to[_WHAT[0], dangling.passage]
        return {PROPOSED: dangling.topic, NOT_COVERED: dangling.topic or NOT_COVERED}.get(chosen, "")

    phrasing, instruction, suites = _WHAT
    return {
        "reattach": [{"passage": d.passage, "q": d.question, "to": place(phrasing, d)} for d in update.phrasings],
        "instructions": [{"passage": d.passage, "to": place(instruction, d)} for d in update.instructions],
        "suites": [{"passage": d.passage, "to": place(suites, d)} for d in update.expected],
        "not_covered": [{"topic": topic, "q": d.question} for d in update.phrasings if (topic := missing(d))],
    }


def _parts(update: Update) -> Sequence[tuple[str, Sequence[Dangling]]]:
    return tuple(zip(_WHAT, (update.phrasings, update.instructions, update.expected), strict=True))


def _by_passage(part: Sequence[Dangling]) -> dict[str, list[Dangling]]:
    groups: dict[str, list[Dangling]] = {}
    for dangling in part:
        groups.setdefault(dangling.passage, []).append(dangling)
    return groups


def _goes(group: Sequence[Dangling]) -> str:
    """Where all of a group go, if they go to one place."""
    places = {d.to or (NOT_COVERED if d.topic else "") for d in group}
    return places.pop() if len(places) == 1 else PROPOSED


def _proposed(update: Update) -> str:
    """Of each passage that is gone: how many phrasings go where, and each of the first."""
    found = []
    for gone, group in _by_passage(update.phrasings).items():
        counts = Counter(d.to or (NOT_COVERED if d.topic else "dropped") for d in group)
        told = ", ".join(f"{count} to {place}" for place, count in counts.most_common())
        lines = "".join(
            f"<li>{escaped(d.question)} <span class='quiet'>{escaped(d.to or d.topic or 'dropped')}</span></li>"
            for d in group[:_SHOWN]
        )
        summary = f'<summary><span class="id">{escaped(gone)}</span> {escaped(told)}</summary>'
        found.append(f"<details>{summary}<ul>{lines}</ul></details>")
    return f"<h3>Phrasings, each as proposed</h3>{''.join(found)}" if found else ""


def _passages(update: Update, fate: Fate) -> str:
    changes = [change for change in update.changes if change.fate == fate]
    rows = [[Markup(mark(fate, _KINDS.get(fate, ""))), *_marked(change)] for change in changes[:_SHOWN]]
    return table(_counted(f"Passages {fate}", changes), ["", "in use", "new"], rows) if rows else ""


def _counted(caption: str, every: Sequence[object]) -> str:
    return f"{caption}: {len(every)}" + (f", the first {_SHOWN}" if len(every) > _SHOWN else "")


def _marked(change: PassageChange) -> tuple[Markup, Markup]:
    """The words of both, those that only one of them has marked."""
    before, after = ([] if p is None else p.text.split() for p in (change.before, change.after))
    if not before or not after:
        return Markup(escaped(" ".join(before))), Markup(escaped(" ".join(after)))
    old, new = [], []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = escaped(" ".join(before[a:b])), escaped(" ".join(after[c:d]))
        old.append(gone if tag == "equal" or not gone else f"<del>{gone}</del>")
        new.append(come if tag == "equal" or not come else f"<ins>{come}</ins>")
    return Markup(" ".join(filter(None, old))), Markup(" ".join(filter(None, new)))


def _words(passage: Passage | None) -> str:
    return "" if passage is None else " ".join(passage.text.split())[:160]
