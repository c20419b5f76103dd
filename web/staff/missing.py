"""What patients could not find: counts for all, clusters of what some chose to share, one click from a fix."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any

import gradio as gr

from staff.change_kinds import Kind
from staff.masking import unmasked
from staff.table_files import FORMATS
from staff.unanswered import KEPT_DAYS, Cluster, Unanswered
from staff.usage import Usage
from web.layout import escaped
from web.staff.downloads import NOT_FOUND, RATES, WEEKS
from web.staff.fix import FixForm
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.tables import counts_markup, rates_markup

__all__ = ["missing_tab"]

_ALL = "all medicines"
_SHOWN = 20
"""Clusters, the largest first."""


def missing_tab(context: PageContext, form: FixForm, opened: Sequence[Any]) -> None:
    """`opened` are the events with which it comes into view."""
    unanswered, usage = Unanswered(context.bench.state), Usage(context.bench.state)

    @readable
    def look(days: float, medicine: str | None, request: gr.Request) -> tuple[str, list[Cluster], str]:
        context.account(request)
        clusters = unanswered.clusters(context.bench.drafts.encoder)
        chosen = None if medicine in (None, _ALL) else medicine
        weeks = usage.weeks(-(-int(days) // 7), chosen)
        counts = [c for c in unanswered.counts(int(days)) if chosen is None or c.document == chosen]
        shown = (
            rates_markup(f"The last {int(days)} days, by medicine", usage.rates(int(days)), "medicine")
            + rates_markup(f"By week, {medicine or _ALL}", weeks, "week from")
            + counts_markup(counts)
            + _links(int(days))
        )
        return shown, list(clusters), told(clusters)

    def fix(kind: Kind, cluster: Cluster) -> tuple[Any, ...]:
        """The question in the middle of the cluster, on the nearest passage that was shown."""
        first = cluster.questions[0]
        return form.fill(kind, unmasked(first.masked), next(iter(first.passages), None), first.topic)

    @readable
    def forget(cluster: Cluster, clusters: list[Cluster], request: gr.Request) -> tuple[list[Cluster], str]:
        context.account(request)
        unanswered.forget([question.id for question in cluster.questions])
        left = [other for other in clusters if other is not cluster]
        return left, told(left)

    def told(clusters: Sequence[Cluster]) -> str:
        head = "<h2>Shared questions that ask much the same</h2>" if clusters else ""
        return f'<div data-time="{next(times)}">{head}</div>'

    markup(
        '<p class="quiet">Counts hold no words. Words are those of patients who chose to share a question: without '
        f"names, dates and numbers, deleted after {KEPT_DAYS} days.</p>"
    )
    with gr.Row(equal_height=False):
        days = gr.Number(30, label="Days", precision=0, minimum=1, scale=0, min_width=120, elem_id="missing-days")
        medicine = gr.Dropdown([_ALL], value=_ALL, label="By week of", elem_id="missing-medicine", min_width=200)
        button = gr.Button("Show", elem_id="show-missing", scale=0, min_width=110)
    counts = markup(elem_id="counts")
    # Each time its words are other ones, so that the page draws the clusters anew.
    found, groups, times = gr.State([]), markup(), count(1)
    button.click(look, [days, medicine], [counts, found, groups], **QUIET)

    def medicines(request: gr.Request) -> Any:
        context.account(request)
        return gr.update(choices=[_ALL, *context.bench.read().documents])

    gr.on(opened, medicines, None, medicine, show_progress="hidden", **QUIET)

    @gr.render(inputs=found, triggers=[groups.change], queue=False)  # type: ignore[untyped-decorator]
    def clusters_of(clusters: list[Cluster]) -> None:
        for number, cluster in enumerate(clusters[:_SHOWN]):
            with gr.Row(equal_height=False, elem_classes="cluster"):
                markup(_cluster(cluster))
                attach = gr.Button("Attach phrasing", scale=0, min_width=140, elem_id=f"attach-{number}")
                uncovered = gr.Button("Not covered", scale=0, min_width=120, elem_id=f"uncovered-{number}")
                done = gr.Button("Done, delete", scale=0, min_width=120, elem_id=f"forget-{number}")
            filled: dict[str, Any] = {"show_progress": "hidden", **QUIET}
            attach.click(partial(fix, Kind.PHRASING, cluster), None, list(form.filled), **filled)
            uncovered.click(partial(fix, Kind.GAP, cluster), None, list(form.filled), **filled)
            done.click(_bound(forget, cluster), found, [found, groups], **filled)


def _bound(forget: Any, cluster: Cluster) -> Any:
    """Gradio finds the request by its annotation, which a partial hides."""

    def act(clusters: list[Cluster], request: gr.Request) -> Any:
        return forget(cluster, clusters, request)

    return act


def _links(days: int) -> str:
    """The same as tables, of so many days."""
    rows = "".join(
        f"<li>{escaped(label)}: "
        + ", ".join(f'<a href="tables/counts/{days}/{name}{end}" download>{end[1:].upper()}</a>' for end in FORMATS)
        + "</li>"
        for name, label in ((RATES, "Rates by medicine"), (WEEKS, "Rates by week"), (NOT_FOUND, "Not found"))
    )
    return f"<h2>Take with you</h2><ul>{rows}</ul>"


def _cluster(cluster: Cluster) -> str:
    first, *others = cluster.questions
    more = "".join(f"<li>{escaped(question.masked)}</li>" for question in others[:4])
    count = "1 question" if cluster.size == 1 else f"{cluster.size} questions"
    return f'<p>{escaped(first.masked)} <span class="quiet">{count}</span></p>{f"<ul>{more}</ul>" if more else ""}'
