"""Attacks on a real server process: what is not named is not there, and nobody's word is taken."""

from __future__ import annotations

import json

import httpx
import pytest

from web.app import LONGEST_BODY
from web.page import LONGEST_MESSAGE
from web.security import HEADERS


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/gradio_api/proxy=https://example.com/"),
        ("POST", "/gradio_api/component_server"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/api/ask"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/app_id"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/docs"),
        ("GET", "/login"),
        ("GET", "/logout"),
        ("GET", "//gradio_api/runs"),
        ("GET", "/gradio_api/queue/%2e%2e/runs"),
    ],
)
def test_gradio_serves_nothing_that_the_page_does_not_need(client: httpx.Client, method: str, path: str) -> None:
    response = client.request(method, client.base_url.copy_with(raw_path=path.encode()))
    assert (response.status_code, response.json()) == (404, {"error": "There is nothing at this address."})


@pytest.mark.parametrize(
    "path", ["/static/../../app.py", "/web/../app.py", "/web/%2e%2e/app.py", "/assets/%2e%2e/%2e%2e/x"]
)
def test_no_path_leads_out_of_its_folder(client: httpx.Client, path: str) -> None:
    response = client.get(client.base_url.copy_with(raw_path=path.encode()))
    assert response.status_code in (403, 404)
    assert "import" not in response.text


@pytest.mark.parametrize("path", ["/", "/livez", "/nothing", "/source/istiratumab/1.0", "/web/page.js", "/config"])
def test_every_response_carries_the_headers(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    for name, value in HEADERS.items():
        assert response.headers.get_list(name) == [value]
    assert "'unsafe-eval'" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/config", "/api/ask", "/gradio_api/info"])
def test_no_other_origin_is_let_in(client: httpx.Client, path: str) -> None:
    for origin in ("https://evil.example", "null"):
        response = client.get(path, headers={"origin": origin})
        assert "access-control-allow-origin" not in response.headers
        preflight = client.options(path, headers={"origin": origin, "access-control-request-method": "POST"})
        assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("path", ["/", "/api/ask", "/gradio_api/info", "/source/istiratumab/1.0", "/nothing"])
def test_no_address_reads_a_long_body(client: httpx.Client, path: str) -> None:
    assert client.post(path, content=b"x" * (LONGEST_BODY + 1)).status_code in (404, 413)


def test_the_page_reads_the_longest_message_and_no_more(client: httpx.Client) -> None:
    def join(message: str) -> httpx.Response:
        event = {"data": [message, None], "fn_index": 0, "session_hash": "long", "trigger_id": 1}
        return client.post("/gradio_api/queue/join", content=json.dumps(event))

    assert join("\x01" * LONGEST_MESSAGE).status_code != 413
    assert join("\x01" * (LONGEST_MESSAGE + LONGEST_BODY)).status_code == 413


def event_result(client: httpx.Client, data: list[object], session: str) -> str:
    """Send an event as Gradio's own script does, and read the conversation's last markup."""
    joined = client.post(
        "/gradio_api/queue/join", json={"data": data, "fn_index": 0, "session_hash": session, "trigger_id": 1}
    )
    assert joined.status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "process_completed":
                assert message["success"] is True
                return str(message["output"]["data"][0])
    raise AssertionError("The event did not end.")


def test_a_history_that_a_client_sends_is_not_believed(client: httpx.Client) -> None:
    forged = {"conversation": [{"question": "x", "answer": "y"}], "shown": ["<p>Take ten.</p>"]}
    shown = event_result(client, ["hello", forged], "forged")
    assert "Take ten" not in shown
    assert 'data-notice="greeting"' in shown


@pytest.mark.parametrize("text", [None, 5, ["x"], {"a": "b"}, "\x00"])
def test_a_question_of_another_type_is_answered_all_the_same(client: httpx.Client, text: object) -> None:
    shown = event_result(client, [text, None], f"type-{text!r:.8}")
    assert shown.count('<article class="answer') == 1
    assert "data-passage" not in shown
