"""The page's first HTML: what to do in an emergency, the title and a form that works, before any script and without.

Gradio draws the page itself, from many files. On a slow phone that takes long, so its frame is not Gradio's own but
this one: the same words in the same places, and a plain form. When Gradio has drawn, static/page.js takes what was
typed there over; without scripts, or until then, the form asks web/plain.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import quote

from web.layout import escaped

__all__ = ["Frame", "answered_page", "first_page", "form_buttons", "hidden", "plain_form"]

_STYLES = ("verbatim.css", "chat.css", "plain.css")
_LATER_STYLES = ("panel.css", "medicines.css", "print.css")
"""Nothing of the first HTML needs them; print.css is for paper only."""
_SCRIPTS = (
    "page.js",
    "framed.js",
    "sending.js",
    "keeping.js",
    "panel.js",
    "answers.js",
    "medicines.js",
    "connection.js",
)

# Gradio's own names for its one script and its one style sheet have a hash of their content in them.
_ENTRY = re.compile(r'src="\./(assets/index-[\w-]+\.js)"')
_ENTRY_STYLE = re.compile(r'href="\./(assets/index-[\w-]+\.css)"')

_FRAME = """<!doctype html>
<html lang="en" style="margin: 0; padding: 0; min-height: 100%; display: flex; flex-direction: column">
<head>
<meta charset="utf-8">
<base href="./">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}</head>
<body style="width: 100%; margin: 0; padding: 0; display: flex; flex-direction: column; flex-grow: 1">
{body}</body>
</html>
"""


class Frame(NamedTuple):
    """What stands on the page from the first: markup of web/page.py's fixed parts."""

    title: str
    emergency: str
    about: str
    disclaimer: str
    examples: tuple[str, ...] = ()
    standing: str = ""


def first_page(frame: Frame, kept: str = "", note: str = "") -> str:
    """The page as it is sent, which Gradio's script then draws anew; `kept` is the medicine that it keeps to, and
    `note` stands below what it is about."""
    script, style = _gradio()
    head = (
        _links(_STYLES)
        + '<script src="web/display.js"></script>\n'
        + "".join(f'<script defer src="web/{name}"></script>\n' for name in _SCRIPTS)
        + f'<script type="module" crossorigin src="{script}"></script>\n'
    )
    body = (
        '<a class="skip" href="#plain-question">Skip to the question box</a>\n'
        + f'<div id="first">{_page(frame, plain_form(kept=kept), kept=kept, note=note)}</div>\n'
        + _links(_LATER_STYLES)
        + f'<link rel="stylesheet" crossorigin href="{style}">\n'
        + '<gradio-app control_page_title="true" embed="false" eager="true" '
        + 'style="display: flex; flex-direction: column; flex-grow: 1"></gradio-app>\n'
    )
    return _FRAME.format(title=escaped(frame.title), head=head, body=body)


def answered_page(frame: Frame, answered: str, form: str, kept: str = "") -> str:
    """The same page with a conversation in it, and no script but the display's."""
    head = _links((*_STYLES, *_LATER_STYLES)) + '<script src="web/display.js"></script>\n'
    return _FRAME.format(title=escaped(frame.title), head=head, body=f"{_page(frame, form, answered, kept)}\n")


def plain_form(conversation: str = "", note: str = "", typed: str = "", kept: str = "") -> str:
    """The question box as a plain form; `typed` stands in it, and `note` above it."""
    held = hidden("conversation", conversation) + hidden("medicine", kept)
    said = f'<p class="form-note" role="alert">{escaped(note)}</p>' if note else ""
    return (
        f'<form class="plain-form" method="post" action="ask">{said}{held}'
        '<label for="plain-question">Your question</label>'
        '<div class="plain-row"><textarea id="plain-question" name="question" rows="1" autocomplete="off" '
        f'enterkeyhint="send">{escaped(typed)}</textarea>'
        '<button type="submit" class="plain-ask">Ask</button></div></form>'
    )


def hidden(name: str, value: str) -> str:
    """A field that is sent along; none for an empty value."""
    return f'<input type="hidden" name="{name}" value="{escaped(value)}">' if value else ""


def _page(frame: Frame, form: str, answered: str = "", kept: str = "", note: str = "") -> str:
    if answered:
        standing = f"<p>{escaped(frame.standing)}</p>" if frame.standing else ""
        begin = f"./?medicine={quote(kept, safe='')}" if kept else "./"
        title = f'<div class="folded"><h1>{escaped(frame.title)}</h1>{standing}<a href="{begin}">Start over</a></div>'
        shown = f'{title}<div class="plain-answer">{answered}</div>{form}'
    else:
        questions = form_buttons(
            "question", [(question, question) for question in frame.examples], hidden("medicine", kept)
        )
        examples = f'<p class="label">You could ask</p>{questions}' if frame.examples else ""
        shown = f'<div id="start">{frame.about}{note}{examples}{frame.disclaimer}</div>{form}'
    emergency = f'<aside id="emergency" aria-label="In an emergency">{frame.emergency}</aside>'
    return f'<div id="page" class="plain">{emergency}<main>{shown}</main></div>'


def form_buttons(name: str, values: Sequence[tuple[str, str]], held: str = "") -> str:
    """A button for each value, with the words on it, which sends the value with what is `held`."""
    buttons = "".join(
        f'<li><button type="submit" name="{name}" value="{escaped(value)}" dir="auto">{escaped(words)}</button></li>'
        for value, words in values
    )
    return f'<form class="plain-buttons" method="post" action="ask">{held}<ul>{buttons}</ul></form>'


def _links(names: tuple[str, ...]) -> str:
    return "".join(
        f'<link rel="stylesheet" href="web/{name}"{" media=print" if name == "print.css" else ""}>\n' for name in names
    )


@cache
def _gradio() -> tuple[str, str]:
    """The addresses of Gradio's script and style sheet, from the frame that it comes with."""
    frame = files("gradio").joinpath("templates/frontend/index.html").read_text("utf-8")
    script, style = _ENTRY.search(frame), _ENTRY_STYLE.search(frame)
    assert script and style, "Gradio's frame has another form: see web/first.py."  # noqa: S101, PT018 - a test holds it
    return script[1], style[1]
