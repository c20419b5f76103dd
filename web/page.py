"""The chat page, in Gradio Blocks: what is on it, and what happens when a patient asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.answer import Conversation, Disclaimer
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from assistant.question import MAX_CHARACTERS
from retrieval.corpus import Corpus, Document
from retrieval.passages import Level, Passage
from web.conversations import LIFETIME, MAX_TURNS, continued
from web.failures import log_failure
from web.layout import escaped
from web.render import PENDING, render_answer, render_disclaimer, render_failed, render_notice, render_question

__all__ = ["HEAD", "LONGEST_MESSAGE", "build_page", "example_questions", "theme"]

HEAD = '<link rel="stylesheet" href="web/verbatim.css"><script src="web/page.js"></script>'

LONGEST_MESSAGE = 100_000
"""Characters that fit into the question box; more than are read, so that nothing is cut in silence."""

_EXAMPLES = 3
_AT_ONCE = 2
_WAITING = 100

_END = "<div></div>"


@dataclass(frozen=True, slots=True)
class _Talk:
    """One visitor's conversation, kept by Gradio on the server: the turns, and their markup."""

    conversation: Conversation = ()
    shown: tuple[str, ...] = ()

    def with_shown(self, question: str, answer: str, conversation: Conversation) -> _Talk:
        return _Talk(conversation, (*self.shown, question, answer)[-2 * MAX_TURNS :])


def build_page(assistant: Assistant) -> gr.Blocks:
    """The Blocks of the page. Markup goes through gr.Markdown (docs/decisions/0007-page.md)."""
    documents, notices = assistant.corpus.documents, assistant.notices

    def ask(text: str | None, talk: _Talk) -> Iterator[tuple[str, _Talk, Any]]:
        """The question at once, then the answer. Yields the conversation, its state and the box."""
        text = text or ""
        question = render_question(text, MAX_CHARACTERS)
        yield _page_text(talk.shown, question, PENDING), talk, ""
        try:
            answer = assistant.ask(text, talk.conversation)
            after = talk.with_shown(
                question, render_answer(answer, documents), continued(talk.conversation, text, answer)
            )
        except Exception as error:
            log_failure(error)
            after = talk.with_shown(question, render_failed(notices), talk.conversation)
            yield _page_text(after.shown), after, text
        else:
            yield _page_text(after.shown), after, gr.skip()

    title = page_title(assistant.corpus)
    with gr.Blocks(analytics_enabled=False, title=title) as blocks:
        with gr.Column(elem_id="page"):
            _markup(render_notice(notices[NoticeName.EMERGENCY]), "emergency")
            with gr.Column(elem_id="start"):
                about = render_notice(notices[NoticeName.ABOUT])
                _markup(f'<div><h1 dir="auto">{escaped(title)}</h1>{about}</div>', "about")
                questions = example_questions(next(iter(documents.values())))
                if questions:
                    _markup('<p class="label">You could ask</p>', "examples-label")
                with gr.Row(elem_id="examples"):
                    examples = [gr.Button(question, elem_classes="example") for question in questions]
                disclaimers = [render_disclaimer(Disclaimer(document)) for document in documents.values()]
                _markup("".join(disclaimers), "disclaimer")
            conversation = _markup(_END, "conversation")
            talk = gr.State(_Talk(), time_to_live=LIFETIME)
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
                again = gr.Button("Start over", elem_id="start-over")

        outputs = [conversation, talk, box]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        gr.on([box.submit, send.click], ask, [box, talk], outputs, **quiet)
        for example in examples:
            example.click(ask, [example, talk], outputs, **quiet)
        again.click(lambda: (_END, _Talk(), ""), None, outputs, **quiet)
    return blocks.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE)


def theme() -> gr.themes.Base:
    """Gradio's plainest theme on the system's own fonts; the look is in static/verbatim.css."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


def page_title(corpus: Corpus) -> str:
    """Names the medicine where there is one."""
    names = [document.monograph.generic_name for document in corpus.documents.values()]
    return f"Questions about {names[0]}" if len(names) == 1 else "Questions about your medicine"


def example_questions(document: Document) -> tuple[str, ...]:
    """An approved phrasing of each of the three sections that patients ask about most.

    Of a section, the one that leads to a whole list, if there is one; in reading order.
    """
    by_section: dict[str, list[tuple[Passage, str]]] = {}
    for phrasing in document.phrasings:
        passage = document.passages.by_id[phrasing.passage]
        by_section.setdefault(passage.section, []).append((passage, phrasing.question))
    most = sorted(by_section.values(), key=len, reverse=True)[:_EXAMPLES]
    chosen = [next((asked for asked in section if asked[0].level == Level.GROUP), section[0]) for section in most]
    return tuple(question for _, question in sorted(chosen, key=lambda asked: asked[0].start))


def _markup(value: str, name: str) -> Any:
    return gr.Markdown(value, sanitize_html=False, latex_delimiters=[], elem_id=name)


def _page_text(shown: tuple[str, ...], *more: str) -> str:
    """Blocks apart by an empty line: Gradio then leaves those alone that it shows already.

    The last one is always the same. Without it the last answer would be drawn anew when a question
    follows it: folded passages would close, and a screen reader would hear it twice.
    """
    return "\n\n".join([*shown, *more, _END])
