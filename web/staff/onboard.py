"""Onboarding on the staff page: what a monograph answers of what patients ask about any medicine, in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from retrieval.corpus import Corpus
from retrieval.intents import NOT_COVERED
from staff.errors import StaffError
from staff.onboarding import DONE, Row, Standing
from web.layout import escaped
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.tables import said, table

__all__ = ["coverage_markup", "decided_of", "onboard_tab", "progress_markup", "row_cells"]

_COLUMNS = ["intent", "what patients ask", "how far", "likely", "decided", "proposed", "its words", "or"]
_WIDTHS = ["11%", "18%", "8%", "6%", "16%", "14%", "17%", "10%"]
_EVERY = "every section"
_OPEN, _ALL = "what is open", "all"
_PASSAGES = "; "


def onboard_tab(context: PageContext, opened: Sequence[Any]) -> tuple[Any, Any]:
    """Returns the events of proposing: what is marked, and a suite of what is decided. `opened` are the events with
    which it comes into view: a medicine that was added meanwhile is then in its menu."""
    onboarding = context.bench.onboarding
    corpus = context.bench.read()
    documents, sections = list(corpus.documents), sorted({i.sections[0] for i in corpus.intents.values()})

    def look(document: str, section: str, what: str) -> tuple[str, Any]:
        corpus = context.bench.read()
        rows = onboarding.rows(document, corpus)
        shown = [row for row in rows if _is_shown(row, section, what)]
        return progress_markup(document, Counter(row.standing for row in rows)), [row_cells(r, corpus) for r in shown]

    @readable
    def show(document: str, section: str, what: str, request: gr.Request) -> tuple[str, Any]:
        context.account(request)
        return look(document, section, what)

    @readable
    def save(
        document: str, section: str, what: str, rows: list[list[str]], request: gr.Request
    ) -> tuple[str, str, Any]:  # fmt: skip
        count = onboarding.mark(context.account(request), document, decided_of(rows))
        return said(f"{count} decisions are kept."), *look(document, section, what)

    @readable
    def accept(
        document: str, section: str, what: str, answered: float, not_covered: float, request: gr.Request
    ) -> tuple[str, str, Any]:
        only = None if section == _EVERY else section
        count = onboarding.accept(context.account(request), document, only, answered, not_covered)
        return said(f"{count} proposals are accepted."), *look(document, section, what)

    @readable
    def propose(document: str, reason: str, request: gr.Request) -> str:
        change = onboarding.submit(context.account(request), document, reason)
        return said(f"Change {change.id} is pending, under Fix: a second person approves it.")

    @readable
    def propose_suite(document: str, reason: str, request: gr.Request) -> str:
        change = onboarding.propose_suite(context.account(request), document, reason)
        return said(f"Change {change.id} is pending, under Fix: the suite of '{document}'.")

    def menu(request: gr.Request) -> Any:
        context.account(request)
        return gr.update(choices=list(context.bench.read().documents))

    @readable
    def report(request: gr.Request) -> str:
        context.account(request)
        return coverage_markup(onboarding.coverage())

    with gr.Row(equal_height=False):
        document = gr.Dropdown(documents, value=documents[0], label="Monograph", elem_id="onboard-document")
        section = gr.Dropdown([_EVERY, *sections], value=_EVERY, label="Kind of section", elem_id="onboard-section")
        what = gr.Radio([_OPEN, _ALL], value=_OPEN, label="Show", elem_id="onboard-what")
        showing = gr.Button("Show", elem_id="onboard-show", scale=0, min_width=110)
    progress = markup(elem_id="onboard-progress")
    rows = gr.Dataframe(
        headers=_COLUMNS, datatype="str", type="array", interactive=True, wrap=True, elem_id="onboard-rows",
        static_columns=[0, 1, 2, 3, 5, 6, 7], column_widths=_WIDTHS, buttons=[], max_height=640,
        label=f"Write a passage's id under 'decided' (several with '; ' between), or '{NOT_COVERED}'",
    )  # fmt: skip
    with gr.Row(equal_height=False):
        saving = gr.Button("Keep what I decided", elem_id="onboard-save")
        answered = gr.Slider(0.5, 1, value=0.75, step=0.05, label="Accept what is as likely as", elem_id="onboard-from")
        not_covered = gr.Slider(
            0, 0.5, value=0.1, step=0.05, label="'Not covered' where less likely than", elem_id="onboard-below"
        )
        accepting = gr.Button("Accept these proposals", elem_id="onboard-accept")
    with gr.Row(equal_height=False):
        reason = gr.Textbox(label="Reason, for the second person", elem_id="onboard-reason")
        proposing = gr.Button("Propose what is marked", variant="primary", elem_id="onboard-propose")
        testing = gr.Button("Propose a suite of what is decided", elem_id="onboard-suite")
    answer = markup(elem_id="onboard-said")
    reporting = gr.Button("How far every monograph is", elem_id="onboard-report")
    coverage = markup(elem_id="onboard-coverage")
    chosen = [document, section, what]
    showing.click(show, chosen, [progress, rows], **QUIET)
    saving.click(save, [*chosen, rows], [answer, progress, rows], **QUIET)
    accepting.click(accept, [*chosen, answered, not_covered], [answer, progress, rows], **QUIET)
    reporting.click(report, None, coverage, **QUIET)
    gr.on(opened, menu, None, document, show_progress="hidden", **QUIET)
    given = [document, reason]
    return proposing.click(propose, given, answer, **QUIET), testing.click(propose_suite, given, answer, **QUIET)


def row_cells(row: Row, corpus: Corpus) -> list[str]:
    """A row of the table; the columns are _COLUMNS."""
    places = [name for name, _ in row.proposal.passages]
    decided = "" if row.decided is None else _PASSAGES.join(row.decided) or NOT_COVERED
    words = " ".join(corpus.passages[places[0]].text.split())[:160] if places else ""
    likely = f"{row.proposal.likely:.2f}"
    return [
        row.intent.id,
        row.intent.asks,
        row.standing,
        likely,
        decided,
        *places[:1],
        words,
        _PASSAGES.join(places[1:3]),
    ]


def decided_of(rows: Sequence[Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """What the table decides, by intent: of rows that were open, or marked and not proposed yet."""
    found: dict[str, Sequence[str]] = {}
    for intent, _, standing, _, decided, *_ in rows:
        if not intent or not str(decided or "").strip() or standing in (*DONE, Standing.WAITING):
            continue
        words = [word.strip() for word in str(decided).split(_PASSAGES.strip()) if word.strip()]
        found[intent] = () if words == [NOT_COVERED] else words
    if not found:
        raise StaffError("Nothing is decided in the table.")
    return found


def progress_markup(document: str, counts: Mapping[Standing, int]) -> str:
    """How far a monograph is, in a sentence and a bar."""
    total, done = sum(counts.values()), sum(counts.get(standing, 0) for standing in DONE)
    told = ", ".join(f"{counts[standing]} {standing}" for standing in Standing if counts.get(standing))
    bar = f'<progress max="{total}" value="{done}" aria-label="approved of all"></progress>'
    return f'<p class="onboarding">{bar} {escaped(document)}: {done} of {total} approved. {escaped(told)}.</p>'


def coverage_markup(coverage: Mapping[str, Mapping[Standing, int]]) -> str:
    """The library's coverage: how far each monograph is."""
    rows = [[name, *(counts.get(standing, 0) for standing in Standing)] for name, counts in coverage.items()]
    return table("What the monographs answer of what patients ask of any medicine", ["monograph", *Standing], rows)


def _is_shown(row: Row, section: str, what: str) -> bool:
    of_section = section in (_EVERY, row.intent.sections[0])
    return of_section and (what == _ALL or row.standing not in (*DONE, Standing.WAITING))
