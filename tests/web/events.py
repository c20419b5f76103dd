"""Talk to the page's events as Gradio's own script does, over plain HTTP."""

from __future__ import annotations

from typing import Any

import httpx

__all__ = ["EVENTS", "LOOK", "event_result", "send"]

EVENTS = "/gradio_api/run/predict"
"""Where the page's events are sent."""

LOOK = 1
"""The second event of the page: what has come of what is looked up."""


def send(client: httpx.Client, data: list[object], session: str, **more: Any) -> httpx.Response:
    """Send an event. The first event of the page asks what stands in the box."""
    body = {"data": data, "fn_index": 0, "session_hash": session, "trigger_id": 1, **more}
    return client.post(EVENTS, json=body)


def event_result(client: httpx.Client, data: list[object], session: str) -> str:
    """The conversation's markup once a question is answered."""
    shown = _markup(send(client, data, session))
    while 'class="pending"' in shown:
        shown = _markup(send(client, [None], session, fn_index=LOOK))
    return shown


def _markup(reply: httpx.Response) -> str:
    assert reply.status_code == 200
    return str(reply.json()["data"][0])
