"""The chat page, in Gradio Blocks: what is on it, and what happens when a patient asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from assistant.answer import Answer, Turn
from assistant.assistant import Assistant
from assistant.failures import log_failure
from assistant.question import MAX_CHARACTERS
from retrieval.text import clean
from web.controls import COMPACT, DISPLAY, GLOSSARY, PANEL, SAID
from web.conversations import LIFETIME
from web.feedback import Feedback, FeedbackCounts
from web.fixed import EXAMPLE, fixed_parts, page_title
from web.glossary import Glossary
from web.rate import ClientLimit
from web.render import (
    Asides,
    render_answer,
    render_busy,
    render_failed,
    render_question,
    render_too_many,
)
from web.session import SECONDS_TO_UNDO, LookedUp, Session, Visit
from web.suggestions import follow_ups
from web.visits import Visits
from web.waiting import LineFull, WaitingLine

__all__ = ["LONGEST_MESSAGE", "build_page", "renew", "theme"]

LONGEST_MESSAGE = 100_000
"""Characters that fit into the question box; more than are read, so that nothing is cut in silence."""

_AT_ONCE = 2
_WAITING = 100

Shown = tuple[Any, Visit]
"""The conversation's markup, and the visit. What was asked is taken out of the box by static/page.js, once it is shown:
Gradio keeps a component more for each update that leaves the box alone (`gr.skip`), as long as the page is open."""


def build_page(
    assistant: Assistant,
    glossary: Callable[[], Glossary] = Glossary,
    feedback: Callable[[Feedback], None] | None = None,
    line: WaitingLine | None = None,
    share: Callable[[Turn], None] | None = None,
    kept_days: int = 0,
    public_url: str = "",
    limit: ClientLimit | None = None,
) -> gr.Blocks:
    """The Blocks of the page. Markup goes through gr.Markdown (docs/decisions/0007-page.md).

    `feedback` gets each yes or no to 'Was this what you asked?'; by default they are counted in memory.
    `line` is the line of questions that is shared with others who ask. `share` gets each question that a patient
    chooses to share, to be kept for `kept_days`; without it none can be. Printed citations link below `public_url`.
    `limit` counts the questions of each client; without it there is none.
    """
    line, take = line or WaitingLine(_AT_ONCE, _WAITING), feedback or FeedbackCounts()
    visits = Visits()

    async def ask(text: str | None, visit: Visit, request: gr.Request) -> Shown:
        return await turn(text or "", visit, request, True)

    async def choose(message: str | None, visit: Visit, request: gr.Request) -> Shown:
        """Ask a question again about the medicine that was chosen for it; a button says 'ID QUESTION'."""
        document, _, question = (message or "").partition(" ")
        return await turn(question, visit, request, True, document)

    async def ask_alone(text: str | None, visit: Visit, request: gr.Request) -> Shown:
        """Ask what a button says, without the turns before."""
        return await turn(text or "", visit, request, False)

    async def turn(
        text: str, visit: Visit, request: gr.Request, use_context: bool, document: str | None = None
    ) -> Shown:
        """The answer, if it is there in a moment; else how long the wait is, and `look` tells the rest.

        Nothing is no question, and neither is the same one once more within a second.
        """
        if not clean(text[:MAX_CHARACTERS]) or visit.is_again((text, use_context, document), time.monotonic()):
            return ended(visit)
        visit.before = None
        visits.keep(visit)
        question = render_question(text, MAX_CHARACTERS)
        if limit and (seconds := limit.seconds_to_wait(request.client)):
            visit.session = visit.session.failed(question, render_too_many(assistant.notices, seconds))
            visit.asked = None
            return ended(visit)
        looked_up = LookedUp(question)
        visit.begin(looked_up, answered(text, visit, use_context, document, looked_up))
        return await look(visit)

    async def answered(text: str, visit: Visit, use_context: bool, document: str | None, looked_up: LookedUp) -> None:
        """Look a question up, and make a turn of it; whether or not its page still waits for it."""
        question = looked_up.question
        try:
            asked = assistant.kept_to(visit.document) if visit.document else assistant
            place = line.join(partial(asked.ask, text, visit.session.conversation, use_context, document))
            async for ahead in place.waiting():
                visit.wait_on(looked_up, ahead)
            answer, session = place.result(), visit.session
            session = session.answered(text, answer, question, whole(text, answer, session))
        except LineFull:
            session = visit.session.failed(question, render_busy(assistant.notices))
            visit.asked = None
        except Exception as error:
            log_failure(error)
            session = visit.session.failed(question, render_failed(assistant.notices))
            visit.asked = None
        visit.end(looked_up, session)

    async def look(visit: Visit) -> Shown:
        """What has come of the questions that are looked up, once something has."""
        await visit.changes()
        return ended(visit)

    def whole(text: str, answer: Answer, session: Session) -> str:
        asked = [text, *(turn.question for turn in session.conversation)]
        # The texts that were answered from: another release may be live by now.
        documents = {d.document.monograph.id: d.document for d in answer.disclaimers}
        days = kept_days if share else 0
        asides = Asides(clean(text[:MAX_CHARACTERS]), session.turns, follow_ups(answer, documents, asked), days)
        return render_answer(answer, documents, glossary(), asides, public_url)

    async def tell(message: str | None, visit: Visit) -> Visit:
        said, visit.session = visit.session.feedback(message or "")
        if said:
            take(said)
        turn, visit.session = visit.session.shared(message or "")
        if turn and share:
            share(turn)
        return visit

    async def keep(document: str | None, visit: Visit) -> Visit:
        """Keep to the medicine that the page was opened for, if there is such a one."""
        visit.document = document if document in assistant.corpus.documents else None
        return visit

    async def start_over(visit: Visit) -> Shown:
        visit.start_over()
        asyncio.get_running_loop().call_later(SECONDS_TO_UNDO, forget, visit, visit.begun)
        return ended(visit)

    def forget(visit: Visit, begun: int) -> None:
        if visit.begun == begun:
            visit.before = None

    async def undo(visit: Visit) -> Shown:
        visit.undo()
        return ended(visit)

    async def resume(key: str | None, visit: Visit) -> Shown:
        """Go on with the conversation that the page had before it was loaded anew, if that is still known."""
        return ended(visits.get(key or "") or visit)

    fixed, title = fixed_parts(assistant), page_title(assistant.corpus)
    with gr.Blocks(analytics_enabled=False, title=title) as blocks:
        with gr.Column(elem_id="page"):
            _markup(COMPACT, "compact")
            _markup(fixed["emergency"], "emergency")
            with gr.Column(elem_id="start"):
                _markup(fixed["about"], "about")
                _markup(fixed["library"], "library")
                questions = [text for name, text in fixed.items() if name.startswith(EXAMPLE)]
                if questions:
                    _markup('<p class="label">You could ask</p>', "examples-label")
                with gr.Row(elem_id="examples"):
                    examples = [
                        gr.Button(question, elem_classes="example", elem_id=f"{EXAMPLE}{n}")
                        for n, question in enumerate(questions)
                    ]
                _markup(fixed["disclaimer"], "disclaimer")
            conversation = _markup(Visit().markup(), "conversation")
            state = gr.State(Visit(), time_to_live=LIFETIME)
            _markup(SAID, "said-frame")
            with gr.Row(elem_id="ask-bar"):
                box = gr.Textbox(
                    label="Your question",
                    lines=1,
                    max_lines=4,
                    max_length=LONGEST_MESSAGE,
                    elem_id="question",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
                )
                send = gr.Button("Ask", variant="primary", elem_id="ask")
                with gr.Row(elem_id="actions"):
                    gr.Button("Print or save", elem_id="print")
                    again = gr.Button("Start over", elem_id="start-over")
            _markup(PANEL, "panel-frame")
            _markup(DISPLAY + GLOSSARY, "sheets")
            # What the buttons inside answers say: static/*.js fills the box and clicks.
            said, say, tell_it = _unseen_box("say"), _unseen_button("say-it"), _unseen_button("tell-it")
            choose_it, anew = _unseen_button("choose-it"), _unseen_button("anew")
            resume_it, undo_it = _unseen_button("resume-it"), _unseen_button("undo-it")
            keep_it, look_it = _unseen_button("keep-it"), _unseen_button("look-it")

        outputs = [conversation, state]
        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            # Each event is a request of its own, and its answer. Through Gradio's queue the answers of all come on one
            # stream, and an event that is sent as that is closed, or that comes when it has broken, is lost.
            "queue": False,
            # By default what is sent in the moment before the last event is known to have ended is not sent at all.
            "trigger_mode": "multiple",
        }
        gr.on([box.submit, send.click], ask, [box, state], outputs, **quiet)
        look_it.click(look, state, outputs, **quiet)
        say.click(ask_alone, [said, state], outputs, **quiet)
        choose_it.click(choose, [said, state], outputs, **quiet)
        for example in examples:
            example.click(ask_alone, [example, state], outputs, **quiet)
        keep_it.click(keep, [said, state], state, **quiet)
        tell_it.click(tell, [said, state], state, **quiet)
        again.click(start_over, state, outputs, **quiet)
        anew.click(start_over, state, outputs, **quiet)
        undo_it.click(undo, state, outputs, **quiet)
        resume_it.click(resume, [said, state], outputs, **quiet)
    return blocks


def ended(visit: Visit) -> Shown:
    """What an event of the page ends with."""
    visit.events += 1
    return visit.markup(), visit


def renew(blocks: gr.Blocks, assistant: Assistant) -> None:
    """Show the words of another release to whoever opens the page from now on."""
    parts = fixed_parts(assistant)
    for block in blocks.blocks.values():
        if block.elem_id in parts:
            block.value = parts[block.elem_id]
    blocks.config = blocks.get_config_file()


def theme() -> gr.themes.Base:
    """Gradio's plainest theme on the system's own fonts; the look is in static/*.css."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


def _markup(value: str, name: str) -> Any:
    return gr.Markdown(value, sanitize_html=False, latex_delimiters=[], elem_id=name)


def _unseen_box(name: str) -> Any:
    return gr.Textbox(label=name, elem_id=name, visible="hidden")


def _unseen_button(name: str) -> Any:
    return gr.Button(name, elem_id=name, visible="hidden")
