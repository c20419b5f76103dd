"""Many lines at once: a table taken in, or wordings suggested, ticked one by one or all, proposed as one change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from staff.change_kinds import Kind
from staff.errors import StaffError, TableError
from staff.many import PHRASING, Line, as_content, preview, read_lines
from staff.rejected import Rejected
from staff.suite_run import passage_words
from staff.table_files import FORMATS
from staff.unanswered import Unanswered
from web.staff.fix import passage_choices
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, awaited
from web.staff.suggesting import suggesting_job
from web.staff.tables import problems_markup, said

__all__ = ["many_form", "ticked"]

_COLUMNS = ["take", "what", "goes to", "topic", "question", "words of the passage", "remark"]
_WIDTHS = ["6%", "8%", "16%", "9%", "26%", "22%", "13%"]


def many_form(context: PageContext, opened: Sequence[Any]) -> Any:
    """`opened` are the events with which it comes into view. Returns the event that proposes."""
    unanswered, rejected = Unanswered(context.bench.state), Rejected(context.bench.state)

    @readable
    def take(file: str | None, request: gr.Request) -> tuple[str, Any]:
        context.account(request)
        if not file:
            return "", _rows([])
        corpus = context.bench.read()
        try:
            found = read_lines(Path(file), corpus)
        except TableError as error:
            return problems_markup(error), _rows([])
        bad = sum(bool(line.problem) for line in found.lines)
        told = [f"{len(found.lines) - bad} lines can be taken, {bad} cannot.", *found.remarks]
        return said(" ".join(told), bad=bool(bad)), _rows(_shown(found.lines, passage_words(corpus), ticked=True))

    @readable
    def suggest(passage: str | None, request: gr.Request) -> Iterator[tuple[str, Any]]:
        context.account(request)
        if not passage:
            raise StaffError("Choose a passage first.")
        corpus = context.bench.read()
        document = passage.partition(":")[0]
        job = suggesting_job(context.bench, corpus, document, [passage], unanswered, rejected)
        found = yield from awaited(job, lambda bar: (bar, gr.skip()))
        lines = [
            Line(PHRASING, passage, "", one.wording.text, f"{one.wording.source}, {one.score:.2f}") for one in found
        ]
        told = said(f"{len(lines)} wordings. Tick those that this passage answers.")
        yield told, _rows(_shown(preview(lines, corpus), passage_words(corpus), ticked=False))

    @readable
    def propose(rows: list[list[Any]], reason: str, request: gr.Request) -> str:
        account = context.account(request)
        content = as_content(ticked(rows))
        change = context.bench.changes.propose(account, Kind.MANY, content, reason, context.bench.read())
        phrasings, gaps = len(content["phrasings"]), len(content["uncovered"])
        return said(f"Change {change.id} is pending: {phrasings} phrasings, {gaps} gaps.")

    @readable
    def reject(rows: list[list[Any]], request: gr.Request) -> tuple[str, Any]:
        """What is not ticked is not suggested again for its passage; what is ticked stays."""
        account = context.account(request)
        left = [row for row in rows if _is_ticked(row)]
        refused: dict[str, list[str]] = {}
        for row in rows:
            if not _is_ticked(row) and row[1] == PHRASING and row[2]:
                refused.setdefault(str(row[2]), []).append(str(row[4]))
        count = sum(rejected.add(account, passage, questions) for passage, questions in refused.items())
        return said(f"{count} wordings are rejected: they are not suggested for that passage again."), _rows(left)

    def choices(request: gr.Request) -> Any:
        context.account(request)
        return gr.update(choices=passage_choices(context.bench.read()))

    def all_or_none(value: bool) -> Any:
        def tick(rows: list[list[Any]]) -> Any:
            return gr.update(value=[[value and not _is_refused(row), *row[1:]] for row in rows])

        return tick

    with gr.Accordion("Many at once", open=False, elem_id="many"):
        markup(
            '<p class="quiet">A table with the columns question, and passage or topic and medicine; or wordings that '
            "patients have shared or other medicines have. What you tick becomes one change, tried once.</p>"
        )
        with gr.Row(equal_height=False):
            file = gr.File(label="CSV, TSV or XLSX", file_types=list(FORMATS), type="filepath", elem_id="many-file",
                           height=120)  # fmt: skip
            with gr.Column():
                passage = gr.Dropdown([], label="Other wordings for the passage", elem_id="many-passage", value=None)
                suggesting = gr.Button("Suggest wordings", elem_id="suggest")
        told = markup(elem_id="many-told")
        rows = gr.Dataframe(
            headers=_COLUMNS, datatype=["bool", *["str"] * 6], type="array", interactive=True, wrap=True,
            visible=False, elem_id="many-lines", static_columns=[1, 2, 3, 5, 6], column_widths=_WIDTHS, buttons=[],
            label="Tick what is to be taken; a question may be worded anew",
        )  # fmt: skip
        with gr.Row(equal_height=False):
            every = gr.Button("Tick all", elem_id="tick-all", scale=0, min_width=110)
            none = gr.Button("Tick none", elem_id="tick-none", scale=0, min_width=110)
            rejecting = gr.Button("Reject what is not ticked", elem_id="reject-wordings", scale=0, min_width=200)
            reason = gr.Textbox(label="Reason", elem_id="many-reason", scale=3)
            proposing = gr.Button("Propose what is ticked", variant="primary", elem_id="propose-many", scale=1)
        answer = markup(elem_id="many-said")
    file.change(take, file, [told, rows], **QUIET)
    Follower([told, rows]).on(suggesting.click, suggest, passage)
    rejecting.click(reject, rows, [told, rows], **QUIET)
    for button, value in ((every, True), (none, False)):
        button.click(all_or_none(value), rows, rows, show_progress="hidden", **QUIET)
    gr.on(opened, choices, None, passage, show_progress="hidden", **QUIET)
    return proposing.click(propose, [rows, reason], answer, **QUIET)


def ticked(rows: Sequence[Sequence[Any]]) -> list[Line]:
    """The lines of the ticked rows. Raises StaffError if none is."""
    lines = [
        Line(str(row[1]), str(row[2] or ""), str(row[3] or ""), str(row[4] or "").strip())
        for row in rows
        if _is_ticked(row)
    ]
    if not lines:
        raise StaffError("Tick a line first.")
    return lines


def _shown(lines: Iterable[Line], words: dict[str, str], ticked: bool) -> list[list[Any]]:
    return [
        [ticked and not line.problem, line.what, line.place, line.topic, line.question,
         words.get(line.place, "")[:160], f"NOT TAKEN: {line.problem} ({line.remark})" if line.problem else line.remark]
        for line in lines
    ]  # fmt: skip


def _is_ticked(row: Sequence[Any]) -> bool:
    return row[0] is True or str(row[0]).lower() == "true"


def _is_refused(row: Sequence[Any]) -> bool:
    return str(row[6]).startswith("NOT TAKEN")


def _rows(rows: list[list[Any]]) -> Any:
    return gr.update(value=rows, visible=bool(rows))
