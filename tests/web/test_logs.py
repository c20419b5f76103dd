"""Log lines: ours are JSON with fixed words, and what others say is not repeated."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

from tests.conftest import ROOT
from tests.web.conftest import Server
from web.logs import JsonLines


def record(name: str, message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, "/lib/queueing.py", 12, message, (), None)
    made.__dict__.update(more)
    return made


def test_our_events_are_written_with_their_fields() -> None:
    line = json.loads(JsonLines().format(record("web.events", "answered", fields={"decision": "answer"})))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "error", "event": "answered", "decision": "answer"}


def test_what_a_library_says_is_not_repeated() -> None:
    line = json.loads(JsonLines().format(record("gradio.queueing", "cannot answer 'turmeric'")))
    assert line["event"] == "library"
    assert (line["logger"], line["at"]) == ("gradio.queueing", "queueing.py:12")
    assert "turmeric" not in json.dumps(line)


def test_an_error_is_its_kind_and_its_place() -> None:
    try:
        raise ValueError("turmeric")
    except ValueError:
        text = JsonLines().format(record("uvicorn.error", "Exception: turmeric", exc_info=sys.exc_info()))
    line = json.loads(text)
    assert line["error"] == "ValueError"
    assert line["trace"][0].endswith("test_an_error_is_its_kind_and_its_place")
    assert "turmeric" not in text


def test_warnings_go_the_same_way() -> None:
    code = "import warnings; from web.logs import start_logging; start_logging(); warnings.warn('turmeric')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stderr)["logger"] == "py.warnings"
    assert "turmeric" not in done.stderr


def test_every_line_of_a_server_is_one_of_these(server: Server) -> None:
    # What is built at the first start on a machine is said in words, before logs begin.
    lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    assert lines[0]["event"] == "started"
    assert lines[0]["problem"] == ""
    assert {line["event"] for line in lines} <= {"started", "answered", "library"}
