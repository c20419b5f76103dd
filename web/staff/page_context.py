"""What the events of the staff page share: who asks, and refusals that staff can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any, TypeVar

import gradio as gr

from retrieval.errors import VerbatimError
from staff.accounts import Account
from staff.bench import Bench
from staff.live import LiveAssistant
from web.staff.guard import account_of

__all__ = ["QUIET", "PageContext", "markup", "readable"]

QUIET = {"api_visibility": "private", "queue": False}
"""An event is one request and its answer: on Gradio's stream of events one can be lost (docs/page.md)."""

_Event = TypeVar("_Event", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class PageContext:
    """The bench, the assistant that patients ask, and how to tell who works here."""

    bench: Bench
    live: LiveAssistant

    def account(self, request: gr.Request) -> Account:
        """Asked again at each event: a page can stay open longer than its session. Raises RefusedError."""
        return account_of(request.request)


def readable(event: _Event) -> _Event:
    """An event whose refusals are shown in their own words; what else breaks is not."""
    if isgeneratorfunction(event):

        @wraps(event)
        def follow(*arguments: Any, **options: Any) -> Any:
            try:
                yield from event(*arguments, **options)
            except VerbatimError as error:
                raise gr.Error(str(error), title="This cannot be done", print_exception=False) from None

        return follow  # type: ignore[return-value]

    @wraps(event)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return event(*arguments, **options)
        except VerbatimError as error:
            raise gr.Error(str(error), title="This cannot be done", print_exception=False) from None

    return run  # type: ignore[return-value]


def markup(value: str = "", elem_id: str | None = None) -> Any:
    """Escaped markup, one line that starts with a block element. gr.HTML would need scripts that the policy forbids."""
    return gr.Markdown(value, sanitize_html=False, latex_delimiters=[], elem_id=elem_id)
