"""Where programs ask: a line that is full says so in words that can be shown."""

from __future__ import annotations

import asyncio

from assistant.assistant import Assistant
from assistant.notices import NoticeName
from tests.conftest import Parts
from tests.contract import expected
from tests.web.held import Held
from tests.web.test_waiting import run
from web.conversations import Conversations
from web.gateway import Gateway
from web.waiting import WaitingLine


def test_a_full_line_is_said_in_words_and_the_others_are_answered(parts: Parts) -> None:
    assistant = Held(parts)
    gateway = Gateway(assistant, Conversations(), WaitingLine(2, 3))

    async def scene() -> None:
        waiting = [asyncio.create_task(gateway.ask("hello", None, True)) for _ in range(3)]
        await asyncio.sleep(0)
        refused = await gateway.ask("how long will the drip take", None, True)
        assert (refused.status, refused.headers) == (503, {"retry-after": "5"})
        texts = {name: assistant.notices[NoticeName(name)].text for name in ("emergency", "failed")}
        error = "Too many questions are waiting. Ask again in 5 seconds."
        assert refused.body == {"error": error, "notice_texts": texts}
        assistant.go.set()
        assert [reply.body["decision"] for reply in await asyncio.gather(*waiting)] == ["greeting"] * 3

    run(scene())


def test_without_context_a_message_is_read_alone(assistant: Assistant) -> None:
    gateway = Gateway(assistant, Conversations(), WaitingLine(2, 3))

    async def scene() -> None:
        first = await gateway.ask("will i get a skin rash", None, True)
        identifier = first.body["conversation"]
        alone = await gateway.ask("how do they treat it", identifier, False)
        assert alone.body["context"] is None
        answer = expected(assistant.ask("how do they treat it").as_json())
        assert alone.body["citations"] == answer["citations"]
        assert alone.body["conversation"] == identifier

    run(scene())
