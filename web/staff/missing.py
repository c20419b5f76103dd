"""What patients could not find: counts for all, clusters of what some chose to share."""

from __future__ import annotations

import gradio as gr

from staff.unanswered import Unanswered
from web.staff.desk import QUIET, Desk, readable
from web.staff.tables import clusters_markup, counts_markup

__all__ = ["missing_tab"]


def missing_tab(desk: Desk) -> None:
    unanswered = Unanswered(desk.bench.state)

    @readable
    def look(days: float, request: gr.Request) -> tuple[str, str]:
        desk.account(request)
        clusters = unanswered.clusters(desk.bench.drafts.encoder)
        return counts_markup(unanswered.counts(int(days))), clusters_markup(clusters)

    days = gr.Number(30, label="Days", precision=0)
    button = gr.Button("Show", elem_id="show-missing")
    button.click(look, days, [gr.HTML(elem_id="counts"), gr.HTML(elem_id="clusters")], **QUIET)
