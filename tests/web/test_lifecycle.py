"""Ready after a golden question, and gone without losing one: a real process is told to stop."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.answer import Answer, Conversation
from assistant.assistant import Assistant
from assistant.triage.gate import Triage
from retrieval.index import Index
from tests.conftest import Parts
from tests.web.conftest import PATIENCE, running
from tests.web.events import event_result
from tests.web.wire import connected, head
from web.lifecycle import Lifecycle

BODY = json.dumps({"text": "how long will the turmeric drip take"}).encode()
LINES = ["Content-Type: application/json", f"Content-Length: {len(BODY)}", "Connection: close"]


def test_it_stops_when_the_question_in_hand_is_answered(
    index: Index, triage: Triage, index_folder: Path, tmp_path: Path
) -> None:
    assert index
    assert triage
    with running(index_folder, tmp_path / "stderr.txt", "--metrics", "127.0.0.1:0") as server:
        metrics = server.event("metrics")["address"]
        with httpx.Client(base_url=server.address, timeout=PATIENCE / 1000) as client:
            assert client.get("/readyz").json() == {"status": "ready"}
            event_result(client, ["can my mom take turmeric", None], "turmeric-session")
            client.post("/api/ask", json={"text": "turmeric " * 1000})
            client.get("/source/turmeric/1.0", params={"start": "turmeric"}, headers={"user-agent": "turmeric"})
            with connected(server.address) as line:
                line.sendall(head("POST", "/api/ask", *LINES) + BODY[:9])
                while "verbatim_in_hand 1.0\n" not in httpx.get(metrics).text:
                    pass
                server.process.terminate()
                while (ready := client.get("/readyz")).status_code == 200:
                    pass
                assert (ready.status_code, ready.json()) == (503, {"error": "The process is stopping."})
                assert client.get("/livez").status_code == 200
                line.sendall(BODY[9:])
                received = b"".join(iter(lambda: line.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert json.loads(received.split(b"\r\n\r\n", 1)[1])["decision"] in ("answer", "related", "abstain")
        assert server.process.wait(PATIENCE / 1000) == 0
        assert server.event("stopped")["level"] == "info"
        assert server.process.stdout
        assert "turmeric" not in server.output() + server.process.stdout.read()


class _Counting(Assistant):
    """Counts what it is asked, and shows no passage from the second question on."""

    def __init__(self, parts: Parts, broken: bool = False) -> None:
        super().__init__(*parts)
        self.asked: list[str] = []
        self.broken = broken

    def ask(
        self, text: str, conversation: Conversation = (), use_context: bool = True, document: str | None = None
    ) -> Answer:
        self.asked.append(text)
        if self.broken:
            raise RuntimeError(text)
        return super().ask(text, conversation, use_context, document)


def test_the_golden_question_is_asked_once(parts: Parts) -> None:
    assistant = _Counting(parts)
    lifecycle = Lifecycle(assistant)
    assert [lifecycle.problem() for _ in range(3)] == ["", "", ""]
    assert assistant.asked == [assistant.corpus.documents["istiratumab"].phrasings[0].question]


def test_who_cannot_answer_the_golden_question_is_not_ready(
    parts: Parts, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Lifecycle(_Counting(parts, broken=True)).problem() == "The assistant raised RuntimeError."
    without = replace(assistant.ask("what is the weather"), see_also=())
    monkeypatch.setattr(Assistant, "ask", lambda *_, **__: without)
    assert Lifecycle(assistant).problem() == "The golden question is not answered by its passage."


def test_the_list_that_holds_the_bullet_answers_too(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    document = assistant.corpus.documents["istiratumab"]
    fatigue = next(p for p in document.phrasings if p.question == "will it wipe me out")
    whole = assistant.ask("what are the common side effects")
    assert whole.citations[0].passage.id != fatigue.passage
    corpus = replace(assistant.corpus, documents={"istiratumab": replace(document, phrasings=(fatigue,))})
    monkeypatch.setattr(Assistant, "corpus", corpus)
    monkeypatch.setattr(Assistant, "ask", lambda *_, **__: whole)
    assert Lifecycle(assistant).problem() == ""


def test_it_may_end_when_it_was_seen_to_stop_and_nothing_is_in_hand(assistant: Assistant) -> None:
    now = 100.0
    lifecycle = Lifecycle(assistant, drain=10, clock=lambda: now)
    assert not lifecycle.may_end()
    lifecycle.stop()
    assert lifecycle.problem() == "The process is stopping."
    lifecycle.in_hand = 1
    now = 110
    assert not lifecycle.may_end()
    lifecycle.in_hand = 0
    now = 111.9
    assert not lifecycle.may_end()  # a page that waits asks again
    now = 112
    assert lifecycle.may_end()


def test_it_does_not_end_before_a_balancer_has_seen_it(assistant: Assistant) -> None:
    now = 100.0
    lifecycle = Lifecycle(assistant, drain=10, clock=lambda: now)
    lifecycle.stop()
    now = 109.9
    assert not lifecycle.may_end()
    now = 110
    assert lifecycle.may_end()


def test_it_does_not_wait_for_ever(assistant: Assistant) -> None:
    now = 0.0
    lifecycle = Lifecycle(assistant, drain=10, clock=lambda: now)
    lifecycle.stop()
    lifecycle.in_hand = 1
    now = 39.9
    assert not lifecycle.may_end()
    now = 40
    assert lifecycle.may_end()
