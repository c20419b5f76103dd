"""The fixed parts of the page around the conversation, as markup that gr.Markdown carries."""

from __future__ import annotations

from assistant.notices import Notice
from web.render import render_notice

__all__ = ["COMPACT", "DISPLAY", "GLOSSARY", "PANEL", "SAID", "emergency_bar"]


def emergency_bar(notice: Notice) -> str:
    """The line that is always in view, what of an alarm stays in view, and the way to the display's settings."""
    return (
        f'<div class="bar">{render_notice(notice)}'
        '<button type="button" id="display-button" popovertarget="display">'
        '<span aria-hidden="true">Aa</span><span class="unseen">Text size and colours</span></button></div>'
        '<section id="pinned" aria-label="What to do now" hidden></section>'
    )


COMPACT = (
    '<nav class="compact" aria-label="On this page"><button type="button" data-to="emergency">In an emergency</button>'
    '<button type="button" data-to="ask-bar">Ask a question</button></nav>'
)
"""Where the view is so low that nothing else can stay in it: one line that leads to both ends."""


def _choices(legend: str, name: str, values: tuple[tuple[str, str], ...]) -> str:
    first = values[0][0]
    inputs = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if value == first else ""}>'
        f"<span>{word}</span></label>"
        for value, word in values
    )
    return f"<fieldset><legend>{legend}</legend>{inputs}</fieldset>"


_CHOICES = (
    _choices("Text size", "size", (("normal", "Normal"), ("large", "Large"), ("larger", "Larger")))
    + _choices("Colours", "theme", (("device", "As on this device"), ("light", "Light"), ("dark", "Dark")))
    + _choices("Contrast", "contrast", (("normal", "Normal"), ("strong", "Strong")))
)

DISPLAY = (
    '<div id="display" class="sheet" popover role="dialog" aria-label="Text size and colours">'
    f"{_CHOICES}"
    '<p class="note">Kept in this browser only.</p>'
    '<button type="button" class="close" popovertarget="display" popovertargetaction="hide">Close</button></div>'
)

GLOSSARY = (
    '<div id="glossary" class="sheet" popover role="dialog" aria-labelledby="glossary-term">'
    '<h2 id="glossary-term"></h2><p id="glossary-meaning"></p>'
    '<p class="note">An explanation to help you read. It is not part of the monograph.</p>'
    '<button type="button" class="close" popovertarget="glossary" popovertargetaction="hide">Close</button></div>'
)

PANEL = (
    '<aside id="panel" aria-labelledby="panel-title" tabindex="-1" hidden>'
    '<div class="panel-head"><button type="button" id="panel-back">Back to the answer</button>'
    '<a id="panel-alone" href="source/" target="_blank" rel="noopener">Open on its own page</a></div>'
    '<h2 id="panel-title">The monograph</h2><div id="panel-body"></div></aside>'
)

SAID = (
    '<div><p id="said" class="unseen" role="status"></p><p id="connection" role="alert"></p>'
    '<p id="undo" role="status" hidden><span>The conversation is cleared.</span> '
    '<button type="button">Undo</button></p></div>'
)
"""What is said of actions, and of the connection; and the way back from a start over."""
