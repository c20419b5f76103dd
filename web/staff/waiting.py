"""The changes that wait: their diffs, what a trial finds, and the decision of a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from retrieval.errors import VerbatimError
from staff.changes import Change, Status
from staff.diffs import change_diff
from staff.errors import StaffError
from web.layout import escaped
from web.staff.desk import QUIET, Desk, markup, readable, shown
from web.staff.tables import differences_markup, mark, said

__all__ = ["waiting_list"]

_WAITING = (Status.PENDING, Status.APPROVED)


def waiting_list(desk: Desk, blocks: gr.Blocks, proposed: Any) -> None:
    """`proposed` is the event after which the list is shown anew."""
    changes = desk.bench.changes

    @readable
    def attempt(
        number: int | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> tuple[str, str]:
        desk.account(request)
        trial, differences = desk.bench.trials.run(_chosen(number), shown(progress, "Asking"))
        mended, broken = len(trial.newly_passing), len(trial.newly_failing)
        head = said(f"Change {number} mends {mended} and breaks {broken} of {trial.questions} questions.", bool(broken))
        return head + differences_markup(differences), listing()

    def deciding(words: str, act: Callable[[Any, int], None]) -> Callable[..., tuple[str, str]]:
        @readable
        def decide(number: int | None, request: gr.Request) -> tuple[str, str]:
            act(desk.account(request), _chosen(number))
            return said(f"Change {number} is {words}."), listing()

        return decide

    def approve(account: Any, number: int) -> None:
        changes.approve(account, number)
        changes.write_approved(desk.bench.corpus)

    @readable
    def look(before: int | None, request: gr.Request) -> tuple[str, Any]:
        desk.account(request)
        numbers = [change.id for change in changes.listed(*_WAITING)]
        value = before if before in numbers else (numbers[-1] if numbers else None)
        return listing(), gr.update(choices=[(f"Change {n}", n) for n in numbers], value=value)

    @readable
    def newest(request: gr.Request) -> tuple[str, Any]:
        return look(None, request)

    def listing() -> str:
        found = "".join(_change(change, desk) for change in changes.listed(*_WAITING))
        return f"<h2>Changes that wait</h2>{found or '<p class=quiet>None.</p>'}"

    with gr.Row(equal_height=False):
        number = gr.Dropdown([], label="Change", elem_id="change-number", interactive=True, scale=1, min_width=160)
        buttons = [
            (gr.Button(label, elem_id=label.lower().replace(" ", "-"), scale=0, min_width=110), event)
            for label, event in (
                ("Try", attempt),
                ("Approve", deciding("approved and written to the corpus", approve)),
                ("Reject", deciding("rejected", changes.reject)),
                ("Withdraw", deciding("withdrawn", changes.withdraw)),
                ("Look again", None),
            )
        ]
    answer, waiting = markup(elem_id="fix-said"), markup(elem_id="changes")
    for button, event in buttons:
        if event:
            button.click(event, number, [answer, waiting], **QUIET).success(
                look, number, [waiting, number], show_progress="hidden", **QUIET
            )
    gr.on([buttons[-1][0].click, blocks.load], look, number, [waiting, number], show_progress="hidden", **QUIET)
    proposed.success(newest, None, [waiting, number], show_progress="hidden", **QUIET)


def _chosen(number: int | None) -> int:
    if number is None:
        raise StaffError("Choose a change first.")
    return int(number)


def _change(change: Change, desk: Desk) -> str:
    try:
        diff = change_diff(change, desk.bench.corpus)
    except VerbatimError as error:
        diff = str(error)
    trial = mark("not tried")
    if change.trial is not None:
        mended, broken = (len(change.trial[key]) for key in ("newly_passing", "newly_failing"))
        trial = mark(f"mends {mended}, breaks {broken}", "bad" if broken else "good")
    return (
        f'<section class="change"><h3>Change {change.id}: {escaped(change.kind)} {mark(change.status)} {trial}</h3>'
        f'<p>{escaped(change.reason)} <span class="quiet">– {escaped(change.author)}</span></p>{_diff(diff)}</section>'
    )


def _diff(text: str) -> str:
    """Escaped, with what goes and what comes marked."""
    tags = {"+": "ins", "-": "del"}
    lines = []
    for line in text.splitlines():
        tag = None if line.startswith(("+++", "---")) else tags.get(line[:1])
        lines.append(f"<{tag}>{escaped(line)}</{tag}>" if tag else escaped(line))
    return f'<pre class="diff">{"<br>".join(lines)}</pre>'
