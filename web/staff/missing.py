"""What patients could not find: counts for all, clusters of what some chose to share, one click from a fix."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from staff.kinds import Kind
from staff.masking import unmasked
from staff.unanswered import KEPT_DAYS, Cluster, Unanswered
from web.layout import escaped
from web.staff.desk import QUIET, Desk, markup, readable
from web.staff.fix import FixForm
from web.staff.tables import counts_markup

__all__ = ["missing_tab"]

_SHOWN = 20
"""Clusters, the largest first."""


def missing_tab(desk: Desk, form: FixForm) -> None:
    unanswered = Unanswered(desk.bench.state)

    @readable
    def look(days: float, request: gr.Request) -> tuple[str, list[Cluster]]:
        desk.account(request)
        clusters = unanswered.clusters(desk.bench.drafts.encoder)
        return counts_markup(unanswered.counts(int(days))), list(clusters)

    def fix(kind: Kind, cluster: Cluster) -> tuple[Any, ...]:
        """The question in the middle of the cluster, on the nearest passage that was shown."""
        first = cluster.questions[0]
        return form.fill(kind, unmasked(first.masked), next(iter(first.passages), None), first.topic)

    @readable
    def forget(cluster: Cluster, clusters: list[Cluster], request: gr.Request) -> list[Cluster]:
        desk.account(request)
        unanswered.forget([question.id for question in cluster.questions])
        return [other for other in clusters if other is not cluster]

    markup(
        '<p class="quiet">Counts hold no words. Words are those of patients who chose to share a question: without '
        f"names, dates and numbers, deleted after {KEPT_DAYS} days.</p>"
    )
    with gr.Row(equal_height=False):
        days = gr.Number(30, label="Days", precision=0, minimum=1, scale=0, min_width=120, elem_id="missing-days")
        button = gr.Button("Show", elem_id="show-missing", scale=0, min_width=110)
    counts = markup(elem_id="counts")
    found = gr.State([])
    button.click(look, days, [counts, found], **QUIET)

    @gr.render(inputs=found)  # type: ignore[untyped-decorator]
    def clusters_of(clusters: list[Cluster]) -> None:
        if clusters:
            markup("<h2>Shared questions that ask much the same</h2>")
        for number, cluster in enumerate(clusters[:_SHOWN]):
            with gr.Row(equal_height=False, elem_classes="cluster"):
                markup(_cluster(cluster))
                attach = gr.Button("Attach phrasing", scale=0, min_width=140, elem_id=f"attach-{number}")
                uncovered = gr.Button("Not covered", scale=0, min_width=120, elem_id=f"uncovered-{number}")
                done = gr.Button("Done, delete", scale=0, min_width=120, elem_id=f"forget-{number}")
            filled: dict[str, Any] = {"show_progress": "hidden", **QUIET}
            attach.click(partial(fix, Kind.PHRASING, cluster), None, list(form.filled), **filled)
            uncovered.click(partial(fix, Kind.GAP, cluster), None, list(form.filled), **filled)
            done.click(_bound(forget, cluster), found, found, **filled)


def _bound(forget: Any, cluster: Cluster) -> Any:
    """Gradio finds the request by its annotation, which a partial hides."""

    def act(clusters: list[Cluster], request: gr.Request) -> Any:
        return forget(cluster, clusters, request)

    return act


def _cluster(cluster: Cluster) -> str:
    first, *others = cluster.questions
    more = "".join(f"<li>{escaped(question.masked)}</li>" for question in others[:4])
    count = "1 question" if cluster.size == 1 else f"{cluster.size} questions"
    return f'<p>{escaped(first.masked)} <span class="quiet">{count}</span></p>{f"<ul>{more}</ul>" if more else ""}'
