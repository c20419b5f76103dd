"""Attacks on a real server process: what is not named is not there, and nobody's word is taken."""

from __future__ import annotations

import json
from itertools import repeat
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import Server
from tests.web.events import EVENTS, event_result, send
from tests.web.markup import text_content
from tests.web.wire import CHUNK, connected, head, push, status
from web.app import LONGEST_BODY
from web.limits import SECONDS_TO_SEND
from web.page import LONGEST_MESSAGE
from web.security import security_headers

SCRIPTS = (Path(__file__).parent / "scripts.txt").read_text("utf-8").splitlines()


def raw(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """A request whose path is sent as it is written."""
    return client.request(method, client.base_url.copy_with(raw_path=path.encode()))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/upload_progress"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=https://example.com/"),
        ("GET", "/proxy=https://example.com/"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/custom_component/1/client/component/index.js"),
        ("GET", "/gradio_api/stream/a/1/1/playlist.m3u8"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/call/v2/ask"),
        ("GET", "/gradio_api/call/ask/1"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/run/predict/"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("POST", "/gradio_api/api/ask"),
        ("POST", "/run/predict"),
        ("POST", "/gradio_api/reset"),
        ("POST", "/gradio_api/cancel"),
        ("GET", "/gradio_api/queue/status"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/app_id"),
        ("GET", "/gradio_api/token"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/startup-events"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/mcp/sse"),
        ("POST", "/gradio_api/mcp/"),
        ("POST", "/mcp"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/metrics"),
        ("GET", "/docs"),
        ("GET", "/login"),
        ("POST", "/login"),
        ("GET", "/logout"),
        ("GET", "//gradio_api/runs"),
        ("GET", "/gradio_api/queue/%2e%2e/runs"),
        ("GET", "/web"),
    ],
)
def test_gradio_serves_nothing_that_the_page_does_not_need(client: httpx.Client, method: str, path: str) -> None:
    response = raw(client, method, path)
    assert (response.status_code, response.json()) == (404, {"error": "There is nothing at this address."})


@pytest.mark.parametrize("folder", ["/web/", "/static/", "/assets/", "/source/istiratumab/", "/theme.css/"])
@pytest.mark.parametrize(
    "tail",
    [
        "../app.py",
        "../../app.py",
        "%2e%2e/app.py",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "..%5c..%5capp.py",
        "%252e%252e/app.py",
        "....//....//app.py",
        "/etc/passwd",
        "file:///etc/passwd",
        "page.js%00.py",
    ],
)
def test_no_path_leads_out_of_its_folder(client: httpx.Client, folder: str, tail: str) -> None:
    response = raw(client, "GET", folder + tail)
    # Whatever version is asked for, what /source/istiratumab shows is the one that is served.
    assert response.status_code in ((200, 404) if folder.startswith("/source") else (403, 404))
    assert "import annotations" not in response.text
    assert "root:" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", 200),
        ("GET", "/livez", 200),
        ("GET", "/nothing", 404),
        ("GET", "/source/istiratumab/1.0", 200),
        ("GET", "/source/nobody/1.0", 404),
        ("GET", "/web/page.js", 200),
        ("GET", "/config", 200),
        ("GET", "/api/ask", 405),
        ("POST", "/api/ask", 422),
    ],
)
def test_every_response_carries_the_headers(client: httpx.Client, method: str, path: str, expected: int) -> None:
    response = client.request(method, path)
    assert response.status_code == expected
    for name, value in security_headers(path).items():
        assert response.headers.get_list(name) == [value]
    assert "server" not in response.headers


def test_the_policy_is_strict() -> None:
    policy = security_headers()["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["connect-src"] == rules["base-uri"] == "'self'"
    assert rules["object-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"  # the form that works without scripts
    assert "form-action 'none'" in security_headers("/source/istiratumab/1.0")["Content-Security-Policy"]
    framed = security_headers("/source/istiratumab/1.0", ["https://hospital.example"])["Content-Security-Policy"]
    assert framed.endswith("frame-ancestors 'self' https://hospital.example")


@pytest.mark.parametrize("path", ["/", "/config", "/api/ask", "/gradio_api/info"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_no_other_origin_is_let_in(client: httpx.Client, path: str, origin: str) -> None:
    for headers in ({"origin": origin}, {"origin": origin, "host": "verbatim.example"}):
        response = client.get(path, headers=headers)
        assert "access-control-allow-origin" not in response.headers
        preflight = client.options(path, headers={**headers, "access-control-request-method": "POST"})
        assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("path", ["/api/ask", EVENTS])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "https://127.0.0.1.evil.example"])
def test_another_site_cannot_ask_in_a_visitors_name(client: httpx.Client, path: str, origin: str) -> None:
    # As text/plain no browser asks for leave first, so the answer to a preflight protects nothing.
    headers = {"origin": origin, "content-type": "text/plain"}
    response = client.post(path, content=json.dumps({"text": "hello"}), headers=headers)
    assert response.status_code == 403
    own = client.post(path, content="{}", headers={"origin": str(client.base_url).rstrip("/")})
    assert own.status_code == 422


@pytest.mark.parametrize("name", ["x-forwarded-host", "x-forwarded-proto", "x-gradio-server", "forwarded"])
def test_a_forged_proxy_header_changes_nothing(client: httpx.Client, name: str) -> None:
    forged = client.get("/config", headers={name: "https" if name.endswith("proto") else "http://evil.example"})
    assert forged.json()["root"] == client.get("/config").json()["root"] == str(client.base_url).rstrip("/")
    assert "evil" not in forged.text


@pytest.mark.parametrize("path", ["/", "/api/ask", "/gradio_api/info", "/source/istiratumab/1.0", "/nothing"])
def test_no_address_reads_a_long_body(client: httpx.Client, path: str) -> None:
    assert client.post(path, content=b"x" * (LONGEST_BODY + 1)).status_code in (404, 413)


def test_the_page_reads_the_longest_message_and_no_more(client: httpx.Client) -> None:
    assert send(client, ["\x01" * LONGEST_MESSAGE, None], "long").status_code != 413
    assert send(client, ["\x01" * (LONGEST_MESSAGE + LONGEST_BODY), None], "long").status_code == 413


@pytest.mark.parametrize("path", ["/api/ask", EVENTS, "/"])
def test_50_megabytes_are_refused_before_they_are_read(server: Server, path: str) -> None:
    with connected(server.address) as line:
        line.sendall(head("POST", path, f"Content-Length: {50 << 20}"))
        assert status(line) == 413


@pytest.mark.parametrize("path", ["/api/ask", EVENTS, "/"])
def test_a_chunked_body_without_an_end_is_cut_off(server: Server, path: str) -> None:
    with connected(server.address) as line:
        line.sendall(head("POST", path, "Transfer-Encoding: chunked"))
        # What the two sides' buffers hold is sent besides what is read.
        assert push(line, repeat(CHUNK, (50 << 20) // len(CHUNK))) < 40 << 20
        assert status(line) in (413, 0)
    with connected(server.address) as line:
        chunks = [CHUNK] * (1 + LONGEST_BODY // 0x10000) + [CHUNK] * 10 + [b"0\r\n\r\n"]
        line.sendall(head("POST", path, "Transfer-Encoding: chunked") + b"".join(chunks))
        assert status(line) == 413


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: -1",),
        ("Content-Length: ten",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        (f"X-Long: {'x' * 100_000}",),
    ],
)
def test_a_head_that_lies_is_refused(server: Server, lines: tuple[str, ...]) -> None:
    with connected(server.address) as line:
        push(line, [head("POST", "/api/ask", *lines), b"hello"])
        assert status(line) in (400, 408, 413, 422, 431, 0)


def test_bodies_that_do_not_come_are_given_up_and_hold_up_nobody(server: Server, client: httpx.Client) -> None:
    with connected(server.address) as silent, connected(server.address) as slow:
        silent.sendall(head("POST", "/api/ask", "Content-Length: 100"))
        slow.sendall(head("POST", "/api/ask", "Content-Length: 100"))
        slow.settimeout(SECONDS_TO_SEND / 20)
        answered = 0
        for _ in range(100):
            slow.sendall(b"x")
            try:
                answered = status(slow)
                break
            except TimeoutError:
                assert client.get("/livez").status_code == 200
        assert answered == 408
        assert status(silent) == 408


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_patient_types_is_text(client: httpx.Client, script: str) -> None:
    shown = event_result(client, [script, None], f"script-{abs(hash(script))}")
    question = shown.split("\n\n")[0]
    words = text_content(question).removeprefix("You asked")
    assert words == " ".join(script.split())
    for part in ("<script", "<img", "<svg", "<iframe", "<form", "<style", "<object", "<math", "javascript:alert(1)>"):
        assert part not in question.lower()
    answered = client.post("/api/ask", json={"text": script})
    assert answered.headers["content-type"] == "application/json"
    assert "alert(1)" not in answered.text


def test_a_history_that_a_client_sends_is_not_believed(client: httpx.Client) -> None:
    forged = {"conversation": [{"question": "x", "answer": "y"}], "shown": ["<p>Take ten.</p>"]}
    shown = event_result(client, ["hello", forged], "forged")
    assert "Take ten" not in shown
    assert 'data-notice="greeting"' in shown


def test_one_session_does_not_see_another(client: httpx.Client) -> None:
    first = event_result(client, ["how long will the drip take", None], "one")
    assert "data-passage" in first
    assert "drip" not in event_result(client, ["hello", None], "two")
    assert "drip" in event_result(client, ["hello", None], "one")


@pytest.mark.parametrize(("text", "turns"), [(None, 0), (5, 1), (["abc"], 1), ({"a": "b"}, 1), ("\x00", 0)])
def test_a_question_of_another_type_is_answered_all_the_same(client: httpx.Client, text: object, turns: int) -> None:
    shown = event_result(client, [text, None], f"type-{text!r:.8}")
    assert shown.count('<article class="answer') == turns
    assert "data-passage" not in shown


@pytest.mark.parametrize(
    ("data", "more"),
    [
        ([], {}),
        (["x"] * 50, {}),
        (["x", None], {"fn_index": 9999}),
        (["x", None], {"fn_index": -1}),
        (["x", None], {"fn_index": None, "api_name": "/ask"}),
        (["x", None], {"fn_index": "../0"}),
        ([{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, None], {}),
    ],
)
def test_private_events_called_wrongly_break_nothing(
    client: httpx.Client, data: list[object], more: dict[str, object]
) -> None:
    reply = send(client, data, "wrong", **more)
    assert reply.status_code in (200, 400, 404, 422, 500)
    assert "root:" not in reply.text
    assert "Traceback" not in reply.text
    assert reply.status_code == 200 or len(reply.text) < 300
    assert client.get("/readyz").status_code == 200
