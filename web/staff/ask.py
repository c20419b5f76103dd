"""Ask a question or a conversation, of the draft and of what is live, side by side; and at other thresholds."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr

from assistant.assistant import Assistant
from retrieval.calibration import Calibration
from staff.changes import Status
from staff.errors import StaffError
from web.staff.desk import QUIET, Desk, markup, readable, shown
from web.staff.inspected import inspect, inspected_markup

__all__ = ["ask_tab"]

_DRAFT, _LIVE = "Draft, with all pending changes", "Live, what patients get"


def ask_tab(desk: Desk, blocks: gr.Blocks) -> None:
    def draft(progress: gr.Progress) -> Assistant:
        return desk.bench.drafts.open(
            desk.bench.changes.listed(Status.PENDING), shown(progress, "Making the draft")
        ).assistant

    @readable
    def ask(text: str, request: gr.Request, progress: gr.Progress = gr.Progress()) -> tuple[str, str]:  # noqa: B008
        desk.account(request)
        asked = messages(text)
        sides = ((_DRAFT, draft(progress)), (_LIVE, desk.live.current()))
        first, second = (inspected_markup(title, inspect(assistant, asked)) for title, assistant in sides)
        return first, second

    @readable
    def otherwise(
        text: str,
        abstain_below: float,
        abstain_margin: float,
        answer_margin: float,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> tuple[str, str]:
        """Copies of both assistants with other thresholds: what patients get is not touched."""
        desk.account(request)
        if abstain_margin > answer_margin:
            raise StaffError("The margin to answer cannot be below the margin to abstain.")
        asked = messages(text)

        def moved(calibration: Calibration) -> Calibration:
            return replace(
                calibration, abstain_below=abstain_below, abstain_margin=abstain_margin, answer_margin=answer_margin
            )

        sides = (("Draft, at these thresholds", draft(progress)), ("Live, at these thresholds", desk.live.current()))
        first, second = (
            inspected_markup(title, inspect(assistant.calibrated(moved(assistant.calibration)), asked))
            for title, assistant in sides
        )
        return first, second

    def thresholds(request: gr.Request) -> list[float]:
        desk.account(request)
        now = desk.live.current().calibration
        return [round(value, 3) for value in (now.abstain_below, now.abstain_margin, now.answer_margin)]

    box = gr.Textbox(
        label="Question; of a conversation one message a line", lines=2, max_lines=8, elem_id="inspect-question"
    )
    button = gr.Button("Ask draft and live", variant="primary", elem_id="inspect")
    with gr.Accordion("What would be shown at other thresholds", open=False, elem_id="thresholds"):
        markup(
            '<p class="quiet">Cosine similarities from -1 to 1. They start as the live release has them. Nothing that '
            "patients get is changed.</p>"
        )
        with gr.Row():
            numbers = [
                gr.Number(label=label, step=0.01, minimum=-1, maximum=1, elem_id=name)
                for label, name in (
                    ("Abstain when the best passage is below", "abstain-below"),
                    ("Abstain when the margin over gaps is below", "abstain-margin"),
                    ("May not answer when the margin is below", "answer-margin"),
                )
            ]
        with gr.Row():
            what_if = gr.Button("Ask at these thresholds", elem_id="what-if")
            reset = gr.Button("As live", elem_id="thresholds-live")
    with gr.Row(equal_height=False):
        outputs = [markup(elem_id="in-draft"), markup(elem_id="in-live")]
    gr.on([button.click, box.submit], ask, box, outputs, **QUIET)
    what_if.click(otherwise, [box, *numbers], outputs, **QUIET)
    gr.on([reset.click, blocks.load], thresholds, None, numbers, show_progress="hidden", **QUIET)


def messages(text: str) -> list[str]:
    """One a line; an empty text is one empty message."""
    return [line for line in text.split("\n") if line.strip()] or [""]
