"""Known gaps that the text of a pending version may answer, topic by topic: taken away, kept, or attached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from staff.answerable import Answerable, GapKey, by_topic, decided, decisions
from staff.bench import asked_by
from staff.change_kinds import Kind
from staff.errors import StaffError
from staff.gap_decisions import Deed
from web.layout import escaped
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.tables import Markup, mark, said, table

__all__ = ["gap_panel", "gaps_markup"]

_EXAMPLES = 3
_DEEDS = {
    Deed.TAKE_AWAY: "Take away: the new text answers",
    Deed.KEEP: "Keep: it does not",
    Deed.ATTACH: "Attach as phrasings",
}


def gap_panel(context: PageContext, number: Any) -> Any:
    """The panel for the change that the control `number` chooses. Returns the button that shows it."""

    def groups(chosen: int | None) -> tuple[Mapping[GapKey, str], Mapping[tuple[str, str, str], Sequence[Answerable]]]:
        if chosen is None or context.bench.changes.get(int(chosen)).kind != Kind.MONOGRAPH:
            return {}, {}
        change, found = asked_by(context.bench, int(chosen))
        return decisions(change.content), by_topic(found)

    @readable
    def look(chosen: int | None, topic: str | None, request: gr.Request) -> Any:
        context.account(request)
        return shown(*groups(chosen), topic)

    def shown(done: Mapping[GapKey, str], found: Mapping[Any, Sequence[Answerable]], topic: str | None) -> Any:
        names = {_name(key): group for key, group in found.items()}
        open_ = [name for name, group in names.items() if any(one.key not in done for one in group)]
        value = topic if topic in open_ else next(iter([*open_, *names]), None)
        listed = [(_line(one, done), one.gap.question) for one in names.get(value or "", ())]
        undecided = [one.gap.question for one in names.get(value or "", ()) if one.key not in done]
        choices = [(f"{name}: {_open(group, done)} of {len(group)} open", name) for name, group in names.items()]
        told = gaps_markup(found, done)
        return told, gr.update(choices=choices, value=value), gr.update(choices=listed, value=undecided)

    @readable
    def change_topic(chosen: int | None, topic: str | None, request: gr.Request) -> Any:
        context.account(request)
        done, found = groups(chosen)
        listed = [one for key, group in found.items() if _name(key) == topic for one in group]
        undecided = [one.gap.question for one in listed if one.key not in done]
        return gr.update(choices=[(_line(one, done), one.gap.question) for one in listed], value=undecided)

    def deciding(deed: Deed) -> Any:
        @readable
        def decide(chosen: int | None, topic: str | None, asked: list[str], request: gr.Request) -> Any:
            account = context.account(request)
            if chosen is None or not asked:
                raise StaffError("Choose a new version that waits, a topic and questions first.")
            change, found = asked_by(context.bench, int(chosen))
            these = [
                one for key, group in by_topic(found).items() if _name(key) == topic
                for one in group if one.gap.question in set(asked)
            ]  # fmt: skip
            content = decided(change.content, these, deed)
            context.bench.changes.amend(account, change.id, content, context.bench.read())
            done = decisions(content)
            left = sum(one.key not in done for one in found)
            words = f"{len(these)} decided, {left} open." + ("" if left else f" Try change {change.id} again.")
            return said(words, bool(left)), *shown(done, by_topic(found), topic)

        return decide

    with gr.Accordion("Known gaps that a new version may answer", open=False, elem_id="gaps"):
        markup(
            '<p class="quiet">Each is to be decided before the version can be approved: a question that is marked as '
            "not covered may go on to silence what is new.</p>"
        )
        button = gr.Button("Show those of this change", elem_id="show-gaps")
        answer, told = markup(elem_id="gaps-said"), markup(elem_id="gaps-told")
        with gr.Row(equal_height=False):
            topic = gr.Dropdown([], label="Topic", elem_id="gap-topic", interactive=True)
            deeds = [
                (gr.Button(words, elem_id=f"gaps-{deed.value.replace(' ', '-')}", scale=0, min_width=150), deed)
                for deed, words in _DEEDS.items()
            ]
        questions = gr.CheckboxGroup([], label="Questions", elem_id="gap-questions", interactive=True)
    outputs = [told, topic, questions]
    button.click(look, [number, topic], outputs, **QUIET)
    topic.input(change_topic, [number, topic], questions, show_progress="hidden", **QUIET)
    for each, deed in deeds:
        each.click(deciding(deed), [number, topic, questions], [answer, *outputs], **QUIET)
    return button


def gaps_markup(found: Mapping[Any, Sequence[Answerable]], done: Mapping[GapKey, str] | None = None) -> str:
    """By topic: how many, how many are open, the nearest, and the new passage."""
    done = done or {}
    rows = []
    for key, group in found.items():
        left = _open(group, done)
        state = Markup(mark(f"{left} open", "bad") if left else mark("decided", "good"))
        nearest = "".join(f"<div>{escaped(one.gap.question)}</div>" for one in group[:_EXAMPLES])
        rows.append([state, _name(key), len(group), Markup(nearest), group[0].words[:160]])
    return table(
        "Marked as not covered, and may be answered now", ["", "topic", "", "nearest", "by the new passage"], rows
    )


def _name(key: tuple[str, str, str]) -> str:
    document, of, topic = key
    return topic if of == document else f"{topic} ({of})"


def _open(group: Sequence[Answerable], done: Mapping[GapKey, str]) -> int:
    return sum(one.key not in done for one in group)


def _line(one: Answerable, done: Mapping[GapKey, str]) -> str:
    return f"{one.gap.question}{f' – {done[one.key]}' if one.key in done else ''}"
