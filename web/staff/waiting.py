"""The changes that wait: their diffs, what a trial finds, and the decision of a second person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from retrieval.encoder import Progress
from retrieval.errors import VerbatimError
from staff.change_kinds import unexplained
from staff.changes import Change, Status
from staff.diffs import Diffs
from staff.errors import StaffError
from staff.suite_compare import Difference
from staff.trials import Trial
from web.layout import escaped
from web.staff.effects import differences_markup, intents_line, patients_line
from web.staff.gaps import gap_panel
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, followed
from web.staff.tables import differing, mark, said

__all__ = ["waiting_list"]

_LINES = 60
"""Of a diff are shown."""

_TRIAL = "trial"

_WAITING = (Status.PENDING, Status.APPROVED)


Shown = tuple[str, str, Any]
"""What is said, the list, and the choice among the changes: given back together, so they are never of two times."""


def waiting_list(context: PageContext, blocks: gr.Blocks, tabs: Any) -> Callable[[Any], None]:
    """Returns what an event that proposes is given to: the change is then shown here, and tried at once."""
    changes, diffs = context.bench.changes, Diffs(context.bench.now, context.bench.corpus)

    @readable
    def attempt(number: int | None, request: gr.Request) -> Iterator[Shown]:
        context.account(request)
        chosen = _chosen(number)
        job = context.bench.jobs.start(
            _TRIAL, str(chosen), f"Trying change {chosen}", lambda progress: trial_of(chosen, progress)
        )
        yield from followed(job, lambda found: tried(chosen, *found), lambda bar: (bar, gr.skip(), gr.skip()))

    def trial_of(number: int, progress: Progress) -> tuple[Trial, Sequence[Difference], Mapping[str, str]]:
        trials = context.bench.trials
        return *trials.run(number, progress), trials.words(number)

    @readable
    def resume(request: gr.Request) -> Iterator[Shown]:
        """A trial that runs, or was the last to end, when the page is opened."""
        context.account(request)
        job = context.bench.jobs.latest(_TRIAL)
        if job is None or (job.ended and job.error is not None):
            return
        chosen = int(job.about)
        if changes.get(chosen).status == Status.PENDING:
            yield from followed(job, lambda found: tried(chosen, *found), lambda bar: (bar, gr.skip(), gr.skip()))

    def tried(number: int, trial: Trial, differences: Sequence[Difference], known: Mapping[str, str]) -> Shown:
        mended, broken = len(trial.newly_passing), len(trial.newly_failing)
        words = f"Change {number} mends {mended} and breaks {broken} of {trial.questions} questions."
        if trial.worse:
            words += f" {len(trial.worse)} show less than they should, or more."
        head = said(words, bool(broken or trial.worse))
        if line := intents_line(trial.intents):
            head += said(line, bool(trial.intents["worse"]))
        head += said(patients_line(trial.patients), bool(trial.patients["worse"]))
        return head + differences_markup(differences, known), *listed(number)

    def deciding(words: str, act: Callable[[Any, int, str], None]) -> Callable[..., Shown]:
        @readable
        def decide(number: int | None, reason: str, request: gr.Request) -> Shown:
            act(context.account(request), _chosen(number), reason)
            return said(f"Change {number} is {words}."), *listed(number)

        return decide

    def approve(account: Any, number: int, reason: str) -> None:
        changes.approve(account, number, reason)
        changes.write_approved(context.bench.corpus)

    def reject(account: Any, number: int, reason: str) -> None:
        changes.reject(account, number, reason)

    def withdraw(account: Any, number: int, _: str) -> None:
        changes.withdraw(account, number)

    @readable
    def look(before: int | None, request: gr.Request) -> tuple[str, Any]:
        context.account(request)
        return listed(before)

    @readable
    def newest(request: gr.Request) -> tuple[Any, str, Any]:
        context.account(request)
        return gr.Tabs(selected="fix"), *listed(None)

    def listed(before: int | None) -> tuple[str, Any]:
        waiting = changes.listed(*_WAITING)
        found = "".join(_change(change, diffs) for change in waiting)
        numbers = [change.id for change in waiting]
        value = before if before in numbers else (numbers[-1] if numbers else None)
        choices = gr.update(choices=[(f"Change {n}", n) for n in numbers], value=value)
        return f"<h2>Changes that wait</h2>{found or '<p class=quiet>None.</p>'}", choices

    with gr.Row(equal_height=False):
        number = gr.Dropdown([], label="Change", elem_id="change-number", interactive=True, scale=1, min_width=160)
        buttons = [
            (gr.Button(label, elem_id=label.lower().replace(" ", "-"), scale=0, min_width=110), event)
            for label, event in (
                ("Try again", attempt),
                ("Approve", deciding("approved and written to the corpus", approve)),
                ("Reject", deciding("rejected", reject)),
                ("Withdraw", deciding("withdrawn", withdraw)),
                ("Look again", None),
            )
        ]
    reason = gr.Textbox(
        label="Reason to reject, or to approve if numbers differ from the original",
        elem_id="approve-reason",
        max_lines=2,
    )
    answer = markup(elem_id="fix-said")
    gap_panel(context, number)
    waiting = markup(elem_id="changes")
    outputs = [answer, waiting, number]
    trial = Follower(outputs)
    for button, event in buttons:
        if event is attempt:
            trial.on(button.click, attempt, number, show_progress_on=answer)
        elif event:
            button.click(event, [number, reason], outputs, show_progress_on=answer, **QUIET)
    gr.on([buttons[-1][0].click, blocks.load], look, number, [waiting, number], show_progress="hidden", **QUIET)
    trial.on(blocks.load, resume, None, show_progress="hidden")

    def follow(proposing: Any) -> None:
        looked = proposing.success(newest, None, [tabs, waiting, number], show_progress="hidden", **QUIET)
        trial.on(looked.success, attempt, number, show_progress_on=answer)

    return follow


def _chosen(number: int | None) -> int:
    if number is None:
        raise StaffError("Choose a change first.")
    return int(number)


def _change(change: Change, diffs: Diffs) -> str:
    try:
        diff = diffs.of(change)
    except VerbatimError as error:
        diff = str(error)
    trial = mark("not tried")
    if change.trial is not None:
        mended, broken = (len(change.trial[key]) for key in ("newly_passing", "newly_failing"))
        trial = mark(f"mends {mended}, breaks {broken}", "bad" if broken else "good")
        worse = len(change.trial.get("worse", ())) + sum(
            change.trial.get(asked, {}).get("worse", 0) for asked in ("intents", "patients")
        )
        trial += mark(f"{worse} worse", "bad") if worse else ""
        if undecided := change.trial.get("undecided", ()):
            trial += mark(f"{len(undecided)} known gaps undecided", "bad")
    return (
        f'<section class="change"><h3>Change {change.id}: {escaped(change.kind)} {mark(change.status)} {trial}</h3>'
        f'<p>{escaped(change.reason)} <span class="quiet">– {escaped(change.author)}</span></p>'
        f"{_same(change)}{differing(unexplained(change.content))}{_decided(change)}{_diff(diff)}</section>"
    )


def _same(change: Change) -> str:
    """Why a text that seems to be of another medicine is of this one, for the second person."""
    why = str(change.content.get("same_medicine", ""))
    return said(f"It seems to be of another medicine. Why it is the same: {why}", bad=True) if why else ""


def _decided(change: Change) -> str:
    """What a new version does with known gaps, counted: the lines are in the diff."""
    done = Counter(one["do"] for one in change.content.get("gaps", ()))
    return f"<p>Known gaps: {', '.join(f'{deed} {count}' for deed, count in done.items())}.</p>" if done else ""


def _diff(text: str) -> str:
    """Escaped, with what goes and what comes marked; of a long one the beginning."""
    tags = {"+": "ins", "-": "del"}
    lines = []
    every = text.splitlines()
    if len(every) > _LINES:
        every = [*every[:_LINES], f"… and {len(every) - _LINES} lines more (python -m staff changes)"]
    for line in every:
        tag = None if line.startswith(("+++", "---")) else tags.get(line[:1])
        lines.append(f"<{tag}>{escaped(line)}</{tag}>" if tag else escaped(line))
    return f'<pre class="diff">{"<br>".join(lines)}</pre>'
