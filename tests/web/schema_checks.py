"""What Schemathesis checks of the API besides its own checks; it loads this file itself (SCHEMATHESIS_HOOKS)."""

from __future__ import annotations

from typing import Any

import schemathesis

from assistant.question import rejection


@schemathesis.check
def only_what_cannot_be_read_is_rejected(
    _: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """A request of the form described gets 422 for its message alone, and with the notice of why."""
    if response.status_code != 422:
        return
    shown = response.json()
    if "decision" in shown:
        assert shown["decision"] == "rejected"
        body: Any = case.body
        assert rejection(body["text"]) in shown["notices"]
    else:
        assert case.meta is None or not case.meta.generation.mode.is_positive
