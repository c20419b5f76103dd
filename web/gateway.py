"""Where programs ask, through the API or MCP: one line of waiting, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool

from assistant.answer import Decision
from assistant.assistant import Assistant
from assistant.failures import log_failure
from assistant.notices import NoticeName
from web.conversations import Conversations, continued
from web.waiting import LineFull, WaitingLine

__all__ = ["Gateway", "Reply"]

_LATER = {"retry-after": "5"}


@dataclass(frozen=True, slots=True)
class Reply:
    """JSON, with the HTTP status that it goes out with."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] | None = None


class Gateway:
    """Answers programs, and keeps their conversations."""

    def __init__(
        self,
        assistant: Assistant,
        conversations: Conversations,
        line: WaitingLine,
        medicine_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """The line is the page's too: all questions share the same cores. `medicine_of` tells which medicine a client
        with a key keeps to; None of a key that is none."""
        self._assistant, self._conversations, self._line = assistant, conversations, line
        self._medicine_of = medicine_of

    async def ask(
        self,
        text: str,
        conversation: str | None,
        use_context: bool,
        document: str | None = None,
        key: str | None = None,
    ) -> Reply:
        """Answer, or say what is in the way: never raises. A client with a key keeps to its medicine."""
        assistant = self._assistant
        if key is not None:
            try:
                kept = await run_in_threadpool(self._medicine_of, key)
            except Exception as error:
                log_failure(error)
                return self._without_answer(500, "The question was not answered.")
            if kept is None:
                return Reply(401, {"error": "There is no such key, or no longer."})
            if kept not in assistant.corpus.documents:
                return Reply(404, {"error": f"The medicine of this key, '{kept}', is not served."})
            assistant = assistant.kept_to(kept)
        if document is not None and document not in self._assistant.corpus.documents:
            return Reply(404, {"error": "There is no such document. Send none."})
        try:
            before = self._conversations.get(conversation) if conversation is not None else ()
        except KeyError:
            return Reply(404, {"error": "There is no such conversation, or it has expired. Send none."})
        try:
            place = self._line.join(partial(assistant.ask, text, before, use_context, document))
            async for _ in place.waiting():
                pass
            answer = place.result()
        except LineFull:
            return self._without_answer(503, "Too many questions are waiting. Ask again in 5 seconds.", _LATER)
        except Exception as error:
            log_failure(error)
            return self._without_answer(500, "The question was not answered.")
        identifier = self._conversations.put(continued(before, text, answer), conversation)
        status = 422 if answer.decision == Decision.REJECTED else 200
        return Reply(status, {**answer.as_json(), "conversation": identifier})

    def _without_answer(self, status: int, error: str, headers: dict[str, str] | None = None) -> Reply:
        names = (NoticeName.EMERGENCY, NoticeName.FAILED)
        texts = {name.value: self._assistant.notices[name].text for name in names}
        return Reply(status, {"error": error, "notice_texts": texts}, headers)
