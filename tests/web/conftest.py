"""A real server process, a real Chromium, and servers inside this process for what must be arranged."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from assistant.answer import Answer, Citation, Decision, Quote
from assistant.answer import ContextQuote as Context
from assistant.assistant import Assistant
from assistant.notices import Notices, read_notices
from assistant.triage.gate import Triage
from retrieval.blocks import Span
from retrieval.corpus import Corpus, Document
from retrieval.index import Index
from retrieval.passages import Passage
from tests.conftest import CORPUS, ROOT
from tests.legal import legal
from web.app import Service, create_app
from web.glossary import read_glossary

PATIENCE = 60_000
"""Milliseconds until a browser test gives up; none depends on less."""


MANY = 100_000
"""Questions a minute, for tests that ask as much as they like from one address."""

FEW = 30
"""Questions a minute, for tests of the limit."""


@dataclass(frozen=True)
class Server:
    address: str
    log: Path
    process: subprocess.Popen[str]

    def output(self) -> str:
        """All that the process has written so far, but the line that it starts with."""
        return self.log.read_text("utf-8")

    def event(self, name: str) -> dict[str, Any]:
        """The last line of the log that tells of an event."""
        lines: list[dict[str, Any]] = [json.loads(line) for line in self.output().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name][-1]


@contextmanager
def running(index_folder: Path, log: Path, *flags: str) -> Iterator[Server]:
    """`python app.py` on a free port."""
    command = [sys.executable, "app.py", "--port", "0", "--index", str(index_folder), *flags]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert process.stdout
            announced = process.stdout.readline()
            assert announced.startswith("Verbatim answers at http://127.0.0.1:"), log.read_text("utf-8")
            address = announced.removeprefix("Verbatim answers at ").strip()
            httpx.get(f"{address}livez", timeout=PATIENCE / 1000).raise_for_status()
            yield Server(address, log, process)
        finally:
            process.terminate()
            process.wait(60)
            assert process.stdout
            process.stdout.close()


@pytest.fixture(scope="session")
def server(
    index: Index, triage: Triage, index_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """`python app.py` on a free port, with the index and the triage that the run has made."""
    assert triage
    assert index.folder.parent == index_folder
    log = tmp_path_factory.mktemp("server") / "stderr.txt"
    with running(index_folder, log, "--questions", str(MANY)) as started:
        yield started


@dataclass(frozen=True)
class Site:
    """A web site of somebody else's: a folder, served."""

    folder: Path
    address: str


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    handler = partial(_SilentHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = Thread(target=served.serve_forever)
        thread.start()
        yield Site(folder, f"http://localhost:{served.server_port}")
        served.shutdown()
        thread.join()


class _SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that `guarded` lets in."""
    with _site(tmp_path_factory.mktemp("hospital")) as site:
        yield site


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that no server lets in."""
    with _site(tmp_path_factory.mktemp("stranger")) as site:
        yield site


@pytest.fixture(scope="session")
def guarded(
    index: Index, triage: Triage, index_folder: Path, hospital: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with every way in and every guard switched on; tests give themselves client addresses."""
    assert triage
    assert index.folder.parent == index_folder
    log = tmp_path_factory.mktemp("guarded") / "stderr.txt"
    flags = ["--questions", str(FEW), "--trusted_proxies", "127.0.0.1", "--origins", hospital.address]
    with running(index_folder, log, *flags, "--mcp", "yes", "--metrics", "127.0.0.1:0") as started:
        yield started


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    # Not kept open: the server closes a connection that was idle for 5 s, maybe just as it is used again.
    limits = httpx.Limits(max_keepalive_connections=0)
    # Nor through proxies: a module may name some that are not there, before this is made.
    with httpx.Client(base_url=server.address, timeout=PATIENCE / 1000, limits=limits, trust_env=False) as opened:
        yield opened


@pytest.fixture
def serving() -> Callable[[Assistant], AbstractContextManager[str]]:
    """Serve an assistant made by the test. Gives the address."""

    @contextmanager
    def serve(assistant: Assistant) -> Iterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            glossary = read_glossary(CORPUS / "glossary")
            app = create_app(assistant, Service(questions=MANY), glossary=lambda: glossary)
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
            thread = Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
            finally:
                server.should_exit = True
                thread.join()

    return serve


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a visitor of whom nothing is known."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def document(corpus: Corpus) -> Document:
    return corpus.documents["istiratumab"]


@pytest.fixture(scope="session")
def notices() -> Notices:
    return read_notices(CORPUS / "notices")


@pytest.fixture
def answer_of(document: Document) -> Callable[..., Answer]:
    """An answer that shows the passages whose text starts as given, each highlighted whole."""

    def make(*starts: str) -> Answer:
        return Answer(Decision.ANSWER, (legal(document),), citations=tuple(cite(document, s) for s in starts))

    return make


def cite(document: Document, start: str) -> Citation:
    passage = next(p for p in document.passages.showable() if p.text.startswith(start))
    return citation_of(document, passage, Span(passage.content[0].start, passage.content[-1].end))


def citation_of(document: Document, passage: Passage, highlight: Span) -> Citation:
    context = tuple(Context(c.role, Quote(document.monograph, c.start, c.end)) for c in passage.context)
    quote = Quote(document.monograph, passage.start, passage.end)
    return Citation(quote, passage, highlight, context, 0.75)
