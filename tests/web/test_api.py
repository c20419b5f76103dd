"""The JSON API of a real server process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from assistant.answer import Answer, Conversation, Turn
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.corpus import Corpus
from tests.conftest import Parts
from tests.contract import expected
from tests.web.conftest import Server
from web.app import LONGEST_BODY


def ask(client: httpx.Client, text: str, **more: Any) -> httpx.Response:
    return client.post("/api/ask", json={"text": text, **more})


def test_the_answer_is_the_contract(client: httpx.Client, assistant: Assistant, corpus: Corpus) -> None:
    response = ask(client, "how long will the drip take")
    assert response.status_code == 200
    shown = response.json()
    assert len(shown.pop("conversation")) == 22
    assert shown == expected(assistant.ask("how long will the drip take").as_json())
    first = shown["citations"][0]
    assert first["text"] == corpus.documents["istiratumab"].monograph.source[4176:4300]
    assert first["text"].startswith("| Infusion Time | Usually administered slowly over 60 to 90 minutes")
    assert shown["notice_texts"]["disclaimer"] == corpus.documents["istiratumab"].monograph.source[10261:10839]


def test_a_conversation_is_followed_and_another_is_not(client: httpx.Client, assistant: Assistant) -> None:
    first = ask(client, "will i get a skin rash").json()
    follow_up = ask(client, "how do they treat it", conversation=first["conversation"]).json()
    assert follow_up["conversation"] == first["conversation"]
    before = (Turn("will i get a skin rash", assistant.ask("will i get a skin rash")),)
    assert follow_up["citations"] == expected(assistant.ask("how do they treat it", before).as_json())["citations"]
    assert follow_up["context"] == {"turn": 0, "section": first["citations"][0]["section"]}
    alone = ask(client, "how do they treat it").json()
    assert alone["conversation"] != first["conversation"]
    assert [c["passage"] for c in alone["citations"]] != [c["passage"] for c in follow_up["citations"]]


def test_without_context_a_follow_up_is_read_alone(client: httpx.Client, assistant: Assistant) -> None:
    first = ask(client, "will i get a skin rash").json()
    alone = ask(client, "how do they treat it", conversation=first["conversation"], context=False).json()
    assert alone.pop("conversation") == first["conversation"]
    assert alone == expected(assistant.ask("how do they treat it").as_json())
    assert alone["context"] is None


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("", "rejected-empty"),
        ("\u200b\x00\x07", "rejected-empty"),
        ("🤷🏽‍♀️🤷🏽‍♀️", "rejected-not-text"),
        ("?!…", "rejected-not-text"),
        ("why " * 600, "rejected-long"),
    ],
)
def test_what_cannot_be_read_is_422_with_its_notice(
    client: httpx.Client, assistant: Assistant, text: str, notice: str
) -> None:
    response = ask(client, text)
    assert response.status_code == 422
    shown = response.json()
    assert shown["decision"] == "rejected"
    assert shown["notices"] == [notice, "disclaimer"]
    assert shown["notice_texts"][notice] == assistant.notices[NoticeName(notice)].text
    assert shown["citations"] == []
    again = ask(client, "how long will the drip take", conversation=shown["conversation"])
    assert again.json()["citations"][0]["start"] == 4176


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)> how long will the drip take",
        "how long\x00\x1b[31m will\u0007 the drip take",
        "\u202ehow long will the drip take\u202c",
        "كم من الوقت تستغرق الحقنة؟",
    ],
)
def test_odd_messages_are_answered(client: httpx.Client, assistant: Assistant, text: str) -> None:
    response = ask(client, text)
    assert response.status_code == 200
    assert response.json()["decision"] == assistant.ask(text).decision.value
    assert response.json()["decision"] in ("answer", "related", "abstain")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "The body: JSON decode error."),
        (b"[]", "The body: Input should be a valid dictionary or object to extract fields from."),
        (b"", "The body: Field required."),
        (b'{"question": "hm"}', "text: Field required."),
        (b'{"text": 5}', "text: Input should be a valid string."),
        (b'{"text": "hm", "history": []}', "history: Extra inputs are not permitted."),
        (b'{"text": "hm", "conversation": 7}', "conversation: Input should be a valid string."),
        (b'{"text": "hm", "context": "no"}', "context: Input should be a valid boolean."),
    ],
)
def test_wrong_json_is_422_and_is_not_sent_back(client: httpx.Client, body: bytes, error: str) -> None:
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (422, {"error": error})


def test_a_body_that_is_not_utf_8_is_400(client: httpx.Client) -> None:
    response = client.post("/api/ask", content=b'"\xff"', headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (400, {"error": "There was an error parsing the body."})


def test_a_conversation_that_is_not_known_is_404(client: httpx.Client) -> None:
    response = ask(client, "hello", conversation="../../etc/passwd")
    assert response.status_code == 404
    assert response.json() == {"error": "There is no such conversation, or it has expired. Send none."}


def test_a_body_of_100_000_characters_is_413(client: httpx.Client) -> None:
    response = ask(client, "x" * 100_000)
    assert response.status_code == 413
    assert response.json() == {"error": f"The body is longer than {LONGEST_BODY} bytes."}
    assert ask(client, "hello").json()["decision"] == "greeting"


def test_the_length_of_a_chunked_body_is_counted(client: httpx.Client) -> None:
    def chunks(size: int) -> Iterator[bytes]:
        body = json.dumps({"text": "x" * (size - 12)}).encode()
        assert len(body) == size
        yield from (body[at : at + 1000] for at in range(0, size, 1000))

    headers = {"content-type": "application/json"}
    over = client.post("/api/ask", content=chunks(LONGEST_BODY + 1), headers=headers)
    assert over.request.headers["transfer-encoding"] == "chunked"
    assert (over.status_code, over.json()) == (413, {"error": f"The body is longer than {LONGEST_BODY} bytes."})
    within = client.post("/api/ask", content=chunks(LONGEST_BODY), headers=headers)
    assert within.json()["notices"] == ["rejected-long", "disclaimer"]


def test_health(client: httpx.Client) -> None:
    assert (client.get("/livez").status_code, client.get("/livez").json()) == (200, {"status": "live"})
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, {"status": "ready"})


def test_openapi_describes_the_contract(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert {"/api/ask", "/livez", "/readyz", "/source/{document}/{version}"} <= set(described["paths"])
    ask_route = described["paths"]["/api/ask"]["post"]
    assert set(ask_route["responses"]) == {"200", "400", "401", "403", "404", "408", "413", "422", "429", "500", "503"}
    schemas = described["components"]["schemas"]
    answer = ask(client, "will i get a skin rash").json()
    assert set(schemas["AskResponse"]["properties"]) == set(answer)
    assert set(schemas["CitationItem"]["properties"]) == set(answer["citations"][0])
    assert set(schemas["ContextItem"]["properties"]) == set(answer["citations"][0]["context"][0])
    assert schemas["AskRequest"]["examples"] == [{"text": "how long will the drip take"}]
    follow_up = ask(client, "how do they treat it", conversation=answer["conversation"]).json()
    assert set(schemas["TurnBefore"]["properties"]) == set(follow_up["context"])
    section = ask(client, "how much does it cost").json()["see_also"][0]
    assert set(schemas["SectionItem"]["properties"]) == set(section)


class _Broken(Assistant):
    def ask(
        self, text: str, conversation: Conversation = (), use_context: bool = True, document: str | None = None
    ) -> Answer:
        raise RuntimeError(f"cannot answer {text!r} after {len(conversation)} turns, {use_context}, {document}")


def test_a_failure_shows_the_emergency_line_and_no_passage(
    parts: Parts,
    assistant: Assistant,
    serving: Callable[[Assistant], AbstractContextManager[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(_Broken(*parts)) as address:
        response = httpx.post(f"{address}api/ask", json={"text": "turmeric"}, timeout=60)
        ready = httpx.get(f"{address}readyz", timeout=60)
    texts = {name: assistant.notices[NoticeName(name)].text for name in ("emergency", "failed")}
    assert response.status_code == 500
    assert response.json() == {"error": "The question was not answered.", "notice_texts": texts}
    assert (ready.status_code, ready.json()) == (503, {"error": "The assistant raised RuntimeError."})
    assert "RuntimeError" in caplog.text
    assert "in ask" in caplog.text
    assert "turmeric" not in caplog.text


def test_questions_are_not_logged(client: httpx.Client, server: Server) -> None:
    ask(client, "can my mom take turmeric pills")
    ask(client, "turmeric " * 1000)
    client.get("/source/turmeric/1.0")
    assert server.event("answered")["decision"] in ("abstain", "related", "answer", "rejected")
    assert "turmeric" not in server.output()
