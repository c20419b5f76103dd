"""Talk to the page's events as Gradio's own script does, over plain HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx


def join(client: httpx.Client, data: list[object], session: str, **more: Any) -> httpx.Response:
    """Send an event. The first event of the page asks what stands in the box."""
    body = {"data": data, "fn_index": 0, "session_hash": session, "trigger_id": 1, **more}
    return client.post("/gradio_api/queue/join", json=body)


def completed(client: httpx.Client, session: str) -> dict[str, Any]:
    """The message that tells how the event of a session ended."""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message: dict[str, Any] = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "process_completed":
                return message
    raise AssertionError("The event did not end.")


def event_result(client: httpx.Client, data: list[object], session: str) -> str:
    """The conversation's markup after an event."""
    joined = join(client, data, session)
    assert joined.status_code == 200
    message = completed(client, session)
    assert message["success"] is True
    return str(message["output"]["data"][0])
