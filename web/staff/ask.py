"""Ask a question or a conversation, of the draft and of what is live, side by side; and at other thresholds."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from retrieval.decision import WorkingPoint
from staff.asked_tests import asked_turns
from staff.changes import Status
from staff.drafts import Draft
from web.staff.inspected import inspect, inspected_markup
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, awaited
from web.staff.save_test import SaveTest

__all__ = ["ask_tab"]

_DRAFT, _LIVE = "Draft, with all pending changes", "Live, what patients get"


def ask_tab(context: PageContext, blocks: gr.Blocks) -> Any:
    """Returns the event that proposes a test."""

    def draft(others: int) -> Generator[Any, None, Assistant]:
        """Its progress stands in the first place; `others` are left as they are meanwhile."""
        changes = context.bench.changes.listed(Status.PENDING)
        about = " ".join(change.sha256 for change in changes)
        job = context.bench.jobs.start(
            "draft", about, "Making the draft", lambda progress: context.bench.drafts.open(changes, progress)
        )
        made: Draft = yield from awaited(job, lambda bar: (bar, *[gr.skip()] * others))
        return made.assistant

    @readable
    def ask(text: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        context.account(request)
        asked = messages(text)
        seen = inspect((yield from draft(len(filled) - 1)), asked)
        live = inspected_markup(_LIVE, inspect(context.live.current(), asked))
        answers = [*(turn.answer for turn in seen.conversation), seen.answer]
        turns = asked_turns(asked, answers)
        yield inspected_markup(_DRAFT, seen), live, turns, *SaveTest.fill(context, turns)

    @readable
    def otherwise(
        text: str,
        answer: float,
        related: float,
        unsure: float,
        behind: float,
        request: gr.Request,
    ) -> Iterator[tuple[Any, Any]]:
        """Copies of both assistants at another point: what patients get is not touched."""
        context.account(request)
        asked = messages(text)

        def moved(point: WorkingPoint) -> WorkingPoint:
            return replace(point, answer=answer, related=related, unsure=unsure, behind=behind)

        sides = (
            ("Draft, at these thresholds", (yield from draft(1))),
            ("Live, at these thresholds", context.live.current()),
        )
        first, second = (
            inspected_markup(title, inspect(assistant.at(moved(assistant.point)), asked)) for title, assistant in sides
        )
        yield first, second

    def thresholds(request: gr.Request) -> list[float]:
        context.account(request)
        now = context.live.current().point
        return [round(value, 3) for value in (now.answer, now.related, now.unsure, now.behind)]

    box = gr.Textbox(
        label="Question; of a conversation one message a line", lines=2, max_lines=8, elem_id="inspect-question"
    )
    button = gr.Button("Ask draft and live", variant="primary", elem_id="inspect")
    with gr.Accordion("What would be shown at other thresholds", open=False, elem_id="thresholds"):
        markup(
            '<p class="quiet">Probabilities from 0 to 1. They start as the live release has them. Nothing that '
            "patients get is changed.</p>"
        )
        with gr.Row():
            numbers = [
                gr.Number(label=label, step=0.01, minimum=0, maximum=1, elem_id=name)
                for label, name in (
                    ("Answer when the first passage answers with at least", "answer-from"),
                    ("Else related when the monograph answers with at least", "related-from"),
                    ("… or, where the message may not be about medicine, with at least", "unsure-from"),
                    ("A second passage when it is at most so much less likely", "behind-by"),
                )
            ]
        with gr.Row():
            what_if = gr.Button("Ask at these thresholds", elem_id="what-if")
            reset = gr.Button("As live", elem_id="thresholds-live")
    with gr.Row(equal_height=False):
        outputs = [markup(elem_id="in-draft"), markup(elem_id="in-live")]
    turns = gr.State([])
    saving = SaveTest(context, turns)
    filled = [*outputs, turns, *saving.filled]
    Follower(filled).on(partial(gr.on, [button.click, box.submit]), ask, box)
    Follower(outputs).on(what_if.click, otherwise, [box, *numbers])
    gr.on([reset.click, blocks.load], thresholds, None, numbers, show_progress="hidden", **QUIET)
    return saving.proposing


def messages(text: str) -> list[str]:
    """One a line; an empty text is one empty message."""
    return [line for line in text.split("\n") if line.strip()] or [""]
