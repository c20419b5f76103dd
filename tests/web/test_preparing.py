"""What is served until the chat can be: by real processes, which wait for a lock of the test."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.notices import NoticeName, Notices
from assistant.start import triage_folder
from assistant.triage.gate import Triage
from retrieval.files import alone
from retrieval.index import Index
from tests.conftest import ROOT
from tests.nginx import running_nginx
from tests.web.axe import check
from tests.web.chat import DRAWN, ask, passages
from tests.web.conftest import PATIENCE
from tests.web.test_replicas import free_port
from web.preparing import Preparation

PREFIX = "/verbatim"
HTML = {"accept": "text/html"}


@pytest.fixture
def unindexed(index: Index, triage: Triage, tmp_path: Path) -> Path:
    """A folder that has all that the shared one has but the index."""
    assert triage
    shared, folder = index.folder.parent, tmp_path / "index"
    shutil.copytree(shared / "vectors", folder / "vectors")
    shutil.copytree(triage_folder(shared), triage_folder(folder))
    return folder


Started = tuple[str, subprocess.Popen[str]]
"""An address and the process that answers there."""


def said(client: httpx.Client, problem: str | None, servers: Sequence[Started]) -> None:
    """Wait until /readyz says that it is not ready because of `problem`, or that it is ready."""
    while True:
        # A connection that was taken as one server ends and the next begins is closed, and nginx says 502.
        with suppress(httpx.TransportError, ValueError):
            if client.get("/readyz").json().get("error") == problem:
                return
        assert [process.poll() for _, process in servers] == [None] * len(servers)
        time.sleep(0.1)


@contextmanager
def started(folder: Path, log: Path, *flags: str) -> Iterator[Started]:
    """`python app.py` that answers, whatever it says."""
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--index", str(folder), *flags]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            address = f"http://127.0.0.1:{port}"
            while process.poll() is None:
                try:
                    httpx.get(f"{address}/livez", timeout=PATIENCE / 1000)
                    break
                except httpx.ConnectError:
                    pass
            yield address, process
        finally:
            process.terminate()
            process.wait(60)
            assert process.stdout
            process.stdout.close()


@pytest.mark.browser
def test_two_replicas_that_get_ready_say_so_and_turn_into_the_chat(
    page: Page, unindexed: Path, notices: Notices, tmp_path: Path
) -> None:
    """Behind the proxy that docs/nginx.conf describes, and below a prefix of the host."""
    flags = ["--root_path", PREFIX, "--trusted_proxies", "127.0.0.1"]
    with ExitStack() as stack, ExitStack() as held:
        held.enter_context(alone(unindexed))  # who builds an index waits
        replicas = [stack.enter_context(started(unindexed, tmp_path / f"{n}.txt", *flags)) for n in range(2)]
        address, upstream = f"http://127.0.0.1:{free_port()}", [place.removeprefix("http://") for place, _ in replicas]
        replaced = {
            "127.0.0.1:7861": upstream[0],
            "127.0.0.1:7862": upstream[1],
            "listen 8080": f"listen {address.removeprefix('http://')}",
        }
        text, folder = (ROOT / "docs" / "nginx.conf").read_text("utf-8"), tmp_path / "nginx"
        folder.mkdir()
        stack.enter_context(running_nginx(folder, text, replaced, f"{address}/livez"))
        client = stack.enter_context(httpx.Client(base_url=address + PREFIX, timeout=PATIENCE / 1000))

        assert (client.get("/livez").status_code, client.get("/livez").json()) == (200, {"status": "preparing"})
        ready = client.get("/readyz")
        assert (ready.status_code, ready.headers["retry-after"]) == (503, "2")
        assert ready.json()["error"].startswith("Getting ready. ")
        asked = client.post("/api/ask", json={"text": "how long will the drip take"})
        assert (asked.status_code, list(asked.json())) == (503, ["error"])
        posted = client.post("/ask", data={"question": "how long will the drip take"}, headers=HTML)
        assert posted.status_code == 503
        assert "In an emergency do not wait: call." in posted.text
        first = client.get("/", headers=HTML)
        assert first.status_code == 503
        assert first.text.index(notices[NoticeName.EMERGENCY].text) < first.text.index("<h1>Getting ready</h1>")
        assert "default-src 'self'" in first.headers["content-security-policy"]
        assert client.head("/", headers=HTML).content == b""

        page.goto(f"{address}{PREFIX}/")
        said(client, "Getting ready. Reading the texts.", replicas)
        expect(page.locator("#doing")).to_have_text("Reading the texts.")
        expect(page.locator("#emergency p")).to_have_text(notices[NoticeName.EMERGENCY].text)
        check(page)
        held.close()
        said(client, None, replicas)
        page.locator(DRAWN).wait_for()
        assert "60 to 90 minutes" in passages(ask(page, "how long will the drip take"))[0]
        for _, process in replicas:
            assert process.stdout
            assert process.stdout.readline().startswith("Verbatim answers at ")
        assert client.get("/readyz").json() == {"status": "ready"}
        page.goto("about:blank")


@pytest.mark.browser
def test_a_link_that_is_opened_too_early_leads_where_it_should_without_scripts_too(
    page: Page, unindexed: Path, tmp_path: Path
) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    plain = context.new_page()
    with ExitStack() as stack, ExitStack() as held:
        held.enter_context(alone(unindexed))
        server = stack.enter_context(started(unindexed, tmp_path / "log.txt"))
        address = server[0]
        for opened in (page, plain):
            opened.goto(f"{address}/source/istiratumab/1.0?start=4176&end=4186#cited")
            expect(opened.get_by_role("heading", name="Getting ready")).to_be_visible()
        held.close()
        said(stack.enter_context(httpx.Client(base_url=address, timeout=PATIENCE / 1000)), None, [server])
        for opened in (page, plain):
            expect(opened.locator("#cited")).to_be_visible()
    context.close()


def test_how_far_it_is_is_said_in_numbers_and_minutes() -> None:
    now = 100.0
    preparation = Preparation(clock=lambda: now)
    assert (preparation.doing, preparation.done) == ("Starting.", "")
    preparation.begin("Reading the texts")
    assert preparation.done == ""
    now = 110.0
    preparation.progress(1000, 17_000)
    assert (preparation.doing, preparation.done) == (
        "Reading the texts.",
        "1,000 of 17,000 texts, about 3 minutes left.",
    )
    now = 190.0
    preparation.progress(9000, 17_000)
    assert preparation.done == "9,000 of 17,000 texts, about a minute left."
    now = 250.0
    preparation.progress(15_000, 17_000)
    assert preparation.done == "15,000 of 17,000 texts, less than a minute left."
    preparation.progress(17_000, 17_000)
    assert preparation.done == ""
    now = 300.0
    preparation.progress(100, 200)
    assert preparation.done == "100 of 200 texts, less than a minute left."
