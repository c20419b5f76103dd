"""The command that serves: what it says, and what it says when it cannot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import listen
from retrieval.index import Index
from tests.conftest import ROOT
from tests.web.conftest import PATIENCE

APP = [sys.executable, "app.py"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*APP, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_a_setting_that_cannot_be_read_is_named() -> None:
    done = run("--port", "many")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--port is 'many', which is no port to serve on; 0 takes a free one.\n"


def test_a_port_in_use_is_said_before_anything_is_built(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port), "--index", str(tmp_path / "index"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"127.0.0.1 port {port} cannot be served: Address already in use. "
        "Choose another with --port, or stop what uses it.\n"
    )
    assert not (tmp_path / "index").exists()


def test_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_corpus_without_notices_does_not_start(tmp_path: Path) -> None:
    done = run("--port", "0", "--corpus", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path}/notices/about.md:1: the notice is missing." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_browser_is_opened_once_the_server_answers(index: Index, tmp_path: Path, host: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    command = [*APP, "--open", "--host", host, "--port", "0", "--index", str(index.folder.parent)]
    environment = {**os.environ, "BROWSER": str(browser)}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout
        address = process.stdout.readline().removeprefix("Verbatim answers at ").strip()
        assert address.startswith("http://[::1]:" if host == "::1" else "http://127.0.0.1:")
        deadline = time.monotonic() + PATIENCE / 1000
        while not opened.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert opened.read_text() == address
    finally:
        process.terminate()
        process.communicate(timeout=60)
