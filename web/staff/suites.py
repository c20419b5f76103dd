"""Run the suites in the draft, see what fails and what is not as in the live release."""

from __future__ import annotations

import gradio as gr

from staff.changes import Status
from staff.suite_compare import compare
from staff.suite_run import figures
from web.staff.desk import QUIET, Desk, readable, shown
from web.staff.tables import differences_markup, figures_markup, results_markup

__all__ = ["suites_tab"]

_DRAFT, _CORPUS = "with all pending changes", "as approved"


def suites_tab(desk: Desk) -> None:
    @readable
    def run(
        what: str,
        only_failing: bool,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> tuple[str, str, str]:
        desk.account(request)
        changes = desk.bench.changes.listed(Status.PENDING) if what == _DRAFT else ()
        results = desk.bench.trials.results(changes, shown(progress, "Asking"))
        live = desk.bench.releases.live()
        differences = differences_markup(compare(live.results, results)) if live else "<p>No release is live yet.</p>"
        listed = [r for r in results if not (only_failing and r.passed)]
        return figures_markup(figures(results)), differences, results_markup(listed)

    what = gr.Radio([_DRAFT, _CORPUS], value=_DRAFT, label="The corpus")
    failing = gr.Checkbox(value=True, label="Only questions that fail")
    button = gr.Button("Run the suites", variant="primary", elem_id="run-suites")
    outputs = [gr.HTML(elem_id="figures"), gr.HTML(elem_id="differences"), gr.HTML(elem_id="results")]
    button.click(run, [what, failing], outputs, **QUIET)
    gr.HTML('<p><a href="results.csv" download>Results of the draft as a table</a></p>')
