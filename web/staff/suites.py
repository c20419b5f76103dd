"""Run the suites in the draft, see what fails and what is not as in the live release; tables in and out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from staff.change_kinds import Kind
from staff.changes import Status
from staff.errors import StaffError, TableError
from staff.suite_compare import Effect, compare
from staff.suite_coverage import suite_coverage
from staff.suite_run import Result, figures, passage_words, passed_by_kind
from staff.suite_tables import import_suite, suite_lines
from staff.suites import read_suites
from staff.table_files import FORMATS
from web.layout import escaped
from web.staff.downloads import RESULTS, SUITES
from web.staff.effects import differences_markup
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, awaited
from web.staff.tables import coverage_markup, figures_plot, problems_markup, results_markup, said

__all__ = ["SuitesTab", "expected_of", "suites_tab"]

_DRAFT, _CORPUS = "with all pending changes", "as approved"
_FAILING, _MUST, _NEW, _ALL = "failing", "must pass", "newly failing", "all"


@dataclass(frozen=True, slots=True)
class SuitesTab:
    """The controls that name a failing question, for the form that fixes it, and the event that proposes a suite."""

    chosen: Any
    button: Any
    proposing: Any


def suites_tab(context: PageContext, opened: Sequence[Any]) -> SuitesTab:
    """`opened` are the events with which it comes into view."""

    @readable
    def run(
        what: str,
        which: str,
        words: str,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        context.account(request)
        changes = context.bench.changes.listed(Status.PENDING) if what == _DRAFT else ()
        about = " ".join(change.sha256 for change in changes)
        job = context.bench.jobs.start(
            "suites", about, "Asking the suites", lambda p: context.bench.trials.results(changes, p)
        )
        results = yield from awaited(job, lambda bar: (bar, *[gr.skip()] * 3))
        live = context.bench.releases.live()
        before = live.results if live else ()
        differences = compare(before, results)
        newly = {d.result.name for d in differences if d.change == Effect.NEWLY_FAILING}
        listed = [r for r in results if _matches(r, which, words, newly)]
        choices = [(f"{'/'.join(r.name)}: {r.text}", json.dumps(expected_of(r))) for r in results if not r.passed]
        draft = context.bench.drafts.open(changes)
        known = {**passage_words(context.live.current().corpus), **passage_words(draft.assistant.corpus)}
        different = differences_markup(differences, known) if live else '<p class="quiet">No release is live yet.</p>'
        kinds = figures_plot(passed_by_kind(results), passed_by_kind(before), "Passed, by kind of question", was="")
        yield (
            figures_plot(figures(results), figures(before)) + kinds,
            different,
            results_markup(listed, passage_words(draft.assistant.corpus))
            + coverage_markup(suite_coverage(draft.assistant.corpus, read_suites(draft.folder / "suites"))),
            gr.update(choices=choices, value=choices[0][1] if choices else None),
        )

    @readable
    def check(file: str | None, request: gr.Request) -> str:
        """As soon as it is dropped in: everything that is wrong, or what it holds."""
        context.account(request)
        if not file:
            return ""
        try:
            imported = import_suite(Path(file), passage_words(context.bench.read()))
        except TableError as error:
            return problems_markup(error)
        told = [f"{len(imported.conversations)} conversations.", *imported.remarks]
        return said(" ".join(told))

    @readable
    def take(file: str | None, name: str, reason: str, request: gr.Request) -> str:
        account = context.account(request)
        if not file:
            raise StaffError("Choose a table first.")
        corpus = context.bench.read()
        imported = import_suite(Path(file), passage_words(corpus))
        content = {"name": name.strip(), "text": suite_lines(imported.conversations)}
        change = context.bench.changes.propose(account, Kind.SUITE, content, reason, corpus)
        told = [f"Change {change.id} is pending: {name.strip()}, {len(imported.conversations)} conversations."]
        return said(" ".join([*told, *imported.remarks]))

    with gr.Row():
        what = gr.Radio([_DRAFT, _CORPUS], value=_DRAFT, label="The corpus", scale=4)
        which = gr.Radio([_FAILING, _NEW, _MUST, _ALL], value=_FAILING, label="Questions", elem_id="which", scale=5)
        words = gr.Textbox(label="With these words, suite or kind", elem_id="words", scale=3)
    button = gr.Button("Run the suites", variant="primary", elem_id="run-suites")
    drawn, different = markup(elem_id="figures"), markup(elem_id="differences")
    with gr.Row(equal_height=False):
        chosen = gr.Dropdown([], label="A question that fails", elem_id="miss", scale=3, interactive=True)
        fix = gr.Button("Fix this question", elem_id="fix-miss", scale=0)
    listed = markup(elem_id="results")
    links = markup(elem_id="tables")
    with gr.Accordion("Take in a suite from a table", open=False, elem_id="import"):
        markup(
            '<p class="quiet">Columns: id, question, expected passage, expected decision, kind, must pass. It becomes '
            "a change that a second person approves. Columns of other names are left out; ids are checked.</p>"
        )
        file = gr.File(label="CSV, TSV or XLSX", file_types=list(FORMATS), type="filepath", elem_id="import-file")
        name = gr.Textbox(label="Name of the suite", elem_id="import-name")
        reason = gr.Textbox(label="Reason", elem_id="import-reason")
        taking = gr.Button("Propose this suite", elem_id="import-suite")
        # Two places: what is told of a file must not come over what is told of its proposal.
        checked, taken = markup(elem_id="import-said"), markup(elem_id="import-proposed")
    asked = partial(gr.on, [button.click, which.change, words.submit])
    Follower([drawn, different, listed, chosen]).on(asked, run, [what, which, words])

    def offered(request: gr.Request) -> str:
        context.account(request)
        return _links(context)

    gr.on(opened, offered, None, links, show_progress="hidden", **QUIET)
    file.change(check, file, checked, show_progress="hidden", **QUIET)
    return SuitesTab(chosen, fix, taking.click(take, [file, name, reason], taken, **QUIET))


def _matches(result: Result, which: str, words: str, newly: set[tuple[str, str]]) -> bool:
    rules = {_FAILING: not result.passed, _MUST: result.must_pass, _NEW: result.name in newly, _ALL: True}
    haystack = f"{result.suite} {result.kind} {result.text}".casefold()
    return rules[which] and words.strip().casefold() in haystack


def expected_of(result: Result) -> list[str]:
    """The question, the passage that should answer it (of one that nothing answers an empty id), and what was asked
    before it: a follow-up is mended as it is read, with its context."""
    text = f"{result.before}. {result.text}" if result.before else result.text
    return [text, str(result.expected[0]) if result.expected else "", result.before]


def _links(context: PageContext) -> str:
    names: Sequence[tuple[str, str, str]] = [
        (RESULTS, RESULTS, "Results of the draft"),
        *((SUITES, s.name, f"Suite {s.name}") for s in read_suites(context.bench.corpus / "suites")),
    ]
    rows = "".join(
        f"<li>{escaped(label)}: "
        + ", ".join(f'<a href="tables/{of}/{escaped(name)}{end}" download>{end[1:].upper()}</a>' for end in FORMATS)
        + "</li>"
        for of, name, label in names
    )
    return f"<h2>Take with you</h2><ul>{rows}</ul>"
