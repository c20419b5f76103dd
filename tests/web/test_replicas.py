"""Two server processes behind a real nginx, with the configuration that docs/nginx.conf gives."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.triage.gate import Triage
from retrieval.index import Index
from tests.conftest import ROOT
from tests.nginx import running_nginx
from tests.web.chat import DRAWN
from tests.web.conftest import MANY, PATIENCE, Server, running
from tests.web.wire import connected, status

CLIENTS = [f"127.0.0.{number}" for number in range(2, 14)]
"""Addresses that are all this machine's, so that nginx sees many clients."""


class Replicated(NamedTuple):
    address: str
    replicas: tuple[Server, Server]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def replicated(
    index: Index, triage: Triage, index_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replicated]:
    assert index
    assert triage
    folder = tmp_path_factory.mktemp("nginx")
    flags = ["--questions", str(MANY), "--trusted_proxies", "127.0.0.1"]
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(running(index_folder, folder / f"{name}.txt", *flags)) for name in ("one", "two")
        )
        port = free_port()
        replaced = {
            "127.0.0.1:7861": httpx.URL(one.address).netloc.decode(),
            "127.0.0.1:7862": httpx.URL(two.address).netloc.decode(),
            "listen 8080": f"listen 127.0.0.1:{port}",
        }
        text, address = (ROOT / "docs" / "nginx.conf").read_text("utf-8"), f"http://127.0.0.1:{port}/"
        stack.enter_context(running_nginx(folder, text, replaced, f"{address}livez"))
        yield Replicated(address, (one, two))


def client_at(address: str, base: str) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=base, transport=transport, timeout=PATIENCE / 1000)


def answered(server: Server) -> int:
    return len(re.findall('"event": "answered"', server.output()))


def test_each_client_keeps_its_conversation_and_both_replicas_work(replicated: Replicated) -> None:
    for address in CLIENTS:
        with client_at(address, replicated.address) as client:
            first = client.post("/api/ask", json={"text": "will i get a skin rash"}).json()
            identifier = first["conversation"]
            second = client.post("/api/ask", json={"text": "how do they treat it", "conversation": identifier})
            assert second.status_code == 200
            assert second.json()["conversation"] == identifier
            assert second.json()["context"]["turn"] == 0
    counts = [answered(replica) for replica in replicated.replicas]
    assert sum(counts) == 2 * len(CLIENTS)
    assert min(counts) > 0


@pytest.mark.browser
def test_the_page_works_through_the_proxy(page: Page, replicated: Replicated) -> None:
    page.goto(replicated.address)
    page.locator(DRAWN).wait_for()
    box = page.get_by_label("Your question")
    box.wait_for()
    for number, question in enumerate(["will i get a skin rash", "how do they treat it"], start=1):
        box.fill(question)
        box.press("Enter")
        expect(page.locator("#conversation .answer")).to_have_count(number, timeout=PATIENCE)
    asked = page.locator("#conversation .asked p").all_inner_texts()
    assert asked == ["will i get a skin rash", "how do they treat it"]


def test_what_a_client_says_of_itself_does_not_pass_the_proxy(replicated: Replicated) -> None:
    forged = {"x-forwarded-for": "203.0.113.1", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    with client_at("127.0.0.2", replicated.address) as client:
        config = client.get("/config", headers=forged)
    assert config.json()["root"] == replicated.address.rstrip("/")
    assert "evil" not in config.text


def test_a_head_that_does_not_come_is_given_up(replicated: Replicated) -> None:
    with connected(replicated.address) as line:
        line.sendall(b"GET /livez HTTP/1.1\r\nHost: local")
        assert status(line) in (408, 0)


def test_when_a_replica_stops_the_other_answers_its_clients(replicated: Replicated) -> None:
    """The last test here: one replica is gone after it."""
    held: dict[str, str] = {}
    for address in CLIENTS:
        with client_at(address, replicated.address) as client:
            held[address] = client.post("/api/ask", json={"text": "hello"}).json()["conversation"]
    replicated.replicas[0].process.terminate()
    assert replicated.replicas[0].process.wait(PATIENCE / 1000) == 0
    statuses: list[int] = []
    for address, identifier in held.items():
        with client_at(address, replicated.address) as client:
            again = client.post("/api/ask", json={"text": "hello", "conversation": identifier})
            statuses.append(again.status_code)
            if again.status_code == 404:
                assert json.loads(again.text)["error"].endswith("Send none.")
                assert client.post("/api/ask", json={"text": "hello"}).status_code == 200
    assert set(statuses) == {200, 404}
