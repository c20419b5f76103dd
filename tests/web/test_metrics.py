"""Figures of a real server process: how many and how long, on a port of their own, and no text."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter

import httpx
from prometheus_client.parser import text_string_to_metric_families

from assistant.assistant import Assistant
from assistant.triage.gate import Triage
from retrieval.index import Index
from tests.conftest import ROOT
from tests.web.conftest import Server
from web.metrics import release

WAYS = {"x-forwarded-for": "203.0.113.20"}


def figures(server: Server) -> dict[tuple[str, tuple[str, ...]], float]:
    text = httpx.get(server.event("metrics")["address"]).text
    families = text_string_to_metric_families(text)
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_answers_are_counted_by_decision_and_timed(guarded: Server, assistant: Assistant) -> None:
    before = figures(guarded)
    texts = ["how long will the drip take", "the drip is running and my throat feels tight", "", "what is the weather"]
    with httpx.Client(base_url=guarded.address, headers=WAYS, timeout=60) as client:
        decisions = Counter(client.post("/api/ask", json={"text": text}).json()["decision"] for text in texts)
        client.post("/api/ask", content=b"x" * 100_000)
    after = figures(guarded)

    def more(name: str, *labels: str) -> float:
        key = (name, tuple(sorted(labels)))
        return after.get(key, 0) - before.get(key, 0)

    assert decisions["urgent"] == decisions["rejected"] == 1
    assert {label: more("verbatim_answers_total", "api", label) for label in decisions} == decisions
    assert more("verbatim_answer_seconds_count") == 4
    assert 0 < more("verbatim_answer_seconds_sum") < 60
    assert more("verbatim_responses_total", "413") == 1
    assert after["verbatim_in_hand", ()] == after["verbatim_answering", ()] == 0
    assert more("verbatim_conversations") == 4
    assert after["verbatim_release_info", ("1", release(assistant.corpus))] == 1
    assert after["process_resident_memory_bytes", ()] > 1 << 20


def test_no_text_is_in_them_and_none_are_on_the_pages_port(guarded: Server) -> None:
    with httpx.Client(base_url=guarded.address, headers=WAYS, timeout=60) as client:
        client.post("/api/ask", json={"text": "can my mom take turmeric"})
        client.get("/turmeric", params={"q": "turmeric"})
        assert client.get("/metrics").status_code == 404
    text = httpx.get(guarded.event("metrics")["address"]).text
    assert "turmeric" not in text
    assert "203.0.113" not in text
    assert "turmeric" not in guarded.output()
    assert "203.0.113" not in guarded.output()


def test_a_port_that_is_taken_is_said(index: Index, triage: Triage) -> None:
    assert triage
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "app.py", "--port", "0", "--index", str(index.folder.parent), "--metrics", where]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    expected = f"{where.replace(':', ' port ')} cannot serve metrics: Address already in use. Choose another with"
    assert done.stderr.splitlines()[-1] == f"{expected} --metrics."
