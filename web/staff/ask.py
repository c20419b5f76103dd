"""Ask a question or a conversation, of the draft and of what is live, side by side."""

from __future__ import annotations

import gradio as gr

from assistant.answer import Answer, Conversation, Turn
from assistant.assistant import Assistant
from staff.changes import Status
from web.staff.desk import QUIET, Desk, readable, shown
from web.staff.tables import answer_markup

__all__ = ["ask_tab"]


def ask_tab(desk: Desk) -> None:
    @readable
    def ask(text: str, request: gr.Request, progress: gr.Progress = gr.Progress()) -> tuple[str, str]:  # noqa: B008
        desk.account(request)
        turns = [line for line in text.split("\n") if line.strip()] or [""]
        pending = desk.bench.changes.listed(Status.PENDING)
        draft = desk.bench.drafts.open(pending, shown(progress, "Making the draft")).assistant
        return answer_markup("Draft", answered(draft, turns)), answer_markup("Live", answered(desk.live, turns))

    box = gr.Textbox(label="Question; of a conversation one message a line", lines=2, elem_id="inspect-question")
    button = gr.Button("Ask both", variant="primary", elem_id="inspect")
    with gr.Row():
        outputs = [gr.HTML(elem_id="in-draft"), gr.HTML(elem_id="in-live")]
    button.click(ask, box, outputs, **QUIET)


def answered(assistant: Assistant, turns: list[str]) -> Answer:
    """The answer to the last message, after the others."""
    conversation: Conversation = ()
    for text in turns[:-1]:
        conversation = (*conversation, Turn(text, assistant.ask(text, conversation)))
    return assistant.ask(turns[-1], conversation)
